"""The reasons that are offered when an order is cancelled."""

from collections.abc import Sequence
from itertools import groupby

from django.db.models import Q

from orders.models import CalledOffBy, CancelReason

Grouped = Sequence[tuple[CalledOffBy, Sequence[CancelReason]]]


def offered(fleet_id: int | None) -> Grouped:
    """By whom, and the reasons that are in use for an order of that fleet; each of those who could is there, with or
    without a reason. One query."""
    found = CancelReason.objects.filter(Q(fleet=None) | Q(fleet=fleet_id), is_active=True)
    by_whom = {whom: list(each) for whom, each in groupby(found, lambda one: one.by_whom)}
    return [(whom, by_whom.get(whom, [])) for whom in CalledOffBy]


def every() -> Sequence[CancelReason]:
    """The whole list, those in use first. One query."""
    return list(CancelReason.objects.select_related("fleet").order_by("-is_active", "by_whom", "text"))
