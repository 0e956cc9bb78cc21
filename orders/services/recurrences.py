"""Orders that come back: begun from an order, planned some days ahead, skipped, paused, ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import recurring
from orders.actors import SYSTEM, Actor
from orders.flow import State
from orders.models import Channel, ClientMark, Order, OrderStop, Recurrence
from orders.services import lifecycle

FURTHEST_DAYS = 366 * 2
COPIED = (
    "client", "phone", "phone_raw", "pickup", "destination", "comment", "office_note", "fleet", "zone", "stand",
    "pickup_latitude", "pickup_longitude", "pickup_entrance", "pickup_flat", "destination_latitude",
    "destination_longitude", "passengers", "passenger_name", "callback_phone", "service_class", "options",
    "waits_and_returns", "payment", "account", "release_minutes",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """When it comes back. `weekdays`: 0 is Monday; `at` by the office's clock."""

    weekdays: Collection[int]
    at: time
    starts_on: date
    ends_on: date | None = None


def begin(*, order_id: int, plan: Plan, actor: Actor) -> Recurrence:
    """From now on this order comes back. Raises Refused, Order.DoesNotExist."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("client").get(pk=order_id)
        if order.client is None:
            raise Refused(_("An order without a client cannot come back regularly."))
        if order.recurrence_id is not None:
            raise Refused(_("This order already comes back regularly."))
        _check(plan)
        made = Recurrence.objects.create(
            pattern=order,
            client=order.client,
            weekdays=sorted(set(plan.weekdays)),
            time=plan.at,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            created_by=actor.person,
        )
        order.recurrence = made
        order.recurs_on = timezone.localdate(order.pickup_at) if order.pickup_at else None
        order.save(update_fields=["recurrence", "recurs_on"])
        journal.record(actor.person, "recurrence.begun", made, order=order.pk)
        plan_ahead(made)
    return made


def reschedule(*, recurrence_id: int, plan: Plan, actor: Actor) -> Recurrence:
    """Other days or another time. What was planned already and fits no longer is cancelled. Raises Refused."""
    _check(plan)
    wanted = {"weekdays": sorted(set(plan.weekdays)), "time": plan.at, "starts_on": plan.starts_on}
    return _change(recurrence_id, actor, "recurrence.changed", **wanted, ends_on=plan.ends_on)


def follow(*, recurrence_id: int, order_id: int, actor: Actor) -> Recurrence:
    """The next orders are like this one, which is one of them. Those planned already stay as they are."""
    order = Order.objects.filter(recurrence=recurrence_id).get(pk=order_id)
    return _change(recurrence_id, actor, "recurrence.follows", pattern=order)


def skip(*, recurrence_id: int, day: date, actor: Actor) -> Recurrence:
    """Not on that day. Raises Refused when it is none of its days."""
    found = _running(recurrence_id)
    if day not in found.rhythm.days(day, day):
        raise Refused(_("It does not come on that day anyway."))
    return _change(recurrence_id, actor, "recurrence.skipped", skipped=sorted({*found.skipped, day}))


def unskip(*, recurrence_id: int, day: date, actor: Actor) -> Recurrence:
    """On that day after all."""
    found = _running(recurrence_id)
    return _change(recurrence_id, actor, "recurrence.unskipped", skipped=sorted({*found.skipped} - {day}))


def pause(*, recurrence_id: int, first: date, last: date | None, actor: Actor) -> Recurrence:
    """Not from `first` to `last`, both included; `last` None: until somebody resumes it. Raises Refused."""
    if last is not None and last < first:
        raise Refused(_("The pause ends before it begins."))
    return _change(recurrence_id, actor, "recurrence.paused", paused_from=first, paused_until=last)


def resume(*, recurrence_id: int, actor: Actor) -> Recurrence:
    return _change(recurrence_id, actor, "recurrence.resumed", paused_from=None, paused_until=None)


def end(*, recurrence_id: int, actor: Actor) -> Recurrence:
    """No more. What was planned already is cancelled."""
    return _change(recurrence_id, actor, "recurrence.ended", ended_at=timezone.now())


def plan(*, recurrence_id: int) -> int:
    """For the timer: make what is missing of the next days. Returns how many orders it made."""
    with transaction.atomic():
        found = Recurrence.objects.select_for_update(skip_locked=True).running().filter(pk=recurrence_id).first()
        return plan_ahead(found) if found else 0


def plan_ahead(recurrence: Recurrence) -> int:
    """The pre-orders of today and RECURRING_DAYS more, each day once. Returns how many were made."""
    now, today = timezone.now(), timezone.localdate()
    pattern = Order.objects.select_related("client", "zone", "fleet").get(pk=recurrence.pattern_id)
    if pattern.client is None or pattern.client.mark_now == ClientMark.BLACKLISTED:
        return 0
    stops = list(pattern.stops.all())
    there = set(recurrence.orders.filter(recurs_on__gte=today).values_list("recurs_on", flat=True))
    made = 0
    for day in recurrence.rhythm.days(today, today + timedelta(days=settings.RECURRING_DAYS)):
        pickup_at = recurring.moment(day, recurrence.time, office_zone())
        if day in there or pickup_at <= now:
            continue
        again = [OrderStop(address=stop.address, latitude=stop.latitude, longitude=stop.longitude) for stop in stops]
        lifecycle.enter(order=_copy(pattern, recurrence, day, pickup_at), actor=SYSTEM, stops=again)
        made += 1
    return made


def office_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _copy(pattern: Order, recurrence: Recurrence, day: date, pickup_at: datetime) -> Order:
    order = Order(**{name: getattr(pattern, name) for name in COPIED})
    order.pickup_at, order.recurrence, order.recurs_on = pickup_at, recurrence, day
    order.channel = Channel.RECURRING
    return order


def _running(recurrence_id: int) -> Recurrence:
    found = Recurrence.objects.get(pk=recurrence_id)
    if found.ended_at is not None:
        raise Refused(_("This recurring order has ended."))
    return found


def _check(plan: Plan) -> None:
    if not plan.weekdays:
        raise Refused(_("Choose at least one weekday."))
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        raise Refused(_("It ends before it begins."))
    if abs((plan.starts_on - timezone.localdate()).days) > FURTHEST_DAYS:
        raise Refused(_("That is too far away."))


def _change(recurrence_id: int, actor: Actor, verb: str, **fields: Any) -> Recurrence:
    with transaction.atomic():
        found = Recurrence.objects.select_for_update().get(pk=recurrence_id)
        if found.ended_at is not None:
            raise Refused(_("This recurring order has ended."))
        before = {name: str(getattr(found, name)) for name in fields}
        for name, value in fields.items():
            setattr(found, name, value)
        found.save(update_fields=list(fields))
        changes = {name: [before[name], str(value)] for name, value in fields.items()}
        journal.record(actor.person, verb, found, changes=changes)
        _cancel_what_fits_no_longer(found, actor)
        if found.ended_at is None:
            plan_ahead(found)
    return found


def _cancel_what_fits_no_longer(recurrence: Recurrence, actor: Actor) -> None:
    """Pre-orders that nobody drives yet, of days that are not its days any more or at another time."""
    for order in recurrence.orders.filter(state=State.SCHEDULED, recurs_on__gte=timezone.localdate()):
        day = order.recurs_on
        stays = recurrence.ended_at is None and day is not None and day in recurrence.rhythm.days(day, day)
        if stays and day is not None:
            stays = order.pickup_at == recurring.moment(day, recurrence.time, office_zone())
        if not stays:
            lifecycle.move(order_id=order.pk, name="cancel", actor=actor, reason=_("the recurring order was changed"))
            Order.objects.filter(pk=order.pk).update(recurs_on=None)
