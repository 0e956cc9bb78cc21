"""Who is at the other end of a call, for the card and for the history: rows as they are now, in words of data.

Recognition (recognition.py) said once, on the first ring, whose number it is. What that person has open at this
moment is read anew each time, so that a card never shows yesterday's order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from orders import numbers
from orders.flow import BUSY_STATES
from orders.models import Client, ClientMark, Driver, Order
from telephony.models import Call
from telephony.recognition import Kind, is_short


@dataclass(frozen=True)
class Who:
    """`number`: E.164 or as on the wire, whole; the template masks it for those who may not see it.
    `order`: the newest open one of the client, or the one that the driver performs."""

    kind: str
    name: str = ""
    number: str = ""
    is_outsider: bool = True  # a client's number is masked; an extension or a driver's is not
    client: Client | None = None
    driver: Driver | None = None
    order: Order | None = None
    more_orders: int = 0
    options: tuple["Who", ...] = ()

    @property
    def key(self) -> str:
        """By which one of several is chosen."""
        return f"driver-{self.driver.pk}" if self.driver else f"client-{self.client.pk}" if self.client else ""


def of_calls(calls: Sequence[Call]) -> dict[int, Who]:
    """Who each call is with. Needs `client`, `driver`, `colleague`, `order__client` selected; three more queries."""
    clients, drivers = _chosen(calls)
    client_ids = {call.client_id for call in calls if call.client_id} | set(clients)
    client_ids |= {call.order.client_id for call in calls if call.order and call.order.client_id}
    driver_ids = {call.driver_id for call in calls if call.driver_id} | set(drivers)
    orders = _Orders(client_ids, driver_ids)
    return {call.pk: _Describer(clients, drivers, orders).of(call) for call in calls}


def named(clients: Sequence[Client], drivers: Sequence[Driver]) -> tuple[Who, ...]:
    """These people with what they have open, the drivers first; one query."""
    orders = _Orders([client.pk for client in clients], [driver.pk for driver in drivers])
    describer = _Describer({}, {}, orders)
    return (
        *(describer.driver(driver, "") for driver in drivers),
        *(describer.client(client, "") for client in clients),
    )


def number_of(call: Call) -> str:
    """The number of the other party, E.164 where it is one, else as on the wire."""
    if call.direction == Call.Direction.OUT:
        return numbers.e164(call.dialled) or call.dialled
    return call.caller_e164 or call.caller_raw


def _chosen(calls: Iterable[Call]) -> tuple[dict[int, Client], dict[int, Driver]]:
    choices = [choice for call in calls for choice in call.choices]
    return (
        Client.objects.in_bulk([choice["id"] for choice in choices if choice["kind"] == "client"]),
        Driver.objects.in_bulk([choice["id"] for choice in choices if choice["kind"] == "driver"]),
    )


class _Orders:
    """Open orders of some clients, and the orders that some drivers perform; one query."""

    def __init__(self, client_ids: Iterable[int], driver_ids: Iterable[int]) -> None:
        found = (
            Order.objects.open()
            .filter(Q(client_id__in=list(client_ids)) | Q(driver_id__in=list(driver_ids), state__in=BUSY_STATES))
            .select_related("driver")
            .order_by("-id")
        )
        self.by_client: dict[int, list[Order]] = {}
        self.by_driver: dict[int, Order] = {}
        for order in found:
            if order.client_id:
                self.by_client.setdefault(order.client_id, []).append(order)
            if order.driver_id and order.state in BUSY_STATES:
                self.by_driver.setdefault(order.driver_id, order)


@dataclass(frozen=True)
class _Describer:
    clients: dict[int, Client]
    drivers: dict[int, Driver]
    orders: _Orders

    def of(self, call: Call) -> Who:
        number = number_of(call)
        if call.recognised == Kind.STAFF:
            name = call.colleague.full_name if call.colleague else call.caller_name
            return Who(Kind.STAFF, name, number if is_short(number) else "", is_outsider=False)
        if call.recognised == Kind.CHOICE and not call.order:
            return Who(Kind.CHOICE, call.caller_name, number, options=self._options(call))
        if call.driver and not call.is_pair:
            return self.driver(call.driver, number)
        client = call.client or (call.order.client if call.order else None)
        if client:
            return self.client(client, number)
        kind = Kind.HIDDEN if call.recognised == Kind.HIDDEN else Kind.NEW
        name = call.caller_name if call.caller_name not in (call.caller_raw, call.caller_e164) else ""
        return Who(kind, name, "" if kind == Kind.HIDDEN else number)

    def _options(self, call: Call) -> tuple[Who, ...]:
        """Those of the choice who still exist."""
        found = []
        for choice in call.choices:
            if choice["kind"] == "driver" and choice["id"] in self.drivers:
                found.append(self.driver(self.drivers[choice["id"]], ""))
            if choice["kind"] == "client" and choice["id"] in self.clients:
                found.append(self.client(self.clients[choice["id"]], ""))
        return tuple(found)

    def driver(self, driver: Driver, number: str) -> Who:
        order = self.orders.by_driver.get(driver.pk)
        name = f"{driver.last_name} {driver.first_name}".strip()
        return Who(Kind.DRIVER, name, number, is_outsider=False, driver=driver, order=order)

    def client(self, client: Client, number: str) -> Who:
        mine = self.orders.by_client.get(client.pk, [])
        newest = mine[0] if mine else None
        kind = Kind.ORDERS if mine else Kind.KNOWN
        if client.mark_now == ClientMark.BLACKLISTED:
            kind = Kind.BLACKLISTED
        return Who(kind, client.name, number, client=client, order=newest, more_orders=max(0, len(mine) - 1))
