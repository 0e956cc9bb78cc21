"""What trips cost, with the sum written out beside each, as a person does it on paper."""

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders import pricing
from orders.pricing import (
    BadRates,
    Holidays,
    Night,
    PerKm,
    Rates,
    Rounding,
    Route,
    Trip,
    Weekend,
    ZonePair,
    ZoneSurcharge,
)

pytestmark = pytest.mark.feature("C9")
MOSCOW = ZoneInfo("Europe/Moscow")
CENTRE, AIRPORT, SUBURB = 1, 2, 3
WEDNESDAY = datetime(2026, 11, 25, 14, 30, tzinfo=MOSCOW)
SATURDAY = datetime(2026, 11, 28, 14, 30, tzinfo=MOSCOW)

TOWN = Rates(
    currency="RUB",
    minimum=D(200),
    start=D(100),
    included_km=D(2),
    included_minutes=D(3),
    per_km=(PerKm(D(0), D(25)), PerKm(D(10), D(20))),
    per_minute=D(6),
    free_waiting_minutes=D(5),
    per_waiting_minute=D(8),
    per_stop=D(50),
    per_passenger=D(30),
    options={"child_seat": D(150), "pet": D(100)},
)


def cost(rates: Rates, **trip) -> pricing.Price:
    return pricing.price(rates, Trip(**{"at": WEDNESDAY, **trip}))


def lines(price: pricing.Price) -> list[tuple]:
    return [(line.code, line.amount) for line in price.lines]


def test_a_trip_of_7_3_km_and_16_minutes():
    """100 + (7.3 − 2) × 25 + (16 − 3) × 6 = 100 + 132.50 + 78 = 310.50"""
    price = cost(TOWN, distance_m=7_320, duration_s=955)
    assert lines(price) == [("start", D(100)), ("distance", D("132.50")), ("time", D(78))]
    assert (price.total, price.currency) == (D("310.50"), "RUB")
    assert (price.lines[1].quantity, price.lines[1].unit_price, price.lines[1].about) == (D("5.3"), D(25), "2")


def test_a_short_trip_is_filled_up_to_the_minimum():
    """100 + (3 − 2) × 25 + (5 − 3) × 6 = 137; the minimum is 200, so 63 are added"""
    price = cost(TOWN, distance_m=3_000, duration_s=300)
    assert lines(price) == [("start", D(100)), ("distance", D(25)), ("time", D(12)), ("minimum", D(63))]
    assert price.total == D(200)


def test_who_goes_far_pays_less_for_each_kilometre_after_the_tenth():
    """100 + (10 − 2) × 25 + (24.5 − 10) × 20 + (31 − 3) × 6 = 100 + 200 + 290 + 168 = 758"""
    price = cost(TOWN, distance_m=24_500, duration_s=31 * 60)
    assert lines(price) == [("start", D(100)), ("distance", D(200)), ("distance", D(290)), ("time", D(168))]
    assert price.total == D(758)


def test_what_is_included_may_reach_into_the_second_step():
    """included are 12 km: 100 + (15 − 12) × 20 = 160, with 40 up to the minimum"""
    assert cost(replace(TOWN, included_km=D(12)), distance_m=15_000).total == D(200)
    assert cost(replace(TOWN, included_km=D(12), minimum=D(0)), distance_m=15_000).total == D(160)


def test_five_minutes_of_waiting_are_free():
    """200 (minimum) + (12 − 5) × 8 = 256"""
    assert cost(TOWN, waiting_s=300).total == D(200)
    price = cost(TOWN, waiting_s=12 * 60)
    assert price.total == D(256)
    assert price.lines[-1] == pricing.Line("waiting", D(56), D(7), D(8))


def test_stops_passengers_and_wishes_come_on_top_of_the_minimum():
    """200 + 2 × 50 + (6 − 4) × 30 + 150 (child seat) + 100 (pet) = 610; a receipt costs nothing"""
    price = cost(TOWN, stops=2, passengers=6, options=frozenset({"pet", "child_seat", "receipt"}))
    assert lines(price)[-4:] == [("stop", D(100)), ("passenger", D(60)), ("option", D(150)), ("option", D(100))]
    assert price.total == D(610)


