"""Callers whom nobody answered: who is to be called back, and who was reached how."""

from dataclasses import dataclass
from typing import Any

from telephony.models import MissedCaller
from telephony.selectors import history
from telephony.selectors.history import Row

OPEN, REACHED, ALL = "open", "reached", "all"


@dataclass(frozen=True)
class Caller:
    """`row`: the last call that nobody answered, as the viewer may see it."""

    missed: MissedCaller
    row: Row


@dataclass(frozen=True)
class Page:
    callers: tuple[Caller, ...]
    older: str  # where the next page begins; "" on the last one


def how_many() -> int:
    """Callers whom nobody has reached. One query."""
    return MissedCaller.objects.filter(reached_at=None).count()


def page(viewer: Any, *, shown: str = OPEN, after: str = "") -> Page:
    """The latest first. The same for all who may see calls that nobody answered. A fixed number of queries."""
    rows = MissedCaller.objects.select_related("claimed_by", "reached_by")
    if shown != ALL:
        rows = rows.filter(reached_at__isnull=shown == OPEN)
    found = list(history.before(rows, "last_at", after)[: history.PAGE + 1])
    callers = found[: history.PAGE]
    calls = history.of_calls([caller.call_id for caller in callers], viewer)
    older = history.place_of(callers[-1].last_at, callers[-1].pk) if len(found) > history.PAGE else ""
    return Page(tuple(Caller(caller, calls[caller.call_id]) for caller in callers), older)
