"""The pick-up time as it is typed while the client speaks. No Django; the clock comes in."""

import re
from datetime import UTC, datetime, timedelta

LATE = timedelta(minutes=15)  # a time of day that passed less long ago is still today's
FARTHEST = timedelta(days=366)
FIRST, SECOND = "ab"  # the hour that comes twice when the clock is put back: 2:30a, an hour later 2:30b
_IN = re.compile(r"^\+\s*(\d{1,3})$")
_CLOCK = re.compile(r"^(\d{1,2})[:. ]?(\d{2})\s*([ab]?)$", re.IGNORECASE)
_DAY_AND_CLOCK = re.compile(
    r"^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})\.?)[ T]+(\d{1,2})[:.]?(\d{2})\s*([ab]?)$", re.IGNORECASE
)


class NeverComes(ValueError):
    """The clock is put forward over this time."""


class ComesTwice(ValueError):
    """The clock is put back over this time, and the text does not say which of the two is meant."""


def read(text: str, now: datetime) -> datetime | None:
    """The moment that `text` means, aware, in the zone of `now`; None for an empty text: as soon as possible.

    "+20" (minutes from now), "18:30", "1830" (the next such), "25.11 7:15", "2026-11-25 07:15"; "2:30a" and "2:30b" in
    the night in which that comes twice. Raises ValueError.
    """
    text = text.strip()
    if not text:
        return None
    moment = _in_minutes(text, now) or _on_a_day(text, now) or _by_the_clock(text, now)
    if moment is None or abs(_between(moment, now)) > FARTHEST:
        raise ValueError(text)
    return moment


def write(moment: datetime) -> str:
    """So that `read` finds the same moment again. `moment` in the zone of the office."""
    which = (SECOND if moment.fold else FIRST) if _comes_twice(moment) else ""
    return f"{moment:%Y-%m-%d %H:%M}{which}"


def _in_minutes(text: str, now: datetime) -> datetime | None:
    match = _IN.match(text)
    if not match:
        return None
    later = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=int(match[1]))
    return later.astimezone(now.tzinfo)


def _by_the_clock(text: str, now: datetime) -> datetime | None:
    match = _CLOCK.match(text)
    if not match:
        return None
    today = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0, fold=0)
    last = today.replace(fold=1) if _comes_twice(today) else today
    day = today if _between(last, now) > -LATE else today + timedelta(days=1)
    return _settled(day, match[3], later_than=now)


def _on_a_day(text: str, now: datetime) -> datetime | None:
    match = _DAY_AND_CLOCK.match(text)
    if not match:
        return None
    year, month, day = (int(part) for part in (match[1] or now.year, match[2] or match[5], match[3] or match[4]))
    wall = datetime(year, month, day, int(match[6]), int(match[7]), tzinfo=now.tzinfo)
    named_no_year = match[1] is None
    if named_no_year and _between(wall, now) < -timedelta(days=180):  # "2.01" said in December
        wall = wall.replace(year=year + 1)
    return _settled(wall, match[8])


def _settled(wall: datetime, which: str, later_than: datetime | None = None) -> datetime:
    """The one moment at which the clock of the office shows this. Who asks for the next such moment means the second
    of two when the first has passed."""
    if _never_comes(wall):
        raise NeverComes(wall.isoformat())
    if not _comes_twice(wall):
        return wall
    if which:
        return wall.replace(fold=int(which.lower() == SECOND))
    if later_than and _between(wall.replace(fold=0), later_than) <= -LATE:
        return wall.replace(fold=1)
    raise ComesTwice(wall.isoformat())


def _never_comes(wall: datetime) -> bool:
    back = wall.astimezone(UTC).astimezone(wall.tzinfo)
    return back.replace(tzinfo=None, fold=0) != wall.replace(tzinfo=None, fold=0)


def _comes_twice(wall: datetime) -> bool:
    return not _never_comes(wall) and wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def _between(moment: datetime, now: datetime) -> timedelta:
    """In true time: Python compares two of one zone by what the clock shows."""
    return moment.astimezone(UTC) - now.astimezone(UTC)