PAIRS = replace(
    TOWN,
    zone_pairs=(ZonePair(D(900), both_ways=True, from_zone=CENTRE, to_zone=AIRPORT), ZonePair(D(250), False, 1, 1)),
    routes=(Route(D(1200), start="Аэропорт, зал прилёта", end="Вокзал"),),
)


def test_between_two_zones_the_price_is_fixed_in_both_directions():
    for way in ({"from_zone": CENTRE, "to_zone": AIRPORT}, {"from_zone": AIRPORT, "to_zone": CENTRE}):
        price = cost(PAIRS, distance_m=33_000, duration_s=3000, **way)
        assert lines(price) == [("zone_pair", D(900))]
    assert cost(PAIRS, distance_m=9_000, from_zone=CENTRE, to_zone=CENTRE).total == D(250)
    assert cost(PAIRS, distance_m=24_500, duration_s=1860, from_zone=CENTRE).total == D(758)  # by the meter


def test_a_route_is_nearer_than_its_zones_and_goes_one_way_only():
    zones = {"from_zone": AIRPORT, "to_zone": CENTRE}
    price = cost(PAIRS, start="аэропорт зал прилета", end="Вокзал", **zones)
    assert lines(price) == [("route", D(1200))]
    back = cost(PAIRS, start="Вокзал", end="Аэропорт, зал прилёта", from_zone=CENTRE, to_zone=AIRPORT)
    assert lines(back) == [("zone_pair", D(900))]


def test_there_and_back_costs_a_fixed_price_twice_and_the_waiting():
    """2 × 900 + (20 − 5) × 8 = 1920"""
    price = cost(PAIRS, from_zone=CENTRE, to_zone=AIRPORT, returns=True, waiting_s=1200)
    assert lines(price) == [("zone_pair", D(1800)), ("waiting", D(120))]


EXTRAS = replace(
    TOWN,
    night=Night(percent=D(20), begins=time(22), ends=time(6)),
    weekend=Weekend(amount=D(50)),
    holidays=Holidays(percent=D(30), dates=frozenset({date(2026, 11, 28)}), yearly=frozenset({(1, 1)})),
    zones=(ZoneSurcharge(amount=D(70), zone=SUBURB),),
)


@pytest.mark.parametrize(
    ("clock", "is_night"), [("21:59", False), ("22:00", True), ("00:00", True), ("05:59", True), ("06:00", False)]
)
def test_the_night_begins_at_ten_and_ends_at_six(clock, is_night):
    """310.50 by day; 310.50 + 20 % (62.10) = 372.60 by night"""
    at = datetime.combine(WEDNESDAY, time.fromisoformat(clock), MOSCOW)
    assert cost(EXTRAS, at=at, distance_m=7_320, duration_s=955).total == (D("372.60") if is_night else D("310.50"))


def test_a_percentage_is_of_the_way_not_of_wishes_nor_of_another_surcharge():
    """New Year's night: way 200; + 150 (child seat) + 70 (zone) + 20 % of 200 + 30 % of 200 = 520"""
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=MOSCOW)
    price = cost(EXTRAS, at=new_year, options=frozenset({"child_seat"}), from_zone=SUBURB, to_zone=SUBURB)
    assert lines(price)[-3:] == [("zone", D(70)), ("night", D(40)), ("holiday", D(60))]
    assert price.total == D(520)


def test_a_holiday_takes_the_place_of_the_weekend():
    """28 November is a Saturday: 200 + 30 % = 260; a week later 200 + 50 = 250"""
    assert cost(EXTRAS, at=SATURDAY).total == D(260)
    assert cost(EXTRAS, at=SATURDAY.replace(month=12, day=5)).total == D(250)
    assert cost(EXTRAS).total == D(200)


def test_a_fixed_price_takes_surcharges_only_where_the_tariff_says_so():
    """900 + 50 (weekend)"""
    rates = replace(EXTRAS, zone_pairs=PAIRS.zone_pairs, holidays=None)
    way = {"at": SATURDAY, "from_zone": CENTRE, "to_zone": AIRPORT}
    assert cost(rates, **way).total == D(900)
    assert cost(replace(rates, fixed_takes_surcharges=True), **way).total == D(950)


