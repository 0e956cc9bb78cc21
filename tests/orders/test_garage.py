"""Drivers, their papers, their sign-in, and their cars."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.staff.models import Role
from orders.models import Driver, DriverDocument, Fleet, Vehicle
from orders.selectors import cards
from orders.selectors import vehicles as reading
from tests.orders.conftest import driver, person

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C10")]


def paper(of: Driver, days: int, kind: str = "licence") -> DriverDocument:
    until = timezone.localdate() + timedelta(days=days)
    return DriverDocument.objects.create(driver=of, kind=kind, number="77 12", valid_until=until)


@pytest.mark.parametrize(
    ("days", "expired", "soon"), [(-1, True, False), (0, False, True), (14, False, True), (15, False, False)]
)
def test_the_last_good_day_is_a_good_day(ivan, days, expired, soon):
    document = paper(ivan, days)
    assert (document.is_expired, document.ends_soon) == (expired, soon)


def test_expired_papers_are_flagged_on_card_and_list(ivan, pyotr, vera, olga, signed_in):
    paper(ivan, -3)
    paper(pyotr, 100)
    page = signed_in(vera).get(reverse("orders:drivers")).content.decode()
    assert page.count("expired") == 1
    assert cards.drivers(documents_end=True) == [ivan]
    card = reverse("orders:driver-card", args=[ivan.pk])
    assert "expired" in signed_in(vera).get(card).content.decode()
    assert "77 12" not in signed_in(vera).get(card).content.decode()  # the number is for those who keep it
    assert "77 12" in signed_in(olga).get(card).content.decode()


def test_olga_keeps_the_papers_and_vera_does_not(ivan, vera, olga, signed_in):
    browser, new = signed_in(olga), reverse("orders:document-new", args=[ivan.pk])
    typed = {"kind": "permit", "number": "123", "valid_until": "2030-05-01"}
    assert signed_in(vera).post(new, typed).status_code == 403
    assert browser.post(new, typed | {"kind": "passport of the moon"}).status_code == 422
    assert browser.post(new, typed).status_code == 302
    one = ivan.documents.get()
    assert browser.post(reverse("orders:document", args=[one.pk]), typed | {"valid_until": ""}).status_code == 302
    one.refresh_from_db()
    assert one.valid_until is None
    assert browser.post(reverse("orders:document-remove", args=[one.pk])).status_code == 302
    assert not ivan.documents.exists()
    said = Entry.objects.filter(verb__startswith="driver.document").order_by("pk")
    assert [line.verb for line in said] == [*["driver.document_saved"] * 2, "driver.document_removed"]


def test_a_driver_is_tied_to_one_who_signs_in(ivan, olga, signed_in):
    free, dispatcher = person("lev", Role.DRIVER), person("nina", Role.DISPATCHER)
    fleet = Fleet.objects.create(name="Звезда")
    browser = signed_in(olga)
    form = browser.get(reverse("orders:driver-new")).content.decode()
    assert str(free) in form
    assert str(dispatcher) not in form  # no driver
    assert str(ivan.person) not in form  # has his card already
    assert str(ivan.person) in browser.get(reverse("orders:driver-edit", args=[ivan.pk])).content.decode()
    typed = {"call_sign": "21", "last_name": "Кац", "first_name": "Лев", "person": free.pk, "fleet": fleet.pk}
    assert browser.post(reverse("orders:driver-new"), typed | {"person": ivan.person.pk}).status_code == 422
    assert browser.post(reverse("orders:driver-new"), typed).status_code == 302
    lev = Driver.objects.get(call_sign="21")
    assert (lev.person, lev.fleet) == (free, fleet)
    assert Entry.objects.get(verb="driver.added").details["changes"]["fleet"] == ["", "Звезда"]


def test_typing_a_known_plate_keeps_what_is_written_of_that_car(ivan, olga, signed_in):
    car = ivan.vehicle
    typed = {"call_sign": "17", "last_name": "Соколов", "first_name": "Иван", "plate": car.plate.lower()}
    assert signed_in(olga).post(reverse("orders:driver-edit", args=[ivan.pk]), typed).status_code == 302
    ivan.refresh_from_db()
    assert (ivan.vehicle, ivan.vehicle.description) == (car, "white Škoda")


def test_olga_keeps_a_car_and_says_who_drives_it(ivan, pyotr, vera, olga, signed_in):
    browser = signed_in(olga)
    typed = {"plate": "в 777  ор", "description": "Kia", "seats": "6", "classes": ["minivan"], "options": ["pet"]}
    assert signed_in(vera).post(reverse("orders:vehicle-new"), typed).status_code == 403
    assert browser.post(reverse("orders:vehicle-new"), typed | {"seats": "0"}).status_code == 422
    assert browser.post(reverse("orders:vehicle-new"), typed | {"classes": []}).status_code == 422
    assert browser.post(reverse("orders:vehicle-new"), typed).status_code == 302
    van = Vehicle.objects.get(plate="В 777 ОР")
    assert (van.seats, van.classes, van.options) == (6, ["minivan"], ["pet"])
    assert browser.post(reverse("orders:vehicle-new"), typed).status_code == 422  # one car a plate
    give = reverse("orders:vehicle-give", args=[van.pk])
    assert browser.post(give, {"call_sign": "404"}).status_code == 422
    for sign in ("17", "18"):
        assert browser.post(give, {"call_sign": sign}).status_code == 302
    assert set(van.drivers.all()) == {ivan, pyotr}
    assert browser.post(reverse("orders:vehicle-take-away", args=[pyotr.pk])).status_code == 302
    pyotr.refresh_from_db()
    assert pyotr.vehicle is None
    edit = reverse("orders:vehicle-edit", args=[van.pk])
    assert browser.post(edit, typed | {"description": "Kia Carnival"}).status_code == 302
    assert "Kia Carnival" in signed_in(vera).get(reverse("orders:vehicles") + "?q=17").content.decode()
    assert Entry.objects.get(verb="vehicle.changed").details["changes"] == {"description": ["Kia", "Kia Carnival"]}


def test_lists_go_on_where_the_page_ended(django_assert_num_queries):
    for number in range(1, 61):
        driver(str(number))
    driver("T1")
    with django_assert_num_queries(4):
        first = cards.drivers()
    rest = cards.drivers(after=first[cards.PAGE - 1].call_sign)
    signs = [each.call_sign for each in [*first[: cards.PAGE], *rest]]
    assert signs == [*(str(number) for number in range(1, 61)), "T1"]
    with django_assert_num_queries(2):
        cars = reading.vehicles()
        assert [list(car.drivers.all()) for car in cars]
    assert len({car.pk for car in [*cars[:50], *reading.vehicles(after=cars[49].plate)]}) == 61
