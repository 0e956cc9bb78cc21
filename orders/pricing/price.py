"""The sum itself: the way (metered up to the minimum, or fixed), what is added to it, and the rounding of the total."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from orders.pricing.rates import ZERO, Fixed, Rates, Surcharge
from orders.pricing.trip import Trip

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
WHOLE = Decimal(1)


@dataclass(frozen=True)
class Line:
    """`amount` is `quantity` × `unit_price`, to the cent; of a percentage `quantity` is the percent and `unit_price`
    what they are taken of. `about`: which option, zones (primary keys) or addresses it is for; of kilometres, after
    how many they begin."""

    code: str
    amount: Decimal
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    about: str = ""

    def data(self) -> dict[str, str]:
        """As it is kept with an order."""
        known = {"amount": self.amount, "quantity": self.quantity, "unit_price": self.unit_price}
        texts = {name: str(value) for name, value in known.items() if value is not None}
        return {"code": self.code, **texts, **({"about": self.about} if self.about else {})}

    @classmethod
    def read(cls, data: Mapping[str, str]) -> "Line":
        quantity, unit_price = data.get("quantity"), data.get("unit_price")
        return cls(
            code=data["code"],
            amount=Decimal(data["amount"]),
            quantity=None if quantity is None else Decimal(quantity),
            unit_price=None if unit_price is None else Decimal(unit_price),
            about=data.get("about", ""),
        )


@dataclass(frozen=True)
class Price:
    """`total` is the sum of the lines."""

    total: Decimal
    currency: str
    lines: tuple[Line, ...]


def price(rates: Rates, trip: Trip) -> Price:
    fixed = _fixed(rates, trip)
    way = [*_metered(rates, trip)] if fixed is None else [fixed]
    lines = [*way, *_extras(rates, trip)]
    if fixed is None or rates.fixed_takes_surcharges:
        lines += _surcharges(rates, trip, _sum(way))
    lines += _rounding(rates, _sum(lines))
    return Price(_sum(lines), rates.currency, tuple(lines))


def kilometres(distance_m: int) -> Decimal:
    """As they are charged: to a tenth."""
    return (Decimal(distance_m) / 1000).quantize(TENTH, ROUND_HALF_UP)


def minutes(seconds: int) -> Decimal:
    """As they are charged: whole ones, from the half minute on upwards."""
    return (Decimal(seconds) / 60).quantize(WHOLE, ROUND_HALF_UP)


def same_address(one: str, other: str) -> bool:
    """Whether two texts say the same address: letter case, commas and blanks do not count."""
    return _plain(one) == _plain(other)


def _plain(address: str) -> list[str]:
    return address.casefold().replace("ё", "е").replace(",", " ").split()


def _fixed(rates: Rates, trip: Trip) -> Line | None:
    """A route is nearer to what was said than a pair of zones."""
    times = Decimal(2 if trip.returns else 1)
    for route in rates.routes:
        if _joins(
            route,
            same_address(route.start, trip.start) and same_address(route.end, trip.end),
            same_address(route.end, trip.start) and same_address(route.start, trip.end),
        ):
            return _times("route", times, route.amount, f"{trip.start} — {trip.end}")
    for pair in rates.zone_pairs:
        if _joins(
            pair,
            (pair.from_zone, pair.to_zone) == (trip.from_zone, trip.to_zone),
            (pair.to_zone, pair.from_zone) == (trip.from_zone, trip.to_zone),
        ):
            return _times("zone_pair", times, pair.amount, f"{trip.from_zone} {trip.to_zone}")
    return None


def _joins(fixed: Fixed, there: bool, back: bool) -> bool:
    return there or (fixed.both_ways and back)


def _metered(rates: Rates, trip: Trip) -> Iterator[Line]:
    way = [*_start(rates), *_distance(rates, kilometres(trip.distance_m)), *_time(rates, minutes(trip.duration_s))]
    yield from way
    missing = rates.minimum - _sum(way)
    if missing > 0:
        yield Line("minimum", missing, unit_price=rates.minimum)


def _start(rates: Rates) -> Iterator[Line]:
    if rates.start:
        yield Line("start", rates.start)


def _distance(rates: Rates, km: Decimal) -> Iterator[Line]:
    ends = [step.from_km for step in rates.per_km[1:]]
    for step, end in zip(rates.per_km, [*ends, km], strict=False):
        begins = max(step.from_km, rates.included_km)
        driven = min(km, end) - begins
        if driven > 0 and step.amount:
            yield _times("distance", driven, step.amount, str(begins) if begins else "")


def _time(rates: Rates, total: Decimal) -> Iterator[Line]:
    charged = total - rates.included_minutes
    if charged > 0 and rates.per_minute:
        yield _times("time", charged, rates.per_minute)


def _extras(rates: Rates, trip: Trip) -> Iterator[Line]:
    counted = (
        ("waiting", minutes(trip.waiting_s) - rates.free_waiting_minutes, rates.per_waiting_minute),
        ("stop", Decimal(trip.stops), rates.per_stop),
        ("passenger", Decimal(trip.passengers - rates.seats), rates.per_passenger),
    )
    for code, quantity, amount in counted:
        if quantity > 0 and amount:
            yield _times(code, quantity, amount)
    for option in sorted(trip.options):
        if rates.options.get(option, ZERO):
            yield Line("option", rates.options[option], about=option)


def _surcharges(rates: Rates, trip: Trip, way: Decimal) -> Iterator[Line]:
    """Each percentage is taken of the way alone: never one of another."""
    for zone in rates.zones:
        if zone.zone in (trip.from_zone, trip.to_zone):
            yield _surcharge("zone", zone, way, str(zone.zone))
    if rates.night and rates.night.covers(trip.at.time()):
        yield _surcharge("night", rates.night, way)
    if rates.holidays and rates.holidays.covers(trip.at.date()):
        yield _surcharge("holiday", rates.holidays, way)
    elif rates.weekend and trip.at.isoweekday() in rates.weekend.days:
        yield _surcharge("weekend", rates.weekend, way)


def _surcharge(code: str, surcharge: Surcharge, way: Decimal, about: str = "") -> Line:
    if not surcharge.percent:
        return Line(code, surcharge.amount, about=about)
    return Line(code, _cents(way * surcharge.percent / 100), surcharge.percent, way, about)


def _rounding(rates: Rates, total: Decimal) -> Iterator[Line]:
    steps = (total / rates.rounding_step).to_integral_value(rates.rounding.mode)
    change = steps * rates.rounding_step - total
    if change:
        yield Line("rounding", change, unit_price=rates.rounding_step)


def _times(code: str, quantity: Decimal, unit_price: Decimal, about: str = "") -> Line:
    return Line(code, _cents(quantity * unit_price), quantity, unit_price, about)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _sum(lines: Sequence[Line]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)