@pytest.mark.parametrize(
    ("step", "direction", "total"),
    [("10", "up", "320"), ("10", "down", "310"), ("10", "nearest", "310"), ("1", "nearest", "311"), ("5", "up", "315")],
)
def test_the_total_is_rounded_as_the_office_likes(step, direction, total):
    """310.50"""
    rates = replace(TOWN, rounding_step=D(step), rounding=Rounding(direction))
    price = cost(rates, distance_m=7_320, duration_s=955)
    assert price.total == D(total)
    assert price.lines[-1].code == "rounding"
    assert price.lines[-1].amount == D(total) - D("310.50")


money = st.decimals(0, 9_999, places=2)
number = st.decimals(0, 99, places=1)
zone = st.integers(1, 4)
word = st.sampled_from(["Ленина, 5", "Вокзал", "Аэропорт", "Рынок"])
added = st.one_of(
    st.fixed_dictionaries({"amount": money.filter(bool)}), st.fixed_dictionaries({"percent": number.filter(bool)})
)
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def of(kind, **fields):
    return st.builds(lambda extra, rest: kind(**extra, **rest), added, st.fixed_dictionaries(fields))


all_rates = st.builds(
    Rates,
    currency=st.just("RUB"),
    minimum=money,
    start=money,
    included_km=number,
    included_minutes=number,
    per_km=st.lists(st.tuples(number, money), max_size=4, unique_by=lambda step: step[0]).map(
        lambda steps: tuple(PerKm(D(0) if not i else begins, m) for i, (begins, m) in enumerate(sorted(steps)))
    ),
    per_minute=money,
    free_waiting_minutes=number,
    per_waiting_minute=money,
    per_stop=money,
    seats=st.integers(0, 8),
    per_passenger=money,
    options=st.dictionaries(st.sampled_from(["pet", "child_seat"]), money),
    zone_pairs=st.lists(
        st.builds(ZonePair, money, st.booleans(), zone, zone),
        max_size=3,
        unique_by=lambda pair: frozenset({pair.from_zone, pair.to_zone}),
    ).map(tuple),
    routes=st.lists(st.builds(Route, money, st.just(False), word, word), max_size=2, unique_by=lambda r: r.start).map(
        tuple
    ),
    zones=st.lists(of(ZoneSurcharge, zone=zone), max_size=3, unique_by=lambda row: row.zone).map(tuple),
    night=st.none() | of(Night, begins=clocks, ends=clocks),
    weekend=st.none() | of(Weekend, days=st.frozensets(st.integers(1, 7), min_size=1)),
    holidays=st.none()
    | of(
        Holidays,
        dates=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 1, 1)), min_size=1),
        yearly=st.just(frozenset({(2, 29)})),
    ),
    fixed_takes_surcharges=st.booleans(),
    rounding_step=st.sampled_from([D("0.01"), D("0.5"), D(1), D(10)]),
    rounding=st.sampled_from(Rounding),
)
trips = st.builds(
    Trip,
    at=st.builds(datetime.combine, st.dates(date(2026, 1, 1), date(2027, 1, 1)), clocks, st.just(MOSCOW)),
    distance_m=st.integers(0, 300_000),
    duration_s=st.integers(0, 20_000),
    waiting_s=st.integers(0, 9_000),
    from_zone=st.none() | zone,
    to_zone=st.none() | zone,
    start=word,
    end=word,
    stops=st.integers(0, 5),
    options=st.frozensets(st.sampled_from(["pet", "child_seat", "receipt"])),
    passengers=st.integers(1, 9),
    returns=st.booleans(),
)


@given(all_rates, trips)
def test_the_total_is_the_sum_of_the_lines_and_every_line_can_be_done_on_paper(rates, trip):
    price = pricing.price(rates, trip)
    assert price.total == sum(line.amount for line in price.lines)
    assert price.total >= 0
    assert price.total % rates.rounding_step == 0
    for line in price.lines:
        assert line.amount == line.amount.quantize(D("0.01"))
        if line.quantity is not None:
            share = 100 if line.code in ("zone", "night", "weekend", "holiday") else 1
            assert abs(line.quantity * line.unit_price / share - line.amount) <= D("0.005")


