"""The pick-up time as it is typed while the client speaks. No Django; the clock comes in."""

import re
from datetime import datetime, timedelta

LATE = timedelta(minutes=15)  # a time of day that passed less long ago is still today's
FARTHEST = timedelta(days=366)
_IN = re.compile(r"^\+\s*(\d{1,3})$")
_CLOCK = re.compile(r"^(\d{1,2})[:. ]?(\d{2})$")
_DAY_AND_CLOCK = re.compile(r"^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})\.?)[ T]+(\d{1,2})[:.]?(\d{2})$")


def read(text: str, now: datetime) -> datetime | None:
    """The moment that `text` means, aware, in the zone of `now`; None for an empty text: as soon as possible.

    "+20" (minutes from now), "18:30", "1830" (the next such), "25.11 7:15", "2026-11-25 07:15". Raises ValueError.
    """
    text = text.strip()
    if not text:
        return None
    moment = _in_minutes(text, now) or _on_a_day(text, now) or _by_the_clock(text, now)
    if moment is None or abs(moment - now) > FARTHEST:
        raise ValueError(text)
    return moment


def _in_minutes(text: str, now: datetime) -> datetime | None:
    match = _IN.match(text)
    if not match:
        return None
    return now.replace(second=0, microsecond=0) + timedelta(minutes=int(match[1]))


def _by_the_clock(text: str, now: datetime) -> datetime | None:
    match = _CLOCK.match(text)
    if not match:
        return None
    today = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    return today if today > now - LATE else today + timedelta(days=1)


def _on_a_day(text: str, now: datetime) -> datetime | None:
    match = _DAY_AND_CLOCK.match(text)
    if not match:
        return None
    year, month, day = (int(part) for part in (match[1] or now.year, match[2] or match[5], match[3] or match[4]))
    moment = datetime(year, month, day, int(match[6]), int(match[7]), tzinfo=now.tzinfo)
    named_no_year = match[1] is None
    if named_no_year and moment < now - timedelta(days=180):  # "2.01" said in December
        return moment.replace(year=year + 1)
    return moment
