"""What is open at this moment for one who calls."""

from collections.abc import Sequence

from django.db.models import Q

from orders.flow import BUSY_STATES
from orders.models import Order


def open_orders_of_client(*, client_id: int | None = None, phone: str = "") -> Sequence[Order]:
    """The open orders of a client, or made from a number (E.164), newest first. One query."""
    whose = Q(pk__in=[])
    if client_id is not None:
        whose |= Q(client=client_id)
    if phone:
        whose |= Q(phone=phone)
    return list(Order.objects.open().filter(whose).select_related("client", "driver__vehicle").order_by("-pk"))


def current_order_of_driver(driver_id: int) -> Order | None:
    """The order that the driver performs. One query."""
    performing = Order.objects.filter(driver=driver_id, state__in=BUSY_STATES)
    return performing.select_related("client", "driver__vehicle").first()
