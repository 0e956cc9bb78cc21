"""Prices that were said to clients who did not order: kept for some days, and turned into an order when they do."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.actors import Actor
from orders.models import Client, KeptQuote, Order
from orders.selectors import pricing as reading
from orders.selectors.pricing import Sketch
from orders.services import intake
from orders.services.intake import Booking

LONGEST_REASON = KeptQuote._meta.get_field("reason").max_length


def keep(
    *,
    sketch: Sketch,
    fields: Mapping[str, str | Sequence[str]],
    phone: str,
    client_id: int | None,
    reason: str,
    actor: Person,
) -> KeptQuote:
    """Write down what was said. `fields`: the intake form as it is; `phone`: E.164, or empty; `reason`: why he does not
    order. Raises Refused: there is no price to keep."""
    found = reading.quote(sketch, at=timezone.now())
    if found is None:
        raise Refused(_("There is no price for this trip."))
    client = Client.objects.filter(pk=client_id).first() if client_id is not None else None
    with transaction.atomic():
        kept = KeptQuote.objects.create(
            phone=phone,
            client=client,
            fleet=found.version.tariff.fleet,
            pickup=sketch.pickup.address,
            destination=sketch.destination.address,
            fields=dict(fields),
            tariff_version=found.version,
            price=found.total,
            is_least=found.is_least,
            currency=found.price.currency,
            price_lines=[line.data() for line in found.price.lines],
            distance_m=found.distance_m,
            duration_s=found.duration_s,
            reason=reason.strip()[:LONGEST_REASON],
            created_by=actor,
        )
        journal.record(actor, "quote.kept", kept, price=f"{kept.price} {kept.currency}", reason=kept.reason)
    return kept


def take(
    *,
    quote_id: int,
    booking: Booking,
    actor: Actor,
    draft_id: UUID | None = None,
    accepted: frozenset[str] = frozenset(),
    keys: int | None = None,
) -> Order:
    """The client orders after all, each car at the price that was said. The same quote always gives the same order.

    Raises Refused, KeptQuote.DoesNotExist, and what `intake.place` raises.
    """
    with transaction.atomic():
        kept = KeptQuote.objects.select_for_update(of=("self",)).select_related("order", "fleet").get(pk=quote_id)
        if kept.order:
            return kept.order
        order = intake.place(
            booking=booking,
            actor=actor,
            draft_id=draft_id,
            accepted=accepted,
            keys=keys,
            quoted=None if kept.is_least else kept,
        )
        kept.order = order
        kept.save(update_fields=["order"])
        journal.record(actor.person, "quote.taken", kept, order=order.pk)
    return order
