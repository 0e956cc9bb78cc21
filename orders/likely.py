"""How likely somebody is to be taken from a place now, judged by earlier trips from there. No Django, no clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta

SAVED = 0.5  # what an address is worth because somebody wrote it down: half a trip of this very hour
HALF_LIFE = timedelta(days=30)  # after so long a trip says half as much
NEAR_HOURS = 3.0  # trips at another time of day than this say little
OTHER_HOUR, SAME_KIND_OF_DAY, OTHER_DAY = 0.25, 0.6, 0.3
WORKDAYS = 5


def score(trips: Iterable[datetime], now: datetime, *, saved: int = 0) -> float:
    """`trips` and `now` in the office's zone; the more, the likelier. `saved`: how often it is written on the card."""
    return saved * SAVED + sum(_worth(trip, now) for trip in trips)


def _worth(trip: datetime, now: datetime) -> float:
    age = max(timedelta(), now - trip) / HALF_LIFE
    return 0.5**age * _hour(trip, now) * _day(trip, now)


def _hour(trip: datetime, now: datetime) -> float:
    apart = abs((trip.hour + trip.minute / 60) - (now.hour + now.minute / 60))
    apart = min(apart, 24 - apart)
    return OTHER_HOUR + (1 - OTHER_HOUR) * max(0.0, 1 - apart / NEAR_HOURS)


def _day(trip: datetime, now: datetime) -> float:
    if trip.weekday() == now.weekday():
        return 1.0
    return SAME_KIND_OF_DAY if (trip.weekday() < WORKDAYS) == (now.weekday() < WORKDAYS) else OTHER_DAY
