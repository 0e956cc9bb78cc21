"""The rates of a tariff as a person types them: amounts with comma or point, rows that are empty left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders import pricing
from orders.models import TripOption
from orders.pricing import BadRates, Rates

PLAIN = (
    "minimum",
    "start",
    "included_km",
    "included_minutes",
    "per_minute",
    "free_waiting_minutes",
    "per_waiting_minute",
    "per_stop",
    "seats",
    "per_passenger",
    "rounding_step",
)
ROWS: dict[str, tuple[str, ...]] = {
    "per_km": ("from_km", "amount"),
    "zone_pairs": ("from", "to", "amount", "both_ways"),
    "routes": ("from", "to", "amount", "both_ways"),
    "zones": ("zone", "added", "unit"),
}
TEXTS = frozenset({"from", "to", "zone", "unit", "both_ways"})  # of a row: not numbers
PARTS: dict[str, tuple[str, ...]] = {"night": ("begins", "ends"), "weekend": (), "holidays": ()}
SPARE = 2  # empty rows at the end of each list
MOST_ROWS = 500
PERCENT = "percent"
_ROW = re.compile(r"^(per_km|zone_pairs|routes|zones)\.(\d{1,3})\.[a-z_]+$")
_DAY = re.compile(r"^(\d{1,2})[./](\d{1,2})\.?(?:(\d{4}))?$")

SENTENCES: dict[str, Promise] = {
    "unknown": _("There is no such field."),
    "not_money": _("Write an amount like 250 or 12,50."),
    "not_a_number": _("Write a number like 3 or 2,5, below a thousand."),
    "not_a_time": _("Write a time like 22:00."),
    "not_a_date": _("Write a day like 28.11.2026, or 1.1 for each year."),
    "not_a_choice": _("Choose one of the list."),
    "not_a_list": _("These are too many rows."),
    "required": _("Fill this in."),
    "not_rising": _("The first row begins at 0 km, each further one later than the row before."),
    "amount_or_percent": _("Say how much is added."),
    "twice": _("This is there already."),
}


@dataclass(frozen=True)
class Field:
    name: str
    value: str
    error: str | Promise = ""

    @property
    def key(self) -> str:
        return f"id_{self.name.replace('.', '_')}"


@dataclass(frozen=True)
class Added:
    """A surcharge: an amount, or a percentage."""

    value: Field
    unit: str


class RatesForm:
    """Bound to what was posted, or showing rates that exist. `rates` is there once `is_valid()` said so."""

    def __init__(self, data: QueryDict | None, *, currency: str, initial: Rates | None = None) -> None:
        self.currency = currency
        self.data: Mapping[str, Any] = dict(data.lists()) if data is not None else _typed(initial or Rates(currency))
        self.is_bound = data is not None
        self.more = data.get("more", "") if data is not None else ""
        self.errors: dict[str, str] = {}
        self.rates: Rates | None = None

    def is_valid(self) -> bool:
        if not self.is_bound:
            return False
        self.places: dict[str, list[int]] = {}
        try:
            self.rates = pricing.read(self._json(), self.currency)
        except BadRates as bad:
            self.errors = {self._where(path): error for path, error in bad.errors.items()}
        return self.rates is not None

    def __getitem__(self, name: str) -> Any:
        """For templates: a field, the rows of a list, or a surcharge."""
        if name in PLAIN:
            return self.field(name)
        if name in ROWS:
            return self.rows(name)
        if name in PARTS:
            return self.added(name)
        if name in ("night_begins", "night_ends", "weekend_days"):
            return self.field(name.replace("_", "."))
        raise KeyError(name)

    def first(self, name: str) -> str:
        values = self.data.get(name) or [""]
        return str(values[0]).strip()

    def field(self, name: str) -> Field:
        error = self.errors.get(name, "")
        return Field(name, self.first(name), SENTENCES.get(error, error))

    def added(self, path: str) -> Added:
        value = self.field(f"{path}.added")
        return Added(value, self.first(f"{path}.unit") or PERCENT)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Those that are filled in, and some to be filled in."""
        known = self._places(name)
        spare = SPARE + (5 if self.more == name else 0)
        places = [*known, *range(max(known, default=-1) + 1, max(known, default=-1) + 1 + spare)]
        return [
            {column: self.field(f"{name}.{place}.{column}") for column in ROWS[name]} | {"number": place}
            for place in places[:MOST_ROWS]
        ]

    @property
    def options(self) -> list[tuple[str, Field]]:
        return [(str(label), self.field(f"options.{key}")) for key, label in TripOption.choices]

    @property
    def days(self) -> list[str]:
        return [str(day) for day in self.data.get("weekend.days", [])]

    @property
    def dates(self) -> Field:
        wrong = next((name for name in self.errors if name.startswith("holidays.dates")), "")
        return Field("holidays.dates", self.first("holidays.dates"), SENTENCES.get(self.errors.get(wrong, ""), ""))

    @property
    def takes_surcharges(self) -> bool:
        return bool(self.first("fixed_takes_surcharges"))

    @property
    def rounding(self) -> str:
        return self.first("rounding") or "nearest"

    def _places(self, name: str) -> list[int]:
        """The numbers of the rows in which something stands."""
        found = set()
        for key, values in self.data.items():
            match = _ROW.match(key)
            typed = key.rpartition(".")[2] not in ("unit", "both_ways") and any(str(value).strip() for value in values)
            if match and match[1] == name and typed:
                found.add(int(match[2]))
        return sorted(found)

    def _json(self) -> dict[str, Any]:
        said: dict[str, Any] = {name: plain(self.first(name)) for name in PLAIN if self.first(name)}
        for name in ROWS:
            self.places[name] = self._places(name)
            said[name] = [self._row(name, place) for place in self.places[name]]
        said["options"] = {
            key: plain(self.first(f"options.{key}")) for key in TripOption.values if self.first(f"options.{key}")
        }
        if self.first("night.added"):
            said["night"] = {
                "begins": _clock(self.first("night.begins")),
                "ends": _clock(self.first("night.ends")),
                **self._surcharge("night"),
            }
        if self.first("weekend.added"):
            days = [int(day) for day in self.days if day.isascii() and day.isdigit()]
            said["weekend"] = {"days": days, **self._surcharge("weekend")}
        if self.first("holidays.added"):
            said["holidays"] = {"dates": _dates(self.first("holidays.dates")), **self._surcharge("holidays")}
        said["fixed_takes_surcharges"] = self.takes_surcharges
        said["rounding"] = self.rounding
        return said

    def _row(self, name: str, place: int) -> dict[str, Any]:
        path = f"{name}.{place}"
        row: dict[str, Any] = {}
        for column in ROWS[name]:
            value = self.first(f"{path}.{column}")
            if column == "both_ways":
                row[column] = bool(value)
            elif column == "added":
                row |= self._surcharge(path)
            elif column != "unit" and value:
                row[column] = value if column in TEXTS else plain(value)
        if name == "per_km":
            row.setdefault("from_km", "0")
        return row

    def _surcharge(self, path: str) -> dict[str, str]:
        value = plain(self.first(f"{path}.added"))
        return {PERCENT if self.first(f"{path}.unit") != "amount" else "amount": value} if value else {}

    def _where(self, path: str) -> str:
        """The name of the input for an error's path: rows as they were numbered on the page."""
        parts = path.split(".")
        if parts[0] in ROWS and len(parts) > 1 and parts[1].isdigit():
            parts[1] = str(self.places[parts[0]][int(parts[1])])
        if parts[-1] in ("amount", PERCENT) and parts[0] in ("zones", *PARTS):
            parts[-1] = "added"
        return ".".join(parts)


