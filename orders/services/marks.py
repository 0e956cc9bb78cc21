"""What is noted on an open order beside its state: that it is on hold, that somebody must look after it."""

from django.db import transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import wording
from orders.actors import Actor
from orders.flow import FINAL_STATES, Guard, Refusal
from orders.models import Order, OrderEvent
from orders.services.lifecycle import publish_change

LONGEST_PROBLEM = Order._meta.get_field("problem").max_length


def hold(*, order_id: int, actor: Actor) -> Order:
    """It is not to be offered for now. Raises Refused, Order.DoesNotExist."""
    return _set(order_id, actor, "hold", is_on_hold=True)


def resume(*, order_id: int, actor: Actor) -> Order:
    """It may be offered again."""
    return _set(order_id, actor, "resume", is_on_hold=False)


def raise_problem(*, order_id: int, problem: str, actor: Actor) -> Order:
    """Somebody must look after it: `problem` says of what."""
    return _set(order_id, actor, "problem", problem=problem.strip()[:LONGEST_PROBLEM])


def settle_problem(*, order_id: int, actor: Actor) -> Order:
    return _set(order_id, actor, "settle", problem="")


def _set(order_id: int, actor: Actor, name: str, **wanted: bool | str) -> Order:
    """Change, one event, journal, publish, in one transaction. What is so already is left so."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.state in FINAL_STATES:
            raise Refused(wording.refused(Refusal.WRONG_STATE, order))
        if name == "problem" and not wanted["problem"]:
            raise Refused(wording.refused(Guard.NEEDS_REASON, order))
        if all(getattr(order, field) == value for field, value in wanted.items()):
            return order
        for field, value in wanted.items():
            setattr(order, field, value)
        order.version += 1
        order.save(update_fields=[*wanted, "version"])
        reason = str(wanted.get("problem", ""))
        OrderEvent.objects.create(
            order=order,
            at=timezone.now(),
            transition=name,
            from_state=order.state,
            to_state=order.state,
            actor=actor.person,
            actor_kind=actor.kind,
            driver=order.driver,
            reason=reason,
            source=actor.source,
        )
        journal.record(actor.person, f"order.{name}", order, **({"reason": reason} if reason else {}))
        publish_change(order)
    return order
