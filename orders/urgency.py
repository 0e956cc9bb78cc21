"""How urgent an open order is, and why, in one word. No Django; the clock comes in.

`static/js/urgency.js` says the same as time goes on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orders.flow import State

NOBODY_YET = frozenset({State.SEARCHING, State.OFFERED})
ON_THE_WAY = frozenset({State.ASSIGNED, State.EN_ROUTE})


class Reason(StrEnum):
    """Most urgent first."""

    OVERDUE = "overdue"  # should be driving by now, and nobody has it
    WAITING = "waiting"  # the car has stood before the door too long
    LATE = "late"  # the car should be there by now
    SOON = "soon"  # nobody has it, and there is still time
    CALM = "calm"  # under way as it should be
    LATER = "later"  # a pre-order that is not near, or an order on hold


RANKS = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True)
class Patience:
    """How long each may last before it is too long."""

    unassigned: timedelta
    waiting: timedelta
    on_the_way: timedelta  # from the order to the car, when the client wants it at once
    near: timedelta  # a pre-order so near its time is due soon


def reason(
    *,
    state: str,
    due_at: datetime,
    since: datetime,
    is_later: bool,
    is_on_hold: bool,
    now: datetime,
    patience: Patience,
) -> Reason:
    """`due_at`: pick-up time, or when it was ordered; `since`: in this state; `is_later`: it was ordered for a time."""
    if is_on_hold:
        return Reason.LATER
    if state in NOBODY_YET:
        return Reason.OVERDUE if now > due_at + patience.unassigned else Reason.SOON
    if state == State.ARRIVED:
        return Reason.WAITING if now > since + patience.waiting else Reason.CALM
    if state in ON_THE_WAY:
        allowed = timedelta() if is_later else patience.on_the_way
        return Reason.LATE if now > due_at + allowed else Reason.CALM
    if state == State.SCHEDULED:
        return Reason.SOON if now > due_at - patience.near else Reason.LATER
    return Reason.CALM