def plain(text: str) -> str:
    """A number as JSON keeps it, out of "1 250,50" in the digits of any script."""
    digits = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    return re.sub(r"[\s\u00a0\u202f']", "", digits).replace(",", ".").replace("\u066b", ".")


def _clock(text: str) -> str:
    match = re.match(r"^(\d{1,2})[:.]?(\d{2})$", text)
    return f"{int(match[1]):02}:{match[2]}" if match else text


def _dates(text: str) -> list[str]:
    return [_date(part) for part in re.split(r"[\s,;]+", text) if part]


def _date(text: str) -> str:
    match = _DAY.match(text)
    if not match:
        return text
    day, month, year = int(match[1]), int(match[2]), match[3]
    return f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"


def _typed(rates: Rates) -> dict[str, list[str]]:
    """The names and texts of the inputs that say these rates."""
    said = pricing.write(rates)
    typed = {name: [_shown(said[name])] for name in PLAIN} | {"seats": [said["seats"]]}
    for name, columns in ROWS.items():
        for place, row in enumerate(said[name]):
            for column in columns:
                typed[f"{name}.{place}.{column}"] = [_column(row, column)]
    for key, amount in said["options"].items():
        typed[f"options.{key}"] = [_shown(amount)]
    for name in PARTS:
        part = said.get(name)
        if part:
            typed |= {f"{name}.{column}": [_column(part, column)] for column in (*PARTS[name], "added", "unit")}
    if rates.weekend:
        typed["weekend.days"] = [str(day) for day in sorted(rates.weekend.days)]
    if rates.holidays:
        yearly = [f"{day}.{month}" for month, day in sorted(rates.holidays.yearly)]
        typed["holidays.dates"] = ["\n".join([*yearly, *(_written(day) for day in sorted(rates.holidays.dates))])]
    typed["fixed_takes_surcharges"] = ["on"] if rates.fixed_takes_surcharges else []
    typed["rounding"] = [rates.rounding.value]
    return typed


def _column(row: Mapping[str, Any], column: str) -> str:
    if column == "added":
        return _shown(row.get("amount", row.get(PERCENT, "")))
    if column == "unit":
        return "amount" if "amount" in row else PERCENT
    if column == "both_ways":
        return "on" if row[column] else ""
    return row[column] if column in TEXTS or ":" in row[column] else _shown(row[column])


def _shown(number: str) -> str:
    """Nothing for nothing: an empty field says it better than a zero."""
    return "" if not number.strip("0.") else number


def _written(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
