"""What a tariff charges, in words: each line that is not nothing."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import dates, formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import money
from orders.breakdown import number
from orders.models import TripOption
from orders.pricing import Rates, Rounding, Surcharge

ROUNDINGS: dict[str, Promise] = {
    Rounding.UP: gettext_lazy("up"),
    Rounding.DOWN: gettext_lazy("down"),
    Rounding.NEAREST: gettext_lazy("to the nearest"),
}


@dataclass(frozen=True)
class Said:
    words: str
    value: str


def words(rates: Rates, zones: dict[int, str]) -> list[Said]:
    """`zones`: names by primary key. No query."""
    return [
        line
        for line in (*_way(rates), *_extras(rates), *_fixed(rates, zones), *_surcharges(rates, zones))
        if line.value
    ]


def _way(rates: Rates) -> list[Said]:
    included = [
        _("%(km)s km") % {"km": number(rates.included_km)} if rates.included_km else "",
        _("%(minutes)s min") % {"minutes": number(rates.included_minutes)} if rates.included_minutes else "",
    ]
    steps = [
        Said(
            _("A kilometre after the first %(km)s") % {"km": number(step.from_km)}
            if step.from_km
            else _("A kilometre"),
            _amount(step.amount, rates),
        )
        for step in rates.per_km
    ]
    return [
        Said(_("Minimum"), _amount(rates.minimum, rates)),
        Said(_("Start"), _amount(rates.start, rates)),
        Said(_("Included in the start"), ", ".join(part for part in included if part)),
        *steps,
        Said(_("A minute on the way"), _amount(rates.per_minute, rates)),
    ]


def _extras(rates: Rates) -> list[Said]:
    free = _("%(minutes)s min") % {"minutes": number(rates.free_waiting_minutes)} if rates.free_waiting_minutes else ""
    names = dict(TripOption.choices)
    return [
        Said(_("Free waiting"), free),
        Said(_("A minute of waiting"), _amount(rates.per_waiting_minute, rates)),
        Said(_("A stop"), _amount(rates.per_stop, rates)),
        Said(
            _("Each passenger after the first %(seats)s") % {"seats": rates.seats},
            _amount(rates.per_passenger, rates),
        ),
        *(Said(str(names.get(key, key)), _amount(amount, rates)) for key, amount in rates.options.items()),
    ]


def _fixed(rates: Rates, zones: dict[int, str]) -> list[Said]:
    def way(start: str, end: str, both_ways: bool) -> str:
        return f"{start} ⇄ {end}" if both_ways else f"{start} — {end}"

    def zone(key: int) -> str:
        return zones.get(key, f"#{key}")

    return [
        *(Said(way(r.start, r.end, r.both_ways), _amount(r.amount, rates)) for r in rates.routes),
        *(
            Said(way(zone(p.from_zone), zone(p.to_zone), p.both_ways), _amount(p.amount, rates))
            for p in rates.zone_pairs
        ),
    ]


def _surcharges(rates: Rates, zones: dict[int, str]) -> list[Said]:
    found = [
        Said(_("Zone “%(zone)s”") % {"zone": zones.get(z.zone, f"#{z.zone}")}, _added(z, rates)) for z in rates.zones
    ]
    if rates.night:
        hours = f"{rates.night.begins:%H:%M}–{rates.night.ends:%H:%M}"
        found.append(Said(_("Night, %(hours)s") % {"hours": hours}, _added(rates.night, rates)))
    if rates.weekend:
        days = ", ".join(str(dates.WEEKDAYS_ABBR[day - 1]) for day in sorted(rates.weekend.days))
        found.append(Said(_("Weekend: %(days)s") % {"days": days}, _added(rates.weekend, rates)))
    if rates.holidays:
        yearly = [f"{day}.{month:02}" for month, day in sorted(rates.holidays.yearly)]
        once = [formats.date_format(day, "SHORT_DATE_FORMAT") for day in sorted(rates.holidays.dates)]
        found.append(
            Said(_("Holiday: %(days)s") % {"days": ", ".join([*yearly, *once])}, _added(rates.holidays, rates))
        )
    if rates.rounding_step > Rates.rounding_step:
        found.append(
            Said(
                _("Rounding"),
                _("%(direction)s %(step)s")
                % {"direction": ROUNDINGS[rates.rounding], "step": money.written(rates.rounding_step, rates.currency)},
            )
        )
    return found


def _amount(amount: Decimal, rates: Rates) -> str:
    return money.written(amount, rates.currency) if amount else ""


def _added(surcharge: Surcharge, rates: Rates) -> str:
    return f"+{number(surcharge.percent)} %" if surcharge.percent else f"+{_amount(surcharge.amount, rates)}"
