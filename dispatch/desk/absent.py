"""Who is on shift, and whose browser is gone, is on mobile after the grace. Every web process looks, but none that
could not have heard him."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from dispatch.live import registry
from dispatch.live.attendance import ATTEND_SECONDS
from dispatch.staff.services import statuses

GAP = 3 * ATTEND_SECONDS  # this process or its machine stood still, or the database was away: nobody was seen meanwhile


class Watch:
    """One web process. Desks of one that died go to another within the grace."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._since = self._last = clock()

    def look(self) -> int:
        """How many went on mobile now."""
        now = self._clock()
        if now - self._last > GAP:
            self._since = now
        self._last = now
        return statuses.end_absent() if timedelta(seconds=now - self._since) >= statuses.grace() else 0


_watch = Watch()


@registry.attendant
def look(tabs: Sequence[str]) -> None:
    _watch.look()
