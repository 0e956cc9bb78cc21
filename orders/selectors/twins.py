"""Whether a trip was ordered before: the same client or number, from the same place, at about the same time."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from orders import trip
from orders.flow import State
from orders.models import Order
from orders.trip import Wording
from places.geo import Point, distance_m

NEAR_M = 300
ABOUT = timedelta(minutes=15)
LOOKED_AT = 20  # open orders of one client


def of(said: Wording, *, client_id: int | None) -> Order | None:
    """The newest open order that may be this very trip. One query."""
    whose = Q(phone=said.phone) if said.phone else Q(pk__in=[])
    if client_id is not None:
        whose |= Q(client=client_id)
    now = timezone.now()
    due = said.pickup_at or now
    about = Q(pickup_at__range=(due - ABOUT, due + ABOUT))
    if said.pickup_at is None or abs(said.pickup_at - now) <= ABOUT:
        about |= Q(pickup_at=None)  # somebody still waits for that one, however long ago it was asked for
    waiting = Order.objects.open().exclude(state=State.ON_BOARD).filter(whose, about)
    found = waiting.select_related("client", "driver__vehicle").order_by("-pk")
    return next((order for order in found[:LOOKED_AT] if _is_near(said, order)), None)


def together(order: Order) -> Sequence[Order]:
    """All orders that were asked for with this one, itself among them; only itself when it stands alone. One query."""
    if order.series is None:
        return [order]
    return list(Order.objects.filter(series=order.series).order_by("pk"))


def _is_near(said: Wording, order: Order) -> bool:
    here, there = said.pickup_point, trip.point(order, "pickup")
    return _plain(said.pickup) == _plain(order.pickup) or _is_close(here, there)


def _is_close(here: Point | None, there: Point | None) -> bool:
    return here is not None and there is not None and distance_m(here, there) < NEAR_M


def _plain(address: str) -> str:
    return " ".join(address.casefold().split())
