"""Anna asks what it costs, and orders two days later."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.audit.models import Entry
from orders.models import Draft, KeptQuote, Order
from orders.services import tariffs
from tests.orders.conftest import ANNA, HTMX
from tests.orders.test_quoting import HOME, RATES, STATION, on_paper, tariff, town  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9")]


@pytest.fixture
def economy(town):  # noqa: F811
    return tariff(town, RATES)


def mark(point, address: str) -> str:
    return f"{point.latitude},{point.longitude} {address}"


TRIP = {
    "pickup": "Ленина, 5",
    "pickup_point": mark(HOME, "Ленина, 5"),
    "destination": "Вокзал",
    "destination_point": mark(STATION, "Вокзал"),
}
SAID = TRIP | {"phone": "8 912 345-67-89", "why_not": "дорого"}


def ahead(signed_in, person, said: dict[str, str]) -> str:
    return signed_in(person).get(reverse("orders:intake-ahead"), said).content.decode()


def test_the_price_is_said_while_typing(signed_in, vera, economy):
    page = ahead(signed_in, vera, TRIP)
    assert f"RUB\xa0{on_paper(HOME, STATION)}" in page
    assert "km," in page
    assert "from RUB\xa0200" in ahead(signed_in, vera, {"pickup": "Лен", "when": "25:99", "passengers": "x"})
    assert "no tariff" in ahead(signed_in, vera, {"pickup": "Лен", "service_class": "business"})


def test_a_place_counts_only_for_the_text_that_it_was_chosen_for(signed_in, vera, economy):
    assert "from RUB" in ahead(signed_in, vera, TRIP | {"destination": "Вокзал 2"})


def test_a_price_without_an_order_is_kept_and_found_at_the_next_call(signed_in, vera, boris, anna, economy):
    answer = signed_in(vera).post(reverse("orders:quotes"), SAID | {"client": anna.pk}, **HTMX)
    assert answer.status_code == 200
    kept = KeptQuote.objects.get()
    assert (kept.client, kept.phone, kept.price, kept.reason) == (anna, ANNA, on_paper(HOME, STATION), "дорого")
    assert Entry.objects.get(verb="quote.kept").actor == vera
    page = signed_in(boris).get(reverse("orders:quotes"), {"phone": "+79123456789", "client": anna.pk}).content.decode()
    assert "дорого" in page
    assert reverse("orders:quote-take", args=[kept.pk]) in page
    KeptQuote.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    page = signed_in(boris).get(reverse("orders:quotes"), {"client": anna.pk}).content.decode()
    assert "дорого" not in page
    assert signed_in(boris).post(reverse("orders:quote-take", args=[kept.pk])).status_code == 404


def test_one_click_makes_the_order_at_the_price_that_was_said(signed_in, vera, boris, anna, economy, marina):
    signed_in(vera).post(reverse("orders:quotes"), SAID | {"client": anna.pk}, **HTMX)
    kept = KeptQuote.objects.get()
    dearer(economy, marina)
    draft = Draft.objects.create(owner=boris, source="call:731")
    sent = {"draft": draft.pk}
    answer = signed_in(boris).post(reverse("orders:quote-take", args=[kept.pk]), sent, **HTMX)
    assert answer.status_code == 200
    order = Order.objects.get()
    assert (order.client, order.phone, order.pickup, order.destination) == (anna, ANNA, "Ленина, 5", "Вокзал")
    assert (order.price, order.tariff_version, order.source) == (kept.price, kept.tariff_version, "call:731")
    assert order.price_lines == kept.price_lines
    draft.refresh_from_db()
    assert draft.order == order
    signed_in(boris).post(reverse("orders:quote-take", args=[kept.pk]), **HTMX)
    assert Order.objects.count() == 1


def test_where_something_is_to_be_asked_the_form_asks_it(signed_in, vera, anna, economy):
    browser = signed_in(vera)
    browser.post(reverse("orders:quotes"), SAID | {"client": anna.pk}, **HTMX)
    anna.mark = "blacklisted"
    anna.save()
    answer = browser.post(reverse("orders:quote-take", args=[KeptQuote.objects.get().pk]), **HTMX)
    draft = Draft.objects.get()
    assert answer["Location"] == reverse("orders:draft", args=[draft.pk])
    assert draft.fields["pickup"] == "Ленина, 5"
    assert not Order.objects.exists()


def kept_by(browser, client, **more) -> KeptQuote:
    browser.post(reverse("orders:quotes"), SAID | {"client": client.pk} | more, **HTMX)
    return KeptQuote.objects.get()


def dearer(economy, marina) -> None:
    """From now on. (A moment named ahead of the call may be past when it is read.)"""
    tariffs.add_version(tariff_id=economy.pk, rates=RATES.__class__("RUB", minimum=9999), valid_from=None, actor=marina)


def test_each_of_several_cars_costs_what_was_said(signed_in, vera, anna, economy, marina):
    tomorrow = timezone.localtime() + timedelta(days=1)
    back = {"returns": "on", "when": f"{tomorrow:%d.%m} 10:00", "return_when": f"{tomorrow:%d.%m} 18:00"}
    kept = kept_by(signed_in(vera), anna, cars="3", **back)
    dearer(economy, marina)
    signed_in(vera).post(reverse("orders:quote-take", args=[kept.pk]), **HTMX)
    there, ways_back = Order.objects.filter(pickup="Ленина, 5"), Order.objects.filter(pickup="Вокзал")
    assert [order.price for order in there] == [kept.price] * 3
    assert {order.tariff_version for order in there} == {kept.tariff_version}
    assert [order.price for order in ways_back] == [9999] * 3  # of the way back nothing was said


def test_the_price_outlives_a_question_and_ends_with_another_trip(signed_in, vera, anna, economy, marina):
    browser = signed_in(vera)
    kept = kept_by(browser, anna)
    dearer(economy, marina)
    anna.mark = "blacklisted"
    anna.save()
    draft = Draft.objects.create(owner=vera, source="call:731")
    answer = browser.post(reverse("orders:quote-take", args=[kept.pk]), {"draft": draft.pk}, **HTMX)
    assert answer["Location"] == reverse("orders:draft", args=[draft.pk])  # it is still that call's form
    draft.refresh_from_db()
    form = {**draft.fields, "draft": draft.pk, "accept": "blacklisted"}
    said = browser.get(reverse("orders:intake-ahead"), form).content.decode()
    assert "Was quoted:" in said
    elsewhere = form | {"destination": "Аэропорт", "destination_point": ""}
    assert "Was quoted:" not in browser.get(reverse("orders:intake-ahead"), elsewhere).content.decode()
    browser.post(reverse("orders:intake"), form | {"keys": "12"}, **HTMX)
    order = Order.objects.get()
    assert (order.price, order.source) == (kept.price, "call:731")
    kept.refresh_from_db()
    assert kept.order == order


def test_a_trip_without_a_tariff_has_nothing_to_keep(signed_in, vera, anna):
    answer = signed_in(vera).post(reverse("orders:quotes"), SAID, **HTMX)
    assert (answer.status_code, KeptQuote.objects.count()) == (409, 0)