@given(all_rates, trips)
def test_a_metered_way_costs_at_least_the_minimum_and_never_less_for_more(rates, trip):
    rates = replace(rates, zone_pairs=(), routes=())
    price = pricing.price(rates, trip)
    assert price.total + rates.rounding_step > rates.minimum
    for more in (
        replace(trip, distance_m=trip.distance_m + 900),
        replace(trip, duration_s=trip.duration_s + 90),
        replace(trip, waiting_s=trip.waiting_s + 90),
        replace(trip, stops=trip.stops + 1),
    ):
        assert pricing.price(rates, more).total >= price.total


@given(all_rates)
def test_rates_come_back_from_json_as_they_were(rates):
    assert pricing.read(pricing.write(rates), "RUB") == rates


@given(all_rates, trips)
def test_lines_come_back_from_json_as_they_were(rates, trip):
    for line in pricing.price(rates, trip).lines:
        assert pricing.Line.read(line.data()) == line


@pytest.mark.parametrize(
    ("data", "field", "error"),
    [
        ({"minimum": "-5"}, "minimum", "not_money"),
        ({"minimum": 200}, "minimum", "not_money"),  # a number of JSON may be a float
        ({"minimum": "1e3"}, "minimum", "not_money"),
        ({"minimum": "0.005"}, "minimum", "not_money"),
        ({"minimum": "NaN"}, "minimum", "not_money"),
        ({"per_mile": "3"}, "per_mile", "unknown"),
        ({"included_km": "two"}, "included_km", "not_a_number"),
        ({"per_km": {}}, "per_km", "not_a_list"),
        ({"per_km": [{"from_km": "1", "amount": "3"}]}, "per_km.0.from_km", "not_rising"),
        ({"per_km": [{"amount": "3"}, {"from_km": "0", "amount": "3"}]}, "per_km.1.from_km", "not_rising"),
        ({"per_km": [{"amount": "3", "miles": "1"}]}, "per_km.0.miles", "unknown"),
        ({"options": {"pet": "x"}}, "options.pet", "not_money"),
        ({"zones": [{"zone": "4"}]}, "zones.0.amount", "amount_or_percent"),
        ({"zones": [{"zone": "4", "amount": "1"}, {"zone": "4", "amount": "2"}]}, "zones.1.zone", "twice"),
        ({"zone_pairs": [{"to": "4", "amount": "1"}]}, "zone_pairs.0.from", "required"),
        ({"routes": [{"from": " ", "to": "a", "amount": "1"}]}, "routes.0.from", "required"),
        ({"night": {"begins": "25:00", "ends": "06:00", "amount": "1"}}, "night.begins", "not_a_time"),
        ({"night": {"begins": "22:00", "amount": "1"}}, "night.ends", "not_a_time"),
        ({"weekend": {"days": [], "percent": "5"}}, "weekend.days", "required"),
        ({"weekend": {"days": [8], "percent": "5"}}, "weekend.days", "required"),
        ({"holidays": {"dates": ["02-30"], "percent": "5"}}, "holidays.dates.0", "not_a_date"),
        ({"holidays": {"dates": ["2026-13-01"], "percent": "5"}}, "holidays.dates.0", "not_a_date"),
        ({"rounding": "sideways"}, "rounding", "not_a_choice"),
        ({"rounding_step": "0"}, "rounding_step", "not_money"),
        ({"seats": "many"}, "seats", "not_a_number"),
        ({"fixed_takes_surcharges": "yes"}, "fixed_takes_surcharges", "not_a_choice"),
        ({"weekend": 3}, "weekend", "unknown"),
    ],
)
def test_strange_rates_are_refused_field_by_field(data, field, error):
    with pytest.raises(BadRates) as refused:
        pricing.read(data, "RUB")
    assert refused.value.errors[field] == error


def test_a_currency_is_three_capital_letters():
    with pytest.raises(BadRates):
        pricing.read({}, "roubles")
