"""Rates from and to JSON. Read strictly: what is missing is its default, what is strange is an error of its field."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from orders.pricing.fields import MOST_ROWS, NOT_A_CHOICE, NOT_A_DATE, NOT_RISING, REQUIRED, TWICE, Fields
from orders.pricing.rates import (
    Holidays,
    Night,
    PerKm,
    Rates,
    Route,
    Surcharge,
    Weekend,
    ZonePair,
    ZoneSurcharge,
)

CURRENCY = re.compile(r"[A-Z]{3}")
YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")
LEAP_YEAR = 2028


class BadRates(ValueError):
    """`errors`: what is wrong, by field ("per_km.1.amount")."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(dict(errors))
        self.errors = dict(errors)


def read(data: Mapping[str, Any], currency: str) -> Rates:
    """Raises BadRates with all that is wrong."""
    errors: dict[str, str] = {}
    form = Fields(data, "", errors)
    if not CURRENCY.fullmatch(currency):
        errors["currency"] = NOT_A_CHOICE
    rates = Rates(
        currency=currency,
        minimum=form.money("minimum"),
        start=form.money("start"),
        included_km=form.number("included_km"),
        included_minutes=form.number("included_minutes"),
        per_km=form.rows("per_km", _per_km),
        per_minute=form.money("per_minute"),
        free_waiting_minutes=form.number("free_waiting_minutes"),
        per_waiting_minute=form.money("per_waiting_minute"),
        per_stop=form.money("per_stop"),
        seats=form.whole("seats", Rates.seats),
        per_passenger=form.money("per_passenger"),
        options=form.amounts("options"),
        zone_pairs=form.rows("zone_pairs", _zone_pair),
        routes=form.rows("routes", _route),
        zones=form.rows("zones", _zone),
        night=form.part("night", _night),
        weekend=form.part("weekend", _weekend),
        holidays=form.part("holidays", _holidays),
        fixed_takes_surcharges=form.truth("fixed_takes_surcharges"),
        rounding_step=form.step("rounding_step"),
        rounding=form.rounding("rounding"),
    )
    form.nothing_else()
    errors |= _against_each_other(rates, errors)
    if errors:
        raise BadRates(errors)
    return rates


def write(rates: Rates) -> dict[str, Any]:
    """As JSON holds it; `read` gives the same rates back."""
    return {
        "minimum": str(rates.minimum),
        "start": str(rates.start),
        "included_km": str(rates.included_km),
        "included_minutes": str(rates.included_minutes),
        "per_km": [{"from_km": str(step.from_km), "amount": str(step.amount)} for step in rates.per_km],
        "per_minute": str(rates.per_minute),
        "free_waiting_minutes": str(rates.free_waiting_minutes),
        "per_waiting_minute": str(rates.per_waiting_minute),
        "per_stop": str(rates.per_stop),
        "seats": str(rates.seats),
        "per_passenger": str(rates.per_passenger),
        "options": {option: str(amount) for option, amount in rates.options.items()},
        "zone_pairs": [
            {"from": str(p.from_zone), "to": str(p.to_zone), "amount": str(p.amount), "both_ways": p.both_ways}
            for p in rates.zone_pairs
        ],
        "routes": [
            {"from": r.start, "to": r.end, "amount": str(r.amount), "both_ways": r.both_ways} for r in rates.routes
        ],
        "zones": [{"zone": str(zone.zone), **_added(zone)} for zone in rates.zones],
        **({"night": _written_night(rates.night)} if rates.night else {}),
        **({"weekend": {"days": sorted(rates.weekend.days), **_added(rates.weekend)}} if rates.weekend else {}),
        **({"holidays": _written_holidays(rates.holidays)} if rates.holidays else {}),
        "fixed_takes_surcharges": rates.fixed_takes_surcharges,
        "rounding_step": str(rates.rounding_step),
        "rounding": rates.rounding.value,
    }


def _written_night(night: Night) -> dict[str, str]:
    return {"begins": f"{night.begins:%H:%M}", "ends": f"{night.ends:%H:%M}", **_added(night)}


def _written_holidays(holidays: Holidays) -> dict[str, Any]:
    yearly = [f"{month:02}-{day:02}" for month, day in sorted(holidays.yearly)]
    return {"dates": [*yearly, *(day.isoformat() for day in sorted(holidays.dates))], **_added(holidays)}


def _added(surcharge: Surcharge) -> dict[str, str]:
    return {"percent": str(surcharge.percent)} if surcharge.percent else {"amount": str(surcharge.amount)}


def _per_km(form: Fields) -> PerKm:
    return PerKm(form.number("from_km"), form.money("amount"))


def _zone_pair(form: Fields) -> ZonePair:
    return ZonePair(
        amount=form.money("amount"),
        both_ways=form.truth("both_ways"),
        from_zone=form.zone("from"),
        to_zone=form.zone("to"),
    )


def _route(form: Fields) -> Route:
    return Route(
        amount=form.money("amount"), both_ways=form.truth("both_ways"), start=form.text("from"), end=form.text("to")
    )


def _zone(form: Fields) -> ZoneSurcharge:
    return ZoneSurcharge(zone=form.zone("zone"), **form.surcharge())


def _night(form: Fields) -> Night:
    return Night(begins=form.clock("begins"), ends=form.clock("ends"), **form.surcharge())


def _weekend(form: Fields) -> Weekend:
    days = form.take("days")
    if not isinstance(days, list) or not days or not all(type(day) is int and 1 <= day <= 7 for day in days):
        form.wrong("days", REQUIRED)
        days = []
    return Weekend(days=frozenset(days), **form.surcharge())


def _holidays(form: Fields) -> Holidays:
    texts = form.take("dates")
    if not isinstance(texts, list) or not texts or len(texts) > MOST_ROWS:
        form.wrong("dates", REQUIRED)
        texts = []
    dates, yearly = set(), set()
    for place, text in enumerate(texts):
        try:
            match = YEARLY.fullmatch(text)
            if match:
                day = date(LEAP_YEAR, int(match[1]), int(match[2]))
                yearly.add((day.month, day.day))
            else:
                dates.add(date.fromisoformat(text))
        except (ValueError, TypeError):
            form.wrong(f"dates.{place}", NOT_A_DATE)
    return Holidays(dates=frozenset(dates), yearly=frozenset(yearly), **form.surcharge())


def _against_each_other(rates: Rates, errors: Mapping[str, str]) -> dict[str, str]:
    """What is wrong only beside something else."""
    found = {}
    begins = [step.from_km for step in rates.per_km]
    for place, (earlier, later) in enumerate(zip([None, *begins], begins)):
        rises = later == 0 if earlier is None else later > earlier
        if not rises:
            found[f"per_km.{place}.from_km"] = NOT_RISING
    found |= _repeated("zones", "zone", [{zone.zone} for zone in rates.zones])
    found |= _repeated("zone_pairs", "to", [_ways(p.from_zone, p.to_zone, p.both_ways) for p in rates.zone_pairs])
    found |= _repeated("routes", "to", [_ways(r.start, r.end, r.both_ways) for r in rates.routes])
    return {name: error for name, error in found.items() if name not in errors}


def _ways(start: Any, end: Any, both_ways: bool) -> set[Any]:
    return {(start, end), (end, start)} if both_ways else {(start, end)}


def _repeated(name: str, field: str, rows: Sequence[set[Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    seen: set[Any] = set()
    for place, row in enumerate(rows):
        if row & seen:
            found[f"{name}.{place}.{field}"] = TWICE
        seen |= row
    return found
