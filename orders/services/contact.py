"""Notes that the client was rung or asked. They open the way to "did not come" and "no car found"."""

from django.db import transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import wording
from orders.actors import Actor
from orders.facts import CONTACTS
from orders.flow import OPEN_STATES, Refusal
from orders.models import Order, OrderEvent
from orders.services import lifecycle


def note(*, order_id: int, kind: str, actor: Actor, outcome: str = "") -> OrderEvent:
    """Write down an attempt to reach the client. `kind`: facts.CALLED or facts.ASKED; `outcome` in words.

    The order's version stays: nobody's screen is out of date by it. Raises Refused, Order.DoesNotExist.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if kind not in CONTACTS:
            raise Refused(wording.refused(Refusal.UNKNOWN, order))
        if order.state not in OPEN_STATES:
            raise Refused(wording.refused(Refusal.WRONG_STATE, order))
        event = OrderEvent.objects.create(
            order=order,
            at=timezone.now(),
            transition=kind,
            actor=actor.person,
            actor_kind=actor.kind,
            driver=order.driver,
            reason=outcome.strip()[: lifecycle.LONGEST_REASON],
            source=actor.source,
        )
        journal.record(actor.person, f"order.{kind}", order, outcome=event.reason)
        lifecycle.publish_change(order)
    return event
