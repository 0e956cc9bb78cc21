"""Takes values out of JSON, strictly: what is missing is its default, what is strange is an error of its field."""

import re
from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from orders.pricing.rates import ZERO, Rates, Rounding

# what may be wrong with a field
UNKNOWN = "unknown"  # there is no such field
NOT_MONEY = "not_money"  # an amount is digits, and at most two after the point
NOT_A_NUMBER = "not_a_number"
NOT_A_TIME = "not_a_time"  # HH:MM
NOT_A_DATE = "not_a_date"  # YYYY-MM-DD, or MM-DD for each year
NOT_A_CHOICE = "not_a_choice"
NOT_A_LIST = "not_a_list"
REQUIRED = "required"
NOT_RISING = "not_rising"  # the steps of the kilometres begin at 0 and rise
AMOUNT_OR_PERCENT = "amount_or_percent"  # exactly one of them
TWICE = "twice"  # the same zone, pair, way or step once more

MOST = Decimal(10) ** 7  # what the column of a price holds
MONEY = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
WHOLE = re.compile(r"[0-9]{1,2}")
CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
ZONE_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
LONGEST_ADDRESS = 250
MOST_ROWS = 500
T = TypeVar("T")


class Fields:
    """Takes known fields out of one JSON object; what is wrong goes into `errors` under its path."""

    def __init__(self, data: Any, path: str, errors: dict[str, str]) -> None:
        self.data = dict(data) if isinstance(data, Mapping) else {}
        self.path, self.errors = path, errors
        self.asked: set[str] = set()
        if not isinstance(data, Mapping):
            errors[path.rstrip(".") or "rates"] = UNKNOWN

    def take(self, name: str) -> Any:
        self.asked.add(name)
        return self.data.get(name)

    def wrong(self, name: str, error: str) -> None:
        self.errors.setdefault(f"{self.path}{name}", error)

    def nothing_else(self) -> None:
        for name in self.data.keys() - self.asked:
            self.wrong(str(name), UNKNOWN)

    def text(self, name: str) -> str:
        value = self.take(name)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ADDRESS:
            self.wrong(name, REQUIRED)
            return ""
        return value.strip()

    def money(self, name: str) -> Decimal:
        return self._decimal(name, MONEY, NOT_MONEY)

    def number(self, name: str) -> Decimal:
        return self._decimal(name, NUMBER, NOT_A_NUMBER)

    def whole(self, name: str, default: int) -> int:
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, str) or not WHOLE.fullmatch(value):
            self.wrong(name, NOT_A_NUMBER)
            return default
        return int(value)

    def zone(self, name: str) -> int:
        value = self.take(name)
        if not isinstance(value, str) or not ZONE_NUMBER.fullmatch(value):
            self.wrong(name, REQUIRED)
            return 0
        return int(value)

    def step(self, name: str) -> Decimal:
        if self.data.get(name) is None:
            self.asked.add(name)
            return Rates.rounding_step
        step = self.money(name)
        if step <= 0:
            self.wrong(name, NOT_MONEY)
            return Rates.rounding_step
        return step

    def rounding(self, name: str) -> Rounding:
        value = self.take(name)
        if value is None:
            return Rates.rounding
        try:
            return Rounding(value)
        except ValueError:
            self.wrong(name, NOT_A_CHOICE)
            return Rates.rounding

    def truth(self, name: str) -> bool:
        value = self.take(name)
        if value not in (None, True, False):
            self.wrong(name, NOT_A_CHOICE)
        return value is True

    def clock(self, name: str) -> time:
        value = self.take(name)
        try:
            return time.fromisoformat(value) if CLOCK.fullmatch(value) else self._no_clock(name)
        except (ValueError, TypeError):
            return self._no_clock(name)

    def surcharge(self) -> dict[str, Decimal]:
        """`amount` or `percent`."""
        amount, percent = self.money("amount"), self.number("percent")
        if bool(amount) == bool(percent) and f"{self.path}amount" not in self.errors:
            self.wrong("amount", AMOUNT_OR_PERCENT)
        return {"amount": amount, "percent": percent}

    def amounts(self, name: str) -> Mapping[str, Decimal]:
        data = self.take(name)
        inner = Fields({} if data is None else data, f"{self.path}{name}.", self.errors)
        return MappingProxyType({str(key): inner.money(str(key)) for key in inner.data})

    def part(self, name: str, build: "Callable[[Fields], T]") -> T | None:
        data = self.take(name)
        return None if data is None else self._built(data, name, build)

    def rows(self, name: str, build: "Callable[[Fields], T]") -> tuple[T, ...]:
        data = self.take(name)
        if data is None:
            return ()
        if not isinstance(data, list) or len(data) > MOST_ROWS:
            self.wrong(name, NOT_A_LIST)
            return ()
        return tuple(self._built(row, f"{name}.{place}", build) for place, row in enumerate(data))

    def _built(self, data: Any, name: str, build: "Callable[[Fields], T]") -> T:
        inner = Fields(data, f"{self.path}{name}.", self.errors)
        built = build(inner)
        inner.nothing_else()
        return built

    def _decimal(self, name: str, shape: re.Pattern[str], error: str) -> Decimal:
        value = self.take(name)
        if value is None:
            return ZERO
        if not isinstance(value, str) or not shape.fullmatch(value) or Decimal(value) >= MOST:
            self.wrong(name, error)
            return ZERO
        return Decimal(value)

    def _no_clock(self, name: str) -> time:
        self.wrong(name, NOT_A_TIME)
        return time()
