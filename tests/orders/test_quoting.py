"""What a trip would cost, what it costs when it is taken, and what becomes of that later."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from orders.models import Fleet, Order, OrderStop, Tariff, Vehicle
from orders.pricing import PerKm, Rates, Rounding, Route, ZonePair
from orders.selectors.pricing import Sketch, Spot, quote
from orders.services import editing, lifecycle, tariffs
from orders.services.editing import Wording
from places.geo import Point
from places.models import Zone
from places.routing import estimate
from tests.orders.conftest import placed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9")]
NOW = timezone.now()
HOME, STATION, AIRPORT = Point(55.75, 37.60), Point(55.77, 37.65), Point(55.97, 37.41)
RATES = Rates(
    "RUB",
    minimum=D(200),
    start=D(100),
    per_km=(PerKm(D(0), D(20)),),
    per_minute=D(5),
    per_stop=D(50),
    free_waiting_minutes=D(5),
    per_waiting_minute=D(10),
    rounding_step=D(1),
)
AT_HOME = {"pickup_latitude": HOME.latitude, "pickup_longitude": HOME.longitude}
TO_STATION = {
    "destination": "Вокзал",
    "destination_latitude": STATION.latitude,
    "destination_longitude": STATION.longitude,
}


def square(name: str, around: Point, half: float = 0.02, rank: int = 0) -> Zone:
    south, north = around.latitude - half, around.latitude + half
    west, east = around.longitude - half, around.longitude + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Zone.objects.create(
        name=name,
        area={"type": "Polygon", "coordinates": [ring]},
        south=south,
        north=north,
        west=west,
        east=east,
        rank=rank,
    )


def tariff(fleet: Fleet, rates: Rates, service_class: str = "economy") -> Tariff:
    made = Tariff.objects.create(fleet=fleet, name=service_class, service_class=service_class)
    tariffs.add_version(tariff_id=made.pk, rates=rates, valid_from=None, actor=None, now=NOW - timedelta(days=30))
    return made


@pytest.fixture
def town(db) -> Fleet:
    return Fleet.objects.create(name="Town", is_default=True)


@pytest.fixture
def economy(town) -> Tariff:
    return tariff(town, RATES)


def to_station(**more) -> Sketch:
    return Sketch(pickup=Spot("Ленина, 5", HOME), destination=Spot("Вокзал", STATION), **more)


def on_paper(*points: Point) -> D:
    """100 + 20 for each tenth-rounded kilometre + 5 for each minute, at least 200, to the rouble"""
    way = estimate(points)
    km, minutes = D(way.distance_m) / 1000, D(way.duration_s) / 60
    total = 100 + 20 * km.quantize(D("0.1"), "ROUND_HALF_UP") + 5 * minutes.quantize(D(1), "ROUND_HALF_UP")
    return max(D(200), total).quantize(D(1), "ROUND_HALF_UP")


def test_the_way_is_measured_and_priced_in_three_queries(economy, django_assert_num_queries):
    square("Centre", HOME)
    with django_assert_num_queries(3):
        found = quote(to_station(), at=NOW)
    way = estimate([HOME, STATION])
    assert found
    assert (found.distance_m, found.duration_s) == (way.distance_m, way.duration_s)
    assert (found.total, found.price.currency, found.is_least) == (on_paper(HOME, STATION), "RUB", False)
    assert found.zone
    assert found.zone.name == "Centre"


def test_stops_and_the_way_back_are_part_of_the_way(economy):
    there = quote(to_station(stops=(Spot("Аэропорт", AIRPORT),)), at=NOW)
    assert there
    assert there.total == on_paper(HOME, AIRPORT, STATION) + 50
    back = quote(to_station(waits_and_returns=True), at=NOW)
    assert back
    assert back.total == on_paper(HOME, STATION, HOME)


@pytest.mark.parametrize(
    "sketch",
    [
        Sketch(pickup=Spot("Ленина, 5", HOME)),
        Sketch(pickup=Spot("где-то"), destination=Spot("Вокзал", STATION)),
        to_station(stops=(Spot("у бабушки"),)),
    ],
)
def test_where_the_way_is_not_known_the_price_is_only_the_least(economy, sketch):
    found = quote(sketch, at=NOW)
    assert found
    assert found.is_least
    assert found.total >= 200
    assert found.distance_m is None


def test_a_fixed_price_needs_no_way(town):
    tariff(town, Rates("RUB", minimum=D(200), routes=(Route(D(700), start="Дом", end="Вокзал"),)))
    found = quote(Sketch(pickup=Spot("дом"), destination=Spot("вокзал")), at=NOW)
    assert found
    assert (found.total, found.is_least) == (D(700), False)


def test_zones_are_found_by_the_places(town):
    centre, far = square("Centre", HOME), square("Airport", AIRPORT)
    tariff(town, Rates("RUB", zone_pairs=(ZonePair(D(900), from_zone=centre.pk, to_zone=far.pk),)))
    found = quote(Sketch(pickup=Spot("a", HOME), destination=Spot("b", AIRPORT)), at=NOW)
    assert found
    assert found.total == D(900)


def test_the_version_is_that_of_the_day_of_the_trip(economy, marina):
    tomorrow = NOW + timedelta(days=1)
    dear = Rates("RUB", minimum=D(999))
    tariffs.add_version(tariff_id=economy.pk, rates=dear, valid_from=tomorrow, actor=marina, now=NOW)

    def total(pickup_at):
        found = quote(to_station(pickup_at=pickup_at), at=NOW)
        return found and found.total

    assert total(None) == on_paper(HOME, STATION)
    assert total(tomorrow - timedelta(seconds=1)) == on_paper(HOME, STATION)
    assert total(tomorrow) == D(999)


def test_each_fleet_and_class_has_its_own_tariff(town, economy):
    vip = Fleet.objects.create(name="VIP")
    tariff(vip, Rates("RUB", minimum=D(1500)), "business")
    assert quote(to_station(service_class="business"), at=NOW) is None
    assert quote(to_station(fleet_id=vip.pk), at=NOW) is None
    found = quote(to_station(fleet_id=vip.pk, service_class="business"), at=NOW)
    assert found
    assert found.total == D(1500)


def test_an_order_is_priced_when_it_is_taken(economy, town, anna, by_vera):
    order = placed(anna, by_vera, **AT_HOME, **TO_STATION)
    order.refresh_from_db()
    assert (order.fleet, order.price, order.currency) == (town, on_paper(HOME, STATION), "RUB")
    assert order.tariff_version == economy.versions.get()
    assert sum(D(line["amount"]) for line in order.price_lines) == order.price


def test_an_old_order_keeps_its_price_and_its_version(economy, anna, by_vera, marina):
    order = placed(anna, by_vera, **AT_HOME, **TO_STATION)
    later = timezone.now() + timedelta(seconds=1)
    tariffs.add_version(tariff_id=economy.pk, rates=Rates("RUB", minimum=D(999)), valid_from=later, actor=marina)
    old = order.tariff_version
    edited = editing.edit(order_id=order.pk, wanted=wording(order, comment="у подъезда"), version=1, actor=by_vera)
    assert (edited.price, edited.tariff_version) == (order.price, old)
    moved = editing.edit(order_id=order.pk, wanted=wording(order, destination="далеко"), version=2, actor=by_vera)
    assert (moved.price, moved.tariff_version) == (None, old)  # nobody knows how far that is
    assert moved.destination_latitude is None
    event = order.events.order_by("id").last()
    assert event.changes["price"] == [f"{order.price:.2f} RUB", ""]
    assert moved.price_lines[0] == {"code": "start", "amount": "100"}


def test_an_order_without_a_tariff_has_no_price(anna, by_vera):
    order = placed(anna, by_vera)
    assert (order.price, order.tariff_version, order.price_lines) == (None, None, [])


def test_stops_are_saved_and_priced_with_the_order(economy, anna, by_vera):
    stops = [OrderStop(address="Рынок", latitude=AIRPORT.latitude, longitude=AIRPORT.longitude)]
    order = lifecycle.enter(
        order=Order(client=anna, pickup="Ленина, 5", **AT_HOME, **TO_STATION), actor=by_vera, stops=stops
    )
    assert order.price == on_paper(HOME, AIRPORT, STATION) + 50
    assert list(order.stops.values_list("place", "address")) == [(1, "Рынок")]


def test_what_the_car_waited_for_is_charged_when_the_client_boards(economy, anna, by_vera, ivan, monkeypatch):
    """12 minutes, 5 of them free: + 7 × 10"""
    order = placed(anna, by_vera, **AT_HOME, **TO_STATION)
    Vehicle.objects.update(classes=["economy"])
    clock = timezone.now()
    for name, minutes in (("assign", 1), ("set_off", 2), ("arrive", 10), ("board", 22)):
        monkeypatch.setattr(timezone, "now", lambda at=clock + timedelta(minutes=minutes): at)
        lifecycle.move(order_id=order.pk, name=name, actor=by_vera, driver=ivan if name == "assign" else None)
    order.refresh_from_db()
    assert order.price == on_paper(HOME, STATION) + 70
    assert {"code": "waiting", "amount": "70.00", "quantity": "7", "unit_price": "10"} in order.price_lines


def test_who_came_before_the_agreed_time_waits_for_nothing_until_then(economy, anna, by_vera, ivan, monkeypatch):
    order = placed(anna, by_vera, pickup_at=timezone.now() + timedelta(minutes=15), **AT_HOME, **TO_STATION)
    clock = timezone.now()
    for name, minutes in (("assign", 1), ("set_off", 2), ("arrive", 5), ("board", 19)):
        monkeypatch.setattr(timezone, "now", lambda at=clock + timedelta(minutes=minutes): at)
        lifecycle.move(order_id=order.pk, name=name, actor=by_vera, driver=ivan if name == "assign" else None)
    order.refresh_from_db()
    assert order.price == on_paper(HOME, STATION)  # four minutes after the agreed time


def wording(order: Order, **changed) -> Wording:
    said = {name: getattr(order, name) for name in ("phone", "pickup", "destination", "pickup_at", "comment")}
    return Wording(**(said | changed))


def test_a_total_is_rounded_by_the_rule_of_its_tariff(town):
    tariff(town, Rates("RUB", minimum=D("201.10"), rounding_step=D(50), rounding=Rounding.UP))
    found = quote(to_station(), at=NOW)
    assert found
    assert found.total == D(250)
