"""The time that a report is about: days of the office, which may begin at eight in the morning, or a shift."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Period:
    """From `since` until before `until`, both aware. `before`: as long, just earlier, to compare with."""

    since: datetime
    until: datetime
    earlier: tuple[datetime, datetime] | None = None

    @property
    def before(self) -> "Period":
        if self.earlier:
            return Period(*self.earlier)
        return Period(self.since - (self.until - self.since), self.since)

    @property
    def is_whole_hours(self) -> bool:
        """So that sums by the hour add up to it."""
        return all(
            (moment.minute, moment.second, moment.microsecond) == (0, 0, 0) for moment in (self.since, self.until)
        )


def of_days(first: date, last: date, *, begins: int, zone: ZoneInfo, ends: int | None = None) -> Period:
    """Both days included. `begins`: the hour of the office at which its day begins; 8 for 8:00–8:00. `ends`: the hour
    at which the last day ends instead, on the next morning when it is not after `begins`; 22 and 6 are a night.

    A day on which the clocks change has 23 or 25 hours; the earlier period has as many days, not as many hours.
    """
    over = last if ends is not None and ends > begins else last + timedelta(days=1)
    hour = begins if ends is None else ends
    step = timedelta(days=(last - first).days + 1)
    since, until = _at(first, begins, zone), _at(over, hour, zone)
    return Period(since, until, (_at(first - step, begins, zone), _at(over - step, hour, zone)))


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """In the gap of spring: the first moment after it."""
    local = datetime.combine(day, time(hour), zone)
    return local.astimezone(ZoneInfo("UTC")).astimezone(zone)
