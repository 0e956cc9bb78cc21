"""The client and the driver of an order, as much of their cards as its page has room for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from orders import trip
from orders.flow import State
from orders.models import Client, Driver, DriverBreak, DriverPhone, DriverPosition, DriverShift, Order
from places.geo import Point, distance_m

MOST_ORDERS = 5


@dataclass(frozen=True)
class ClientGlance:
    """`others`: the open orders beside this one."""

    client: Client
    completed: int
    cancelled: int
    no_shows: int
    others: Sequence[Order]


@dataclass(frozen=True)
class DriverGlance:
    """`metres`: from where he was last seen to the pick-up, as the crow flies; None: nobody knows."""

    driver: Driver
    phone: str  # E.164, empty: none is known
    shift: DriverShift | None
    pause: DriverBreak | None
    position: DriverPosition | None
    metres: int | None


def client(order: Order) -> ClientGlance | None:
    """None: nobody is known. Two queries."""
    if order.client is None:
        return None
    counts = order.client.orders.aggregate(
        completed=Count("pk", filter=Q(state=State.COMPLETED)),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED)),
        no_shows=Count("pk", filter=Q(state=State.NO_SHOW)),
    )
    others = Order.objects.open().filter(client=order.client).exclude(pk=order.pk)
    return ClientGlance(order.client, **counts, others=list(others.order_by("due_at", "pk")[:MOST_ORDERS]))


def driver(order: Order) -> DriverGlance | None:
    """None: it has no driver. Four queries at most."""
    one = order.driver
    if one is None:
        return None
    shift = DriverShift.objects.filter(driver=one, ended_at=None).first()
    position = DriverPosition.objects.select_related("stand").filter(driver=one).first()
    return DriverGlance(
        driver=one,
        phone=DriverPhone.objects.filter(driver=one).order_by("-is_main", "pk").values_list("e164", flat=True).first()
        or "",
        shift=shift,
        pause=shift.breaks.filter(ended_at=None).first() if shift else None,
        position=position,
        metres=_metres(position, order),
    )


def _metres(position: DriverPosition | None, order: Order) -> int | None:
    pickup = trip.point(order, "pickup")
    if position is None or pickup is None:
        return None
    return round(distance_m(Point(position.latitude, position.longitude), pickup))
