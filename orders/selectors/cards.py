"""The cards of clients and drivers, and the lists that lead to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from orders import numbers
from orders.flow import BUSY_STATES, OPEN_STATES, State
from orders.models import Client, ClientMark, ClientPhone, Driver, MarkProposal, Order

PAGE = 50
LAST_ORDERS = 20
LOOKED_BACK = 50  # orders that the suggested addresses are taken from
ADDRESSES = 9  # one for each key


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
    driver: Driver
    current: Order | None
    orders: Sequence[Order]


@dataclass(frozen=True)
class Caller:
    """What the intake form knows of whoever calls. Several `clients`: the dispatcher asks who it is."""

    client: Client | None = None
    clients: Sequence[Client] = ()
    open_orders: Sequence[Order] = ()
    addresses: Sequence[tuple[str, str]] = ()  # pick-up, where it last went; likeliest first


def clients(*, text: str = "", mark: ClientMark = ClientMark.NONE, after: int | None = None) -> Sequence[Client]:
    """By name or number, and by the mark that counts now; newest first; a page and one more. Two queries."""
    found = Client.objects.known().filter(_about(text)) if text else Client.objects.known()
    if mark:
        found = found.marked(mark, timezone.now())
    if after is not None:
        found = found.filter(pk__lt=after)
    return list(found.prefetch_related(_phones()).order_by("-pk")[: PAGE + 1])


def client_card(client_id: int) -> ClientCard:
    """Six queries; one more for the client of a company. Raises Client.DoesNotExist."""
    counted = Client.objects.select_related("marked_by").annotate(
        completed=Count("orders", filter=Q(orders__state=State.COMPLETED)),
        cancelled=Count("orders", filter=Q(orders__state=State.CANCELLED)),
        no_shows=Count("orders", filter=Q(orders__state=State.NO_SHOW)),
    )
    client = counted.prefetch_related(_phones(), "addresses", "employments__account").get(pk=client_id)
    proposal = client.proposals.select_related("proposed_by").filter(decided_at=None).first()
    orders = client.orders.select_related("client", "driver__vehicle").order_by("-pk")[:LAST_ORDERS]
    return ClientCard(client, list(orders), proposal, client.completed, client.cancelled, client.no_shows)


def proposals() -> Sequence[MarkProposal]:
    """Those for the black list that wait for a decision, oldest first. One query."""
    waiting = MarkProposal.objects.filter(decided_at=None).select_related("client", "proposed_by")
    return list(waiting.order_by("pk")[:PAGE])


def caller(*, client_id: int | None, phone: str) -> Caller:
    """Who calls from `phone` (E.164), or the client that was chosen, unless the number is others'. Four queries."""
    known = list(Client.objects.filter(phones__e164=phone).order_by("pk")[:ADDRESSES]) if phone else []
    if client_id is not None and not known:
        known = list(Client.objects.filter(pk=client_id))
    chosen = next((client for client in known if client.pk == client_id), None)
    if chosen or len(known) == 1:
        return _known(chosen or known[0])
    return Caller(clients=known)


def drivers(*, text: str = "") -> Sequence[Driver]:
    """By call sign, name or number, with the order that each performs in `performing`. Three queries."""
    found = Driver.objects.select_related("vehicle")
    if text:
        number = numbers.e164(text)
        found = found.filter(
            Q(call_sign__iexact=text)
            | Q(last_name__icontains=text)
            | Q(first_name__icontains=text)
            | Q(vehicle__plate__icontains=text)
            | (Q(phones__e164=number) if number else Q(pk__in=[]))
        ).distinct()
    performing = Prefetch("orders", Order.objects.filter(state__in=BUSY_STATES), to_attr="performing")
    return sorted(found.prefetch_related(performing, "phones"), key=_by_call_sign)


def driver_card(driver_id: int) -> DriverCard:
    """Three queries. Raises Driver.DoesNotExist."""
    driver = Driver.objects.select_related("vehicle").prefetch_related("phones").get(pk=driver_id)
    orders = list(driver.orders.select_related("client", "driver__vehicle").order_by("-pk")[:LAST_ORDERS])
    current = next((order for order in orders if order.state in BUSY_STATES), None)
    return DriverCard(driver, current, orders)


def _known(client: Client) -> Caller:
    prefetch_related_objects([client], _phones())
    past = list(client.orders.select_related("client", "driver__vehicle").order_by("-pk")[:LOOKED_BACK])
    open_orders = [order for order in past if order.state in OPEN_STATES]
    return Caller(client, (client,), open_orders, _likely_addresses(past))


def _likely_addresses(past: Sequence[Order]) -> Sequence[tuple[str, str]]:
    """Pick-ups by how often, then how lately; each with where the newest trip from there went."""
    newest: dict[str, Order] = {}
    times: dict[str, int] = {}
    for order in past:
        place = " ".join(order.pickup.casefold().split())
        newest.setdefault(place, order)
        times[place] = times.get(place, 0) + 1
    likeliest = sorted(newest, key=lambda place: (-times[place], -newest[place].pk))[:ADDRESSES]
    return [(newest[place].pickup, newest[place].destination) for place in likeliest]


def _about(text: str) -> Q:
    """A whole number in any writing, else a part of a name. Parts of numbers are not looked for: who may not see a
    number could guess it digit by digit."""
    number = numbers.e164(text)
    if number:
        return Q(pk__in=ClientPhone.objects.filter(e164=number).values("client"))
    return Q(name__icontains=text)


def _phones() -> Prefetch:
    return Prefetch("phones", ClientPhone.objects.order_by("-is_main", "pk"))


def _by_call_sign(driver: Driver) -> tuple[int, str]:
    sign = driver.call_sign
    return (int(sign), "") if sign.isdecimal() else (10**9, sign)
