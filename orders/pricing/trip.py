"""What is charged: one trip, as it is known."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Trip:
    """`at`: the pick-up, aware, in the office's zone. `stops`: between pick-up and destination. `returns`: the way
    there and back, which distance and duration contain already. `start`, `end`: the addresses. `from_zone`, `to_zone`:
    primary keys."""

    at: datetime
    distance_m: int = 0
    duration_s: int = 0
    waiting_s: int = 0
    from_zone: int | None = None
    to_zone: int | None = None
    start: str = ""
    end: str = ""
    stops: int = 0
    options: frozenset[str] = frozenset()
    passengers: int = 1
    returns: bool = False
