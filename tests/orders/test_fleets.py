"""Two brands of one office: their numbers, their logos, and who keeps them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatch.audit.models import Entry
from dispatch.staff.refusal import Refused
from orders.models import Fleet
from orders.selectors import fleets as reading
from orders.services import fleets

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9")]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
TIMES = {
    "queue_offer_seconds": "20",
    "queue_total_seconds": "60",
    "radius_m": "3000",
    "radius_offer_seconds": "20",
    "radius_total_seconds": "180",
    "position_minutes": "5",
}


def saved(marina, name: str, *numbers: str, **fields) -> Fleet:
    return fleets.save(fleet=Fleet(name=name, **fields), numbers_typed=numbers, actor=marina)


def test_the_first_fleet_is_the_default_and_another_one_may_take_its_place(marina):
    town, night = saved(marina, "Town"), saved(marina, "Night")
    town.refresh_from_db()
    assert (town.is_default, night.is_default) == (True, False)
    night.is_default = True
    fleets.save(fleet=night, numbers_typed=(), actor=marina)
    town.refresh_from_db()
    assert (town.is_default, night.is_default) == (False, True)
    night.is_active = False
    with pytest.raises(Refused, match="stays in use"):
        fleets.save(fleet=night, numbers_typed=(), actor=marina)


def test_a_number_calls_one_fleet_in_whatever_writing(marina):
    town = saved(marina, "Town", "8 (495) 123-45-67", "+74951234568", "")
    assert sorted(town.numbers.values_list("e164", flat=True)) == ["+74951234567", "+74951234568"]
    with pytest.raises(Refused, match="Town"):
        saved(marina, "Night", "74951234567")
    with pytest.raises(Refused, match="no telephone number"):
        saved(marina, "Night", "twelve")
    assert not Fleet.objects.filter(name="Night").exists()
    with pytest.raises(Refused, match="this name"):
        saved(marina, "Town")
    fleets.save(fleet=town, numbers_typed=["+74951234568"], actor=marina)
    assert reading.by_numbers(["+74951234567", "+74951234568", ""]) == {"+74951234568": town}
    assert Entry.objects.filter(verb="fleet.changed").get().details["changes"] == {"numbers_removed": ["+74951234567"]}


def test_the_fleet_of_many_numbers_is_one_query(marina, django_assert_num_queries):
    saved(marina, "Town", "+74951234567")
    saved(marina, "Night", "+74951234568")
    with django_assert_num_queries(1):
        found = reading.by_numbers(["+74951234567", "+74951234568"])
        assert [hasattr(fleet, "logo") for fleet in found.values()] == [False, False]
    with django_assert_num_queries(0):
        assert reading.by_numbers([""]) == {}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 ... \xff\xd9", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
def test_a_picture_is_known_by_what_it_is(content, kind):
    assert fleets.picture(content).content_type == kind


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG", b"GIF89a", PNG + b"x" * 256 * 1024]
)
def test_anything_else_is_no_logo(content):
    with pytest.raises(Refused):
        fleets.picture(content)


def test_marina_makes_a_fleet_with_its_logo_and_vera_sees_it(signed_in, marina, vera):
    browser = signed_in(marina)
    file = SimpleUploadedFile("logo.svg", PNG, content_type="image/svg+xml")
    sent = {"name": "Ромашка", "numbers": "8 495 123-45-67\n", "greeting": "Такси Ромашка", "is_active": "on"}
    sent["logo"] = file
    answer = browser.post(reverse("orders:fleet-new"), sent | TIMES)
    made = Fleet.objects.get()
    assert answer["Location"] == reverse("orders:fleet", args=[made.pk])
    page = signed_in(vera).get(answer["Location"]).content.decode()
    assert "Такси Ромашка" in page
    assert reverse("orders:fleet-edit", args=[made.pk]) not in page
    address = reverse("orders:fleet-logo", args=[made.pk, made.logo.digest])
    assert address in page
    picture = signed_in(vera).get(address)
    assert (picture["Content-Type"], picture["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert picture.content == PNG
    assert "immutable" in picture["Cache-Control"]
    assert signed_in(vera).get(reverse("orders:fleet-logo", args=[made.pk, "other"])).status_code == 404
    bad = {"name": "Ромашка", "is_active": "on", "logo": SimpleUploadedFile("logo.png", b"<svg/>"), **TIMES}
    assert browser.post(reverse("orders:fleet-edit", args=[made.pk]), bad).status_code == 422
    browser.post(reverse("orders:fleet-edit", args=[made.pk]), sent | TIMES | {"drop_logo": "on", "logo": ""})
    assert not hasattr(Fleet.objects.get(), "logo")


def test_the_pages_take_a_fixed_number_of_queries(signed_in, marina, django_assert_max_num_queries):
    browser = signed_in(marina)
    for number in range(5):
        saved(marina, f"Fleet {number}", f"+7495123456{number}")
    with django_assert_max_num_queries(6):
        assert browser.get(reverse("orders:fleets")).status_code == 200
    with django_assert_max_num_queries(7):
        assert browser.get(reverse("orders:fleet", args=[Fleet.objects.first().pk])).status_code == 200
