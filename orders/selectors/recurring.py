"""Recurring orders and their next days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from orders.models import Order, Recurrence

SHOWN_DAYS = 28
MOST = 500


@dataclass(frozen=True)
class Day:
    """One of its days; `order` once it is planned, `skipped` when it will not come."""

    day: date
    order: Order | None = None
    skipped: bool = False


@dataclass(frozen=True)
class Schedule:
    recurrence: Recurrence
    days: Sequence[Day]
    is_paused: bool


def running() -> Sequence[Recurrence]:
    """All that go on, by time of day. Two queries."""
    coming = Order.objects.filter(recurs_on__gte=timezone.localdate()).order_by("recurs_on")
    found = Recurrence.objects.running().select_related("client", "pattern")
    return list(found.prefetch_related(Prefetch("orders", coming, to_attr="coming")).order_by("time", "pk")[:MOST])


def schedule(recurrence_id: int) -> Schedule:
    """The next four weeks of one. Two queries. Raises Recurrence.DoesNotExist."""
    recurrence = Recurrence.objects.select_related("client", "pattern", "created_by").get(pk=recurrence_id)
    today = timezone.localdate()
    last = today + timedelta(days=SHOWN_DAYS)
    planned = {order.recurs_on: order for order in recurrence.orders.filter(recurs_on__range=(today, last))}
    days = {day: Day(day, planned.get(day)) for day in recurrence.rhythm.days(today, last)}
    days |= {day: Day(day, skipped=True) for day in recurrence.skipped if today <= day <= last}
    days |= {day: Day(day, order) for day, order in planned.items() if day is not None}
    paused = recurrence.paused_from is not None and (
        recurrence.paused_until is None or recurrence.paused_until >= today
    )
    ended = recurrence.ended_at is not None
    return Schedule(recurrence, [] if ended else [days[day] for day in sorted(days)], paused and not ended)
