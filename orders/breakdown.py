"""The lines of a price, in the words of the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import money
from orders.models import TripOption
from orders.pricing import Line
from places.models import Zone

PLAIN: dict[str, Promise] = {
    "start": gettext_lazy("Start"),
    "time": gettext_lazy("Minutes on the way"),
    "minimum": gettext_lazy("Up to the minimum"),
    "waiting": gettext_lazy("Minutes of waiting"),
    "stop": gettext_lazy("Stops"),
    "passenger": gettext_lazy("More passengers"),
    "night": gettext_lazy("Night"),
    "weekend": gettext_lazy("Weekend"),
    "holiday": gettext_lazy("Holiday"),
    "rounding": gettext_lazy("Rounding"),
}
SHARES = frozenset({"zone", "night", "weekend", "holiday"})  # percentages, where they have a quantity


@dataclass(frozen=True)
class Row:
    """`sum`: how the amount came about; empty where nothing was multiplied."""

    words: str
    sum: str
    amount: str


def rows(lines: Sequence[Line], currency: str) -> list[Row]:
    """One query, when a line is about a zone; else none."""
    names = _zone_names(lines)
    return [Row(_words(line, names), _sum(line, currency), money.written(line.amount, currency)) for line in lines]


def _words(line: Line, zones: dict[str, str]) -> str:
    if line.code == "distance":
        after = _("Kilometres after the first %(km)s") % {"km": number(line.about)} if line.about else ""
        return after or _("Kilometres")
    if line.code == "option":
        return str(dict(TripOption.choices).get(line.about, line.about))
    if line.code == "zone":
        return _("Zone “%(zone)s”") % {"zone": zones.get(line.about, line.about)}
    if line.code == "zone_pair":
        start, _blank, end = line.about.partition(" ")
        return _("Fixed price: %(way)s") % {"way": f"{zones.get(start, start)} — {zones.get(end, end)}"}
    if line.code == "route":
        return _("Fixed price: %(way)s") % {"way": line.about}
    return str(PLAIN.get(line.code, line.code))


def _sum(line: Line, currency: str) -> str:
    if line.quantity is None or line.unit_price is None:
        return ""
    quantity = number(line.quantity) + (" %" if line.code in SHARES else "")
    return f"{quantity} × {money.written(line.unit_price, currency)}"


def number(value: Decimal | str) -> str:
    return format_decimal(Decimal(value).normalize() + 0, locale=translation.get_language() or "en")


def _zone_names(lines: Sequence[Line]) -> dict[str, str]:
    keys = {key for line in lines if line.code in ("zone", "zone_pair") for key in line.about.split()}
    found = Zone.objects.filter(pk__in=keys).values_list("pk", "name") if keys else ()
    return {str(pk): name for pk, name in found}
