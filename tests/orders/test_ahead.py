"""What is known while the order is still being typed."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders import spots
from orders.models import DriverPosition, Fleet
from orders.selectors import candidates
from orders.spots import Spot
from orders.trip import order_of
from places import routing
from places.geo import Point
from tests.orders.conftest import ANNA, HTMX, driver, placed
from tests.orders.test_intake import booking
from tests.orders.test_quoting import HOME, STATION, economy, town

__all__ = ["economy", "town"]
pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]
SAID = {
    "phone": ANNA,
    "pickup": "Ленина, 5",
    "pickup_point": spots.mark(Spot("Ленина, 5", HOME)),
    "destination": "Вокзал",
    "destination_point": spots.mark(Spot("Вокзал", STATION)),
}


def page(browser, **given) -> str:
    return " ".join(browser.get("/orders/intake/ahead/", SAID | given, **HTMX).content.decode().split())


def waiting(call_sign: str, at: Point, minutes_ago: int = 0):
    someone = driver(call_sign)
    someone.on_shift = True
    someone.save()
    seen = timezone.now() - timedelta(minutes=minutes_ago)
    DriverPosition.objects.create(driver=someone, latitude=at.latitude, longitude=at.longitude, at=seen)
    return someone


def test_price_way_and_the_nearest_car_are_said(economy, vera, signed_in):
    waiting("21", Point(55.77, 37.60))
    waiting("22", Point(55.76, 37.60))
    waiting("23", Point(55.751, 37.60), minutes_ago=60)  # nobody knows where he is now
    shown = page(signed_in(vera))
    assert "RUB" in shown
    assert "km," in shown
    assert '<span class="muted small">22</span>' in shown
    assert "unknown address" not in shown


def test_for_several_cars_the_price_of_each_and_of_all_is_said(economy, vera, signed_in):
    browser = signed_in(vera)
    one = re.search(r'<strong class="number">RUB.([\d.]+)</strong>', page(browser))[1]
    shown = page(browser, cars="3")
    assert "per car" not in page(browser)
    all_three = re.search(r"per car; RUB.([\d,.]+) for 3 cars", shown)[1]
    assert Decimal(all_three.replace(",", "")) == 3 * Decimal(one)


def test_of_an_unknown_address_the_least_is_said(economy, vera, signed_in):
    shown = page(signed_in(vera), destination="за рекой", destination_point="", stop=["у бабушки"])
    assert "from " in shown
    assert "unknown address</span> <bdi>у бабушки</bdi>, <bdi>за рекой</bdi>" in shown


def test_nothing_is_said_before_there_is_a_pickup_and_of_nonsense(vera, signed_in):
    browser = signed_in(vera)
    assert browser.get("/orders/intake/ahead/", {"phone": ANNA}).content == b""
    assert "no tariff" in page(browser, when="soon", cars="x", options=["parachute"])


def test_a_routing_engine_that_is_dead_costs_no_more_than_its_limit(economy, vera, signed_in, settings, monkeypatch):
    settings.ROUTING_URL, settings.ROUTING_KIND, settings.ROUTING_SECONDS = "http://127.0.0.1:9", "osrm", 0.2
    monkeypatch.setattr(routing, "_breakers", {})
    assert "km," in page(signed_in(vera))


def test_the_twin_is_shown_before_anything_is_saved(anna, vera, by_vera, signed_in):
    twin = placed(anna, by_vera, "ленина, 5")
    assert f"Order {twin.pk} is much the same" in page(signed_in(vera))
    assert "much the same" not in page(signed_in(vera), when="+90")


def test_a_car_that_would_not_be_sent_is_not_promised(vera):
    Fleet.objects.create(name="Город", is_default=True)
    waiting("21", HOME)
    assert candidates.nearest(order_of(booking(pickup_point=HOME))).call_sign == "21"
    assert candidates.nearest(order_of(booking(pickup_point=HOME, options=("wheelchair",)))) is None
    assert candidates.nearest(order_of(booking())) is None
