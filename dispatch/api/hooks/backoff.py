"""When something that failed is tried again."""

from datetime import timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=1)
SPREAD = 0.2  # so that many who failed together do not come back together


def pause(failures: int, chance: float) -> timedelta:
    """After so many failures in a row, from 1 on; `chance` from 0 to 1."""
    doubled = FIRST * 2 ** min(failures - 1, 20)
    return min(doubled, LONGEST) * (1 - SPREAD + 2 * SPREAD * chance)
