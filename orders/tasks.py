"""Timers of the conveyor. They keep nothing in memory: the next beat finds what an earlier one missed."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from orders.actors import SYSTEM
from orders.flow import State
from orders.models import Client, ClientMark, Draft, DriverAct, Order, Recurrence
from orders.services import clients, imports, marks, recurrences, reservations, search
from orders.services import watch as watchdogs

log = logging.getLogger(__name__)


@shared_task(name="orders.tasks.release_due")
def release_due() -> int:
    """Pre-orders whose pick-up is near enter the search. Safe to run twice at once. Returns how many it released."""
    now = timezone.now()
    due = Order.objects.filter(state=State.SCHEDULED, release_at__lte=now).order_by("release_at")
    return sum(reservations.release(order_id=order_id, now=now) for order_id in due.values_list("pk", flat=True))


@shared_task(name="orders.tasks.resume_held")
def resume_held() -> int:
    """Orders that were on hold until now may be offered again. Safe to run twice at once. Returns how many."""
    now = timezone.now()
    over = Order.objects.filter(held_until__lte=now).order_by("held_until").values_list("pk", flat=True)
    return sum(marks.resume_if_due(order_id=order_id, now=now, actor=SYSTEM) for order_id in over)


@shared_task(name="orders.tasks.free_unconfirmed")
def free_unconfirmed() -> int:
    """Pre-orders whose driver did not say in time that he will come are free again. Returns how many."""
    now = timezone.now()
    late = Order.objects.filter(state=State.SCHEDULED, confirmed_at=None, confirm_by__lte=now).order_by("confirm_by")
    return sum(reservations.free_if_late(order_id=order_id, now=now) for order_id in late.values_list("pk", flat=True))


@shared_task(name="orders.tasks.plan_recurring")
def plan_recurring() -> int:
    """The next days of all recurring orders become pre-orders. Safe to run twice at once. Returns how many it made."""
    running = Recurrence.objects.running().values_list("pk", flat=True)
    return sum(recurrences.plan(recurrence_id=key) for key in running)


@shared_task(name="orders.tasks.search_due")
def search_due() -> int:
    """The next step of every search. Two workers at once never do the same. Returns how many orders moved."""
    return sum(_searched(order_id) for order_id in search.due(timezone.now()))


@shared_task(name="orders.tasks.watch")
def watch() -> int:
    """Alarms of orders that stay in one state for too long. Returns how many changed."""
    return watchdogs.look(timezone.now())


@shared_task(name="orders.tasks.forget_old_acts")
def forget_old_acts() -> int:
    """Presses of drivers that nobody sends again. Returns how many."""
    limit = timezone.now() - timedelta(days=settings.DRIVER_ACT_DAYS)
    return DriverAct.objects.filter(received_at__lt=limit).delete()[0]


@shared_task(name="orders.tasks.forget_old_drafts")
def forget_old_drafts() -> int:
    """Forms that nobody came back to. Returns how many."""
    unused = Draft.objects.filter(updated_at__lt=timezone.now() - timedelta(days=settings.DRAFT_DAYS))
    return unused.delete()[0]


@shared_task(name="orders.tasks.run_import")
def run_import(import_id: int) -> None:
    imports.run(import_id)


@shared_task(name="orders.tasks.go_on_with_imports")
def go_on_with_imports() -> int:
    return imports.go_on()


@shared_task(name="orders.tasks.forget_old_imports")
def forget_old_imports() -> int:
    return imports.forget_old()


@shared_task(name="orders.tasks.lift_ended_marks")
def lift_ended_marks() -> int:
    """Marks of clients whose time is over. They count no longer at that very moment; this tells the desks."""
    now = timezone.now()
    ended = Client.objects.filter(mark_until__lte=now).exclude(mark=ClientMark.NONE)
    return sum(clients.lift_ended_mark(client_id, now) for client_id in ended.values_list("pk", flat=True))


def _searched(order_id: int) -> bool:
    """One order that cannot be searched for must not hold up the others."""
    try:
        return search.step(order_id)
    except Exception:
        log.exception("the search for order %s failed, it is tried again", order_id)
        return False
