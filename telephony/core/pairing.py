"""Two people outside are connected: the first is rung, and when he has answered, the second.

What came of it is read from the legs, of the board or of the rows alike.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from telephony.core.operations import DONE, Outcome

FIRST = {"busy": "first_busy", "rejected": "first_declined", "failed": "first_failed", "cancelled": "stopped"}
SECOND = {"busy": "second_busy", "noanswer": "second_silent", "rejected": "second_declined", "failed": "second_failed"}
FIRST_SILENT, FIRST_LEFT, STOPPED, NOT_DIALLED = "first_silent", "first_left", "stopped", "not_dialled"


class Leg(Protocol):
    """Of `core.call`, or a row. The first one's role is "caller"."""

    @property
    def role(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def answered_at(self) -> object: ...


def outcome(legs: Iterable[Leg], *, ended_by: str | None) -> Outcome | None:
    """None: one of them still rings. `ended_by`: of the call, None while it lives."""
    every = list(legs)
    others = [leg for leg in every if leg.role != "caller"]
    if any(leg.answered_at is not None for leg in others):
        return DONE
    for leg in others:
        if leg.outcome in SECOND:
            return Outcome(SECOND[leg.outcome])
    if ended_by is None:
        return None
    first = next((leg for leg in every if leg.role == "caller"), None)
    if first is None or first.answered_at is None:
        return Outcome(FIRST.get(first.outcome if first else "", FIRST_SILENT))
    if ended_by == "caller":
        return Outcome(FIRST_LEFT)
    return Outcome(STOPPED if others else NOT_DIALLED)


@dataclass(frozen=True, slots=True)
class Lines:
    """How the PBX calls the street: the endpoint of its trunk, and the numbers of the office as the carrier knows them,
    the main one first."""

    trunk: str
    numbers: tuple[str, ...]

    def shown(self, wanted: Collection[str], e164: Callable[[str], str]) -> str:
        """The number that both see: the first that is one of `wanted` (E.164), else the main one."""
        return next((number for number in self.numbers if e164(number) in wanted), self.numbers[0])
