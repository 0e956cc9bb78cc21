"""The cards of clients and drivers, and the lists that lead to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, Count, Prefetch, Q, Value, When, prefetch_related_objects
from django.db.models.functions import Length
from django.utils import timezone

from orders import numbers
from orders.flow import BUSY_STATES, OPEN_STATES, State
from orders.models import (
    Client,
    ClientMark,
    ClientPhone,
    Driver,
    DriverBreak,
    DriverDocument,
    DriverPhone,
    DriverShift,
    MarkProposal,
    Order,
)
from orders.selectors import addresses
from orders.selectors.addresses import Likely
from places import folding

PAGE = 50
LAST_ORDERS = 20
LOOKED_BACK = 50  # orders that the suggested addresses are taken from
ADDRESSES = 9  # one for each key
_RANK = Case(When(call_sign__regex=r"^[0-9]+$", then=Value(0)), default=Value(1))  # 9, 10, 101, T1


@dataclass(frozen=True)
class ClientCard:
    """`proposal`: the one that waits for a decision."""

    client: Client
    orders: Sequence[Order]
    proposal: MarkProposal | None
    completed: int
    cancelled: int
    no_shows: int


@dataclass(frozen=True)
class DriverCard:
    """`pause`: the break that he has just now."""

    driver: Driver
    current: Order | None
    orders: Sequence[Order]
    shift: DriverShift | None
    pause: DriverBreak | None


@dataclass(frozen=True)
class Caller:
    """What the intake form knows of whoever calls. Several `clients`: the dispatcher asks who it is."""

    client: Client | None = None
    clients: Sequence[Client] = ()
    open_orders: Sequence[Order] = ()
    addresses: Sequence[Likely] = ()  # one for each of the keys 1 to 9


def clients(*, text: str = "", mark: ClientMark = ClientMark.NONE, after: int | None = None) -> Sequence[Client]:
    """By name or number, and by the mark that counts now; newest first; a page and one more. Two queries."""
    found = Client.objects.known().filter(_about(text)) if text else Client.objects.known()
    if mark:
        found = found.marked(mark, timezone.now())
    if after is not None:
        found = found.filter(pk__lt=after)
    return list(found.prefetch_related(_phones()).order_by("-pk")[: PAGE + 1])


def client_card(client_id: int) -> ClientCard:
    """Seven queries; more for the blocked drivers and for the client of a company. Raises Client.DoesNotExist."""
    counted = Client.objects.select_related("marked_by", "responsible").annotate(
        completed=Count("orders", filter=Q(orders__state=State.COMPLETED)),
        cancelled=Count("orders", filter=Q(orders__state=State.CANCELLED)),
        no_shows=Count("orders", filter=Q(orders__state=State.NO_SHOW)),
    )
    client = counted.prefetch_related(_phones(), "addresses", "employments__account", "blocks__driver").get(
        pk=client_id
    )
    proposal = client.proposals.select_related("proposed_by").filter(decided_at=None).first()
    orders = client.orders.select_related("client", "driver__vehicle").order_by("-pk")[:LAST_ORDERS]
    return ClientCard(client, list(orders), proposal, client.completed, client.cancelled, client.no_shows)


def proposals() -> Sequence[MarkProposal]:
    """Those for the black list that wait for a decision, oldest first. One query."""
    waiting = MarkProposal.objects.filter(decided_at=None).select_related("client", "proposed_by")
    return list(waiting.order_by("pk")[:PAGE])


def caller(*, client_id: int | None, phone: str) -> Caller:
    """Who calls from `phone` (E.164), or the client that was chosen, unless the number is others'. Five queries."""
    known = list(Client.objects.filter(phones__e164=phone).order_by("pk")[:ADDRESSES]) if phone else []
    if client_id is not None and not known:
        known = list(Client.objects.filter(pk=client_id))
    chosen = next((client for client in known if client.pk == client_id), None)
    if chosen or len(known) == 1:
        return _known(chosen or known[0])
    return Caller(clients=known)


def drivers(*, text: str = "", documents_end: bool = False, after: str = "") -> Sequence[Driver]:
    """By call sign, name or number, with the order that each performs in `performing`, numbers before words; a page
    and one more, beginning behind the call sign `after`. `documents_end`: only those with a paper that is not good
    any more, or not for long. Four queries."""
    found = Driver.objects.select_related("vehicle").annotate(rank=_RANK, length=Length("call_sign"))
    if text:
        number = numbers.e164(text)
        found = found.filter(
            Q(call_sign__iexact=text)
            | named(text, "last_name", "first_name")
            | Q(vehicle__plate__icontains=text)
            | Q(pk__in=DriverPhone.objects.filter(e164=number).values("driver") if number else [])
        )
    if documents_end:
        soon = DriverDocument.objects.filter(valid_until__lte=timezone.localdate() + DriverDocument.SOON)
        found = found.filter(pk__in=soon.values("driver"))
    if after:
        rank, length = int(not after.isdecimal()), len(after)
        same = Q(rank=rank, length=length, call_sign__gt=after)
        found = found.filter(Q(rank__gt=rank) | Q(rank=rank, length__gt=length) | same)
    performing = Prefetch("orders", Order.objects.filter(state__in=BUSY_STATES), to_attr="performing")
    return list(
        found.prefetch_related(performing, "phones", "documents").order_by("rank", "length", "call_sign")[: PAGE + 1]
    )


def driver_card(driver_id: int) -> DriverCard:
    """Six queries. Raises Driver.DoesNotExist."""
    found = Driver.objects.select_related("vehicle", "fleet", "person")
    driver = found.prefetch_related("phones", "documents").get(pk=driver_id)
    orders = list(driver.orders.select_related("client", "driver__vehicle").order_by("-pk")[:LAST_ORDERS])
    current = next((order for order in orders if order.state in BUSY_STATES), None)
    shift = DriverShift.objects.select_related("vehicle").filter(driver=driver, ended_at=None).first()
    pause = shift.breaks.filter(ended_at=None).first() if shift else None
    return DriverCard(driver, current, orders, shift, pause)


def _known(client: Client) -> Caller:
    prefetch_related_objects([client], _phones())
    past = list(client.orders.select_related("client", "driver__vehicle").order_by("-pk")[:LOOKED_BACK])
    open_orders = [order for order in past if order.state in OPEN_STATES]
    likely = addresses.rank(list(client.addresses.all()), past, timezone.now())
    return Caller(client, (client,), open_orders, likely)


def _about(text: str) -> Q:
    """A whole number in any writing, else a part of a name. Parts of numbers are not looked for: who may not see a
    number could guess it digit by digit."""
    number = numbers.e164(text)
    if number:
        return Q(pk__in=ClientPhone.objects.filter(e164=number).values("client"))
    return named(text, "name")


def named(text: str, *fields: str) -> Q:
    """A part of a name, also when the other keyboard layout was on."""
    readings = (text, *folding.retyped(text))
    return reduce(or_, (Q(**{f"{field}__icontains": reading}) for field in fields for reading in readings))


def _phones() -> Prefetch:
    return Prefetch("phones", ClientPhone.objects.order_by("-is_main", "pk"))
