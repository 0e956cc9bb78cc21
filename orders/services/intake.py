"""A new order, from a form that may be saved twice and becomes one order; or several, when it asks for several cars."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import trip
from orders.actors import Actor
from orders.flow import ActorKind
from orders.models import Channel, Client, ClientMark, Draft, Order
from orders.selectors import twins
from orders.services import clients, lifecycle
from orders.services.concern import Concern
from orders.signals import order_typed
from orders.trip import Wording

BLACKLISTED, TWIN = "blacklisted", "twin"
MOST_CARS = 9
LONGEST_TYPING = timedelta(minutes=30)  # a form that lay longer was put aside: its time says nothing


@dataclass(frozen=True, kw_only=True)
class Booking(Wording):
    """What the client wants. `phone_raw`: as typed or heard. `client_id`: the card that the person chose;
    `is_new_client`: she said that it is none of those known. `return_at`: when another car comes for the way back."""

    phone_raw: str
    name: str = ""
    client_id: int | None = None
    is_new_client: bool = False
    cars: int = 1
    return_at: datetime | None = None


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
    """Take the order, or the first of those that belong together by `series`: all or none. The same draft always gives
    the same order. `keys`: how many were pressed in the form, where somebody counted. Raises Doubtful,
    clients.Ambiguous, Refused, Draft.DoesNotExist (there is none, or it is another person's)."""
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
        doubts = tuple(concern for concern in _concerns(booking, client, actor) if concern.name not in accepted)
        if doubts:
            raise Doubtful(doubts)
        taken = [_enter(said, booking, client, actor) for said in _numbered(booking)]
        if client.mark_now == ClientMark.BLACKLISTED:
            journal.record(actor.person, "order.taken_from_blacklisted", taken[0])
        if draft:
            draft.order = taken[0]
            draft.save(update_fields=["order", "updated_at"])
            took = timezone.now() - draft.created_at
            seconds = round(took.total_seconds()) if took <= LONGEST_TYPING else None
            order_typed.send(Order, order=taken[0], seconds=seconds, keys=keys)
    return taken[0]


def _numbered(booking: Booking) -> Iterator[tuple[Booking, UUID | None]]:
    """Each order that the form asks for, with what joins them: a car, the other cars, and each on its way back."""
    ways = [booking, _back(booking)] if booking.return_at else [booking]
    series = uuid4() if len(ways) * booking.cars > 1 else None
    return ((way, series) for way in ways for _car in range(booking.cars))


def _back(booking: Booking) -> Booking:
    """The same way, the other way round."""
    return replace(
        booking,
        pickup=booking.destination,
        pickup_point=booking.destination_point,
        pickup_entrance="",
        pickup_flat="",
        pickup_at=booking.return_at,
        destination=booking.pickup,
        destination_point=booking.pickup_point,
        stops=booking.stops[::-1],
        flight="",
    )


def _enter(numbered: tuple[Booking, UUID | None], booking: Booking, client: Client, actor: Actor) -> Order:
    said, series = numbered
    order = trip.order_of(said)
    order.client = client
    order.phone_raw = booking.phone_raw[:40]
    order.series = series
    order.channel = Channel.PHONE if actor.source.startswith("call:") else Channel.DESK
    return lifecycle.enter(order=order, actor=actor, stops=trip.stops_of(said))


def _concerns(booking: Booking, client: Client, actor: Actor) -> list[Concern]:
    found = []
    if client.mark_now == ClientMark.BLACKLISTED:
        sentence = _("This client is on the black list: %(why)s.") % {
            "why": client.mark_reason or _("no reason was written down")
        }
        if settings.BLACKLIST_RULE == "stop" and actor.kind is not ActorKind.SUPERVISOR:
            raise Refused(_("%(sentence)s Only a supervisor takes an order.") % {"sentence": sentence})
        found.append(Concern(BLACKLISTED, sentence))
    twin = twins.of(booking, client_id=client.pk)
    if twin:
        sentence = _("Order %(order)s of this client from the same place is open already.") % {"order": twin.pk}
        found.append(Concern(TWIN, sentence, twin))
    return found
