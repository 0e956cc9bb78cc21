"""A new order, from a form that may be saved twice and becomes one order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from orders.actors import Actor
from orders.models import Client, ClientMark, Draft, Fleet, Order
from orders.services import clients, lifecycle
from orders.services.concern import Concern
from orders.signals import order_typed

BLACKLISTED, TWIN = "blacklisted", "twin"
LONGEST_TYPING = timedelta(minutes=30)  # a form that lay longer was put aside: its time says nothing


@dataclass(frozen=True)
class Booking:
    """What the client wants. `phone`: E.164; `phone_raw`: as typed or heard; `pickup_at` None: as soon as possible.
    `client_id`: the card that the person chose; `is_new_client`: she said that it is none of those known."""

    phone: str
    phone_raw: str
    pickup: str
    destination: str = ""
    pickup_at: datetime | None = None
    comment: str = ""
    name: str = ""
    client_id: int | None = None
    is_new_client: bool = False
    fleet: Fleet | None = None  # whose number was called


class Doubtful(Exception):
    def __init__(self, concerns: tuple[Concern, ...]) -> None:
        super().__init__(concerns)
        self.concerns = concerns


def place(
    *,
    booking: Booking,
    actor: Actor,
    draft_id: UUID | None = None,
    accepted: frozenset[str] = frozenset(),
    keys: int | None = None,
) -> Order:
    """Take the order. The same draft always gives the same order. `keys`: how many were pressed in the form, where
    somebody counted. Raises Doubtful, clients.Ambiguous, Refused, Draft.DoesNotExist (there is none, or it is another
    person's)."""
    with transaction.atomic():
        draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft_id, owner=actor.person) if draft_id else None
        if draft and draft.order:
            return draft.order
        client = clients.who_calls(
            number=booking.phone,
            raw=booking.phone_raw,
            client_id=booking.client_id,
            is_new=booking.is_new_client,
            name=booking.name,
            actor=actor.person,
        )
        doubts = tuple(concern for concern in _concerns(booking, client) if concern.name not in accepted)
        if doubts:
            raise Doubtful(doubts)
        order = lifecycle.enter(order=_order(booking, client), actor=actor)
        if client.mark_now == ClientMark.BLACKLISTED:
            journal.record(actor.person, "order.taken_from_blacklisted", order)
        if draft:
            draft.order = order
            draft.save(update_fields=["order", "updated_at"])
            took = timezone.now() - draft.created_at
            seconds = round(took.total_seconds()) if took <= LONGEST_TYPING else None
            order_typed.send(Order, order=order, seconds=seconds, keys=keys)
    return order


def _order(booking: Booking, client: Client) -> Order:
    return Order(
        client=client,
        phone=booking.phone,
        phone_raw=booking.phone_raw[:40],
        pickup=booking.pickup,
        destination=booking.destination,
        pickup_at=booking.pickup_at,
        comment=booking.comment,
        fleet=booking.fleet,
    )


def _concerns(booking: Booking, client: Client) -> list[Concern]:
    found = []
    if client.mark_now == ClientMark.BLACKLISTED:
        why = client.mark_reason or _("no reason was written down")
        found.append(Concern(BLACKLISTED, _("This client is on the black list: %(why)s.") % {"why": why}))
    twin = Order.objects.open().filter(client=client, pickup__iexact=booking.pickup).order_by("-id").first()
    if twin and twin.pickup_at == booking.pickup_at:
        sentence = _("Order %(order)s of this client from the same place is open already.") % {"order": twin.pk}
        found.append(Concern(TWIN, sentence))
    return found
