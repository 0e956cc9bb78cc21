"""A pre-order kept for one driver. He drives other orders meanwhile: until the search begins it is nobody's.

The client is told of a driver only after that driver has confirmed. Who does not confirm in time loses it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import facts, wording
from orders.actors import SYSTEM, Actor
from orders.flow import ActorKind, Refusal, State
from orders.models import Driver, Order
from orders.services import assignment, lifecycle


def reserve(*, order_id: int, call_sign: str, actor: Actor, version: int | None = None) -> Order:
    """Keep the pre-order for the driver with this call sign. Raises Refused, Order.DoesNotExist."""
    driver = assignment.find(call_sign)
    with transaction.atomic():
        order = _scheduled(order_id, version)
        if order.reserved_for_id == driver.pk:
            return order
        _check_no_other(order, driver)
        before, confirm_by = order.reserved_for, order.confirm_moment(timezone.now())
        _write(order, "reserve", actor, driver, reserved_for=driver, confirm_by=confirm_by, confirmed_at=None)
        lifecycle.tell_driver(before)
    return order


def confirm(*, order_id: int, actor: Actor, version: int | None = None) -> Order:
    """The driver says that he will come, or a dispatcher says it for him. Raises Refused, Order.DoesNotExist."""
    with transaction.atomic():
        order = _scheduled(order_id, version)
        driver = order.reserved_for
        if driver is None or _is_not_his(driver, actor):
            raise Refused(_("Order %(order)s is not reserved for this driver any more.") % {"order": order_id})
        if order.confirmed_at is None:
            _write(order, "confirm", actor, driver, confirmed_at=timezone.now())
    return order


def free(*, order_id: int, actor: Actor, reason: str, version: int | None = None) -> Order:
    """Nobody's again. A driver gives back his own. Raises Refused (no reason, not his), Order.DoesNotExist."""
    reason = reason.strip()[: lifecycle.LONGEST_REASON]
    with transaction.atomic():
        order = _scheduled(order_id, version)
        driver = order.reserved_for
        if driver is None or _is_not_his(driver, actor):
            raise Refused(_("Order %(order)s is not reserved for this driver any more.") % {"order": order_id})
        if not reason:
            raise Refused(_("Give the reason."))
        _write(order, "free", actor, driver, reason, reserved_for=None, confirm_by=None, confirmed_at=None)
    return order


def free_if_late(*, order_id: int, now: datetime) -> bool:
    """For the timer: False when somebody else has it in hand, or he confirmed meanwhile."""
    with transaction.atomic():
        late = Order.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            pk=order_id, state=State.SCHEDULED, confirmed_at=None, confirm_by__lte=now
        )
        order = late.select_related("reserved_for").first()
        if order is None or order.reserved_for is None:
            return False
        gone: dict[str, Any] = {"reserved_for": None, "confirm_by": None}
        _write(order, "free", SYSTEM, order.reserved_for, _("not confirmed in time"), **gone)
    return True


def release(*, order_id: int, now: datetime) -> bool:
    """For the timer: the pre-order enters the search, or goes at once to the driver who confirmed it and is free."""
    with transaction.atomic():
        due = Order.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            pk=order_id, state=State.SCHEDULED, release_at__lte=now
        )
        order = due.select_related("reserved_for").first()
        if order is None:  # another worker or a dispatcher has it in hand
            return False
        driver = order.reserved_for if order.confirmed_at else None
        lifecycle.move(order_id=order_id, name="release", actor=SYSTEM)
        if driver is not None and driver.on_shift and facts.order_of(driver) is None:
            try:
                with transaction.atomic():
                    lifecycle.move(order_id=order_id, name="assign", actor=SYSTEM, driver=driver)
            except Refused:  # another order was quicker; this one is searched for like any other
                pass
    return True


def _scheduled(order_id: int, version: int | None) -> Order:
    order = Order.objects.select_for_update(of=("self",)).select_related("reserved_for").get(pk=order_id)
    if order.state != State.SCHEDULED:
        raise Refused(wording.refused(Refusal.WRONG_STATE, order))
    if version is not None and version != order.version:
        raise Refused(wording.overtaken(order, facts.last_hand(order)))
    return order


def _check_no_other(order: Order, driver: Driver) -> None:
    """He cannot be at two places: another reservation that begins while this one may still be driven."""
    if order.pickup_at is None:
        return
    margin = timedelta(minutes=settings.ORDER_RELEASE_MINUTES)
    near = (order.pickup_at - margin, order.pickup_at + margin)
    other = driver.reserved.filter(state=State.SCHEDULED, pickup_at__range=near).exclude(pk=order.pk).first()
    if other is not None:
        words = {"sign": driver.call_sign, "order": other.pk}
        raise Refused(_("Order %(order)s at about the same time is already reserved for driver %(sign)s.") % words)


def _is_not_his(driver: Driver, actor: Actor) -> bool:
    return actor.kind is ActorKind.DRIVER and (actor.person is None or driver.person_id != actor.person.pk)


def _write(order: Order, name: str, actor: Actor, driver: Driver, reason: str = "", **fields: Any) -> None:
    for field, value in fields.items():
        setattr(order, field, value)
    order.alarm = ""
    order.version += 1
    order.save(update_fields=[*fields, "alarm", "version"])
    lifecycle.note(order, name, actor, driver=driver, reason=reason)
    journal.record(actor.person, f"order.{name}", order, driver=driver.call_sign, by=actor.kind)
    lifecycle.publish_change(order)
    lifecycle.tell_driver(driver)
