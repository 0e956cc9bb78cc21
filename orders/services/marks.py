"""What is noted on an open order beside its state: that it is on hold, that somebody must look after it."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import wording
from orders.actors import Actor
from orders.flow import FINAL_STATES, Guard, Refusal
from orders.models import Order
from orders.services import lifecycle

LONGEST_PROBLEM = Order._meta.get_field("problem").max_length


def hold(*, order_id: int, actor: Actor, until: datetime | None = None) -> Order:
    """It is not to be offered until then, or until somebody says so. Raises Refused, Order.DoesNotExist."""
    if until is not None and until <= timezone.now():
        raise Refused(_("That time is over already."))
    return _set(order_id, actor, "hold", is_on_hold=True, held_until=until)


def resume(*, order_id: int, actor: Actor) -> Order:
    """It may be offered again."""
    return _set(order_id, actor, "resume", is_on_hold=False, held_until=None)


def resume_if_due(*, order_id: int, now: datetime, actor: Actor) -> bool:
    """The time that it was held until is over. False: somebody was faster, or holds it for longer."""
    with transaction.atomic():
        due = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id, held_until__lte=now).exists()
        if due:
            resume(order_id=order_id, actor=actor)
    return due


def raise_problem(*, order_id: int, problem: str, actor: Actor) -> Order:
    """Somebody must look after it: `problem` says of what."""
    return _set(order_id, actor, "problem", problem=problem.strip()[:LONGEST_PROBLEM])


def settle_problem(*, order_id: int, actor: Actor) -> Order:
    return _set(order_id, actor, "settle", problem="")


def _set(order_id: int, actor: Actor, name: str, **wanted: bool | str | datetime | None) -> Order:
    """Change, one event, journal, publish, in one transaction. What is so already is left so."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.state in FINAL_STATES:
            raise Refused(wording.refused(Refusal.WRONG_STATE, order))
        if name == "problem" and not wanted["problem"]:
            raise Refused(wording.refused(Guard.NEEDS_REASON, order))
        if all(getattr(order, field) == value for field, value in wanted.items()):
            return order
        changes = {
            field: [_text(getattr(order, field)), _text(value)] for field, value in wanted.items() if field != "problem"
        }
        for field, value in wanted.items():
            setattr(order, field, value)
        order.version += 1
        order.save(update_fields=[*wanted, "version"])
        reason = str(wanted.get("problem", ""))
        changed = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
        lifecycle.note(order, name, actor, driver=order.driver, reason=reason, changes=changed)
        journal.record(actor.person, f"order.{name}", order, **({"reason": reason} if reason else {}))
        lifecycle.publish_change(order)
    return order


def _text(value: Any) -> str:
    """As `orders.trip` writes a field: who edits the order meanwhile does not take the mark back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return "yes" if value else ""
