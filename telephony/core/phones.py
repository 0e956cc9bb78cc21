"""What the telephones of the house do, read from a call: of the board and of the rows alike."""

from collections.abc import Collection, Iterable
from typing import Protocol

from telephony.core.call import RINGING, TALKING, Call


class Leg(Protocol):
    """Of `core.call`, or a row."""

    @property
    def party(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def answered_at(self) -> object: ...
    @property
    def ended_at(self) -> object: ...


def doing(legs: Iterable[Leg], ringing: Collection[str]) -> dict[str, str]:
    """RINGING or TALKING for each party that has a telephone in this call now: who talks and is rung as well, talks.

    Who calls and has not been answered yet is at the telephone, too; who waits on hold has not left it.
    """
    found = dict.fromkeys(ringing, RINGING)
    for leg in legs:
        speaks = leg.answered_at is not None or (leg.role == "caller" and leg.party not in ringing)
        if speaks and leg.ended_at is None:
            found[leg.party] = TALKING
    return found


def talking(call: Call) -> frozenset[str]:
    """Who is at the telephone in it."""
    return frozenset(party for party, what in doing(call.legs, call.ringing).items() if what == TALKING)


def is_busy(calls: Iterable[Call], party: str) -> bool:
    """He talks, or watches a conversation."""
    return any(party in talking(call) or any(each.by == party for each in call.watchers) for call in calls)
