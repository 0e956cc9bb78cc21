"""How soon the hub may flush again. Pure: time comes in as an argument, in seconds of any clock that only goes forward.

A flush costs the more the more desks there are, so it is its cost that decides, not a clock: of its time the hub gives
flushing at most SHARE. What it did not use is kept up to CREDIT_SECONDS, so that a change which comes upon another one
still goes out at once; a large office at its busiest comes to one flush each WINDOW_SECONDS, and never waits longer.
"""

SHARE = 0.25  # of the hub's time, in the long run
CREDIT_SECONDS = 0.3  # of time not used, so 75 ms of flushing: many flushes to few desks, some to hundreds
WINDOW_SECONDS = 0.15  # the longest pause


class Pace:
    def __init__(self) -> None:
        self._paid_at = 0.0  # when all flushing so far will have been no more than its share

    def spend(self, cost: float, now: float) -> None:
        """A flush took so many seconds and ended now."""
        owed = max(self._paid_at, now - cost) + cost / SHARE
        self._paid_at = min(owed, now + CREDIT_SECONDS + WINDOW_SECONDS)

    def pause(self, now: float) -> float:
        """Seconds until the next flush may begin: 0 … WINDOW_SECONDS."""
        return max(0.0, self._paid_at - CREDIT_SECONDS - now)
