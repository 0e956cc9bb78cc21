"""On which days a recurring order is driven, and at which moment. No Django; the zone and the days come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Rhythm:
    """`weekdays`: 0 is Monday. `ends_on`, `paused_from` and `paused_until` are days that still belong to it."""

    weekdays: frozenset[int]
    at: time
    starts_on: date
    ends_on: date | None = None
    skipped: frozenset[date] = frozenset()
    paused_from: date | None = None
    paused_until: date | None = None  # None with a `paused_from`: until further notice

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days from `first` to `last`, both included, on which it is driven."""
        day = max(first, self.starts_on)
        end = min(last, self.ends_on) if self.ends_on else last
        while day <= end:
            if day.weekday() in self.weekdays and day not in self.skipped and not self._is_paused(day):
                yield day
            day += timedelta(days=1)

    def _is_paused(self, day: date) -> bool:
        if self.paused_from is None or day < self.paused_from:
            return False
        return self.paused_until is None or day <= self.paused_until


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """That time of that day in the office's zone, as aware UTC.

    Where clocks are put back it is the first of the two; where they are put forward over it, as much later as they
    jump: a taxi for 2:30 comes at 3:30 by the new clock, when two hours and a half of the night have passed.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
