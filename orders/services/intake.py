"""A new order, from a form that may be saved twice and becomes one order; or several, when it asks for several cars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
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
from orders.models import Channel, Client, ClientMark, Draft, KeptQuote, Order, OrderStop
from orders.selectors import twins
from orders.services import accounts, clients, lifecycle, pricing
from orders.services.concern import Concern
from orders.signals import order_typed
from orders.trip import Wording

BLACKLISTED, TWIN = "blacklisted", "twin"
MOST_CARS = 9
CHANNELS = {"call": Channel.PHONE, "api": Channel.API}  # by the kind of the occasion
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
    quoted: KeptQuote | None = None,
) -> Order:
    """Take the order, or the first of those that belong together by `series`: all or none. The same draft always gives
    the same order. `keys`: how many were pressed in the form, where somebody counted. `quoted`: what was said that each
    car costs. Raises Doubtful, clients.Ambiguous, Refused, Draft.DoesNotExist (there is none, or it is another
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
        wanted = [_wanted(said, booking, client, actor, quoted) for said in _numbered(booking)]
        concerns = [*_concerns(booking, client, actor), *_paying(wanted, actor)]
        doubts = tuple(concern for concern in concerns if concern.name not in accepted)
        if doubts:
            raise Doubtful(doubts)
        taken = [lifecycle.enter(order=order, actor=actor, stops=stops) for order, stops in wanted]
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


def _wanted(
    numbered: tuple[Booking, UUID | None], booking: Booking, client: Client, actor: Actor, quoted: KeptQuote | None
) -> tuple[Order, list[OrderStop]]:
    """One of the orders as it would be taken, with its stops and its price."""
    said, series = numbered
    order = trip.order_of(said)
    order.client = client
    order.phone_raw = booking.phone_raw[:40]
    order.series = series
    order.channel = CHANNELS.get(actor.source.partition(":")[0], Channel.DESK)
    stops = list(trip.stops_of(said))
    if order.price is None:
        pricing.price(order, at=timezone.now(), stops=stops)
    if quoted and said is booking:  # the way back is another trip
        pricing.agree(order, quoted)
    return order, stops


def _paying(wanted: Sequence[tuple[Order, list[OrderStop]]], actor: Actor) -> tuple[Concern, ...]:
    """What the company says to all of them together."""
    orders = [order for order, _stops in wanted]
    prices = [order.price for order in orders if order.price is not None]
    whole = replace(accounts.trip_of(orders[0]), price=sum(prices, Decimal(0)) if prices else None)
    return accounts.check(trip=whole, actor=actor)


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
