"""What a tariff charges. Amounts are money of `Rates.currency`, never negative."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType

ZERO = Decimal(0)


class Rounding(StrEnum):
    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"

    @property
    def mode(self) -> str:
        return {Rounding.UP: ROUND_CEILING, Rounding.DOWN: ROUND_FLOOR, Rounding.NEAREST: ROUND_HALF_UP}[self]


@dataclass(frozen=True)
class Surcharge:
    """On top of the way's price: an amount of money, or a percentage of it. One of the two."""

    amount: Decimal = ZERO
    percent: Decimal = ZERO


@dataclass(frozen=True)
class PerKm:
    """What each kilometre costs after the first `from_km` of the trip, until the next step begins."""

    from_km: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Fixed:
    """A price agreed for a whole way, instead of start, kilometres, minutes and the minimum."""

    amount: Decimal
    both_ways: bool = False


@dataclass(frozen=True)
class ZonePair(Fixed):
    """From one zone to another, by primary key; the same one twice is a trip inside it."""

    from_zone: int = 0
    to_zone: int = 0


@dataclass(frozen=True)
class Route(Fixed):
    """From one address to another, as the directory writes them."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class ZoneSurcharge(Surcharge):
    """For a trip that begins or ends in the zone; once, also when it does both."""

    zone: int = 0


@dataclass(frozen=True)
class Night(Surcharge):
    """By the office's clock: from `begins` until before `ends`, over midnight when it ends earlier than it begins."""

    begins: time = time(22)
    ends: time = time(6)

    def covers(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


@dataclass(frozen=True)
class Weekend(Surcharge):
    days: frozenset[int] = frozenset({6, 7})  # ISO: Monday is 1


@dataclass(frozen=True)
class Holidays(Surcharge):
    """`dates` count once, `yearly` as (month, day) in each year. A holiday takes the place of a weekend."""

    dates: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()

    def covers(self, day: date) -> bool:
        return day in self.dates or (day.month, day.day) in self.yearly


@dataclass(frozen=True)
class Rates:
    """`start` pays the first `included_km` and `included_minutes`; what the way costs less than `minimum` is added.

    `fixed_takes_surcharges`: zone, night, weekend and holiday are added to a fixed price, too.
    """

    currency: str  # ISO 4217
    minimum: Decimal = ZERO
    start: Decimal = ZERO
    included_km: Decimal = ZERO
    included_minutes: Decimal = ZERO
    per_km: tuple[PerKm, ...] = ()  # by from_km, the first from 0
    per_minute: Decimal = ZERO
    free_waiting_minutes: Decimal = ZERO
    per_waiting_minute: Decimal = ZERO
    per_stop: Decimal = ZERO
    seats: int = 4  # passengers that cost nothing more
    per_passenger: Decimal = ZERO
    options: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    zone_pairs: tuple[ZonePair, ...] = ()
    routes: tuple[Route, ...] = ()
    zones: tuple[ZoneSurcharge, ...] = ()
    night: Night | None = None
    weekend: Weekend | None = None
    holidays: Holidays | None = None
    fixed_takes_surcharges: bool = False
    rounding_step: Decimal = Decimal("0.01")
    rounding: Rounding = Rounding.NEAREST
