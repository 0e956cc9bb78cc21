"""How many orders are in each group: for the whole office, and for a filter. "1000+" is enough to know."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from orders.filters import GROUPS, TABS, Filter
from orders.flow import FINAL_STATES
from orders.selectors import matching, searching

MANY = 1000


def counts(
    wanted: Filter | None = None, *, person_id: int | None = None, now: datetime | None = None
) -> dict[str, int]:
    """Group → how many, at most MANY + 1. The closed ones are those of today, or of the period that is asked for.

    Two queries; with a text three.
    """
    now = now or timezone.localtime()
    wanted = wanted or Filter()
    rows = matching.orders(_of(wanted, "open"), person_id, now)
    open_ones = searching.apply(rows, wanted.text).aggregate(
        **{
            group: Count("pk", filter=matching.TROUBLE if group == "problem" else Q(state__in=sorted(GROUPS[group])))
            for group in TABS
            if group != "closed"
        }
    )
    found = {group: min(number, MANY + 1) for group, number in open_ones.items()}
    return found | {"closed": _closed(wanted, person_id, now)}


def _closed(wanted: Filter, person_id: int | None, now: datetime) -> int:
    closed = _of(wanted, "closed")
    if closed.bounds(now) == (None, None):
        closed = _of(wanted, "closed", period="today")
    rows = matching.orders(closed, person_id, now).filter(state__in=sorted(FINAL_STATES))
    return searching.occurs(rows, wanted.text).order_by("-due_at")[: MANY + 1].count()


def _of(wanted: Filter, group: str, **changes: str) -> Filter:
    return replace(wanted, state=(group,), sort="", **changes)  # type: ignore[arg-type]
