"""The price of an order: frozen with its version and its lines when the order is taken; worked out anew, by the same
version, when the trip becomes another one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from orders.flow import State
from orders.models import Fleet, KeptQuote, Order, OrderStop
from orders.selectors.pricing import Quote, quote, quote_by, sketch_of

PRICED_BY = frozenset(  # what the price hangs on
    {
        "destination",
        "destination_latitude",
        "destination_longitude",
        "fleet",
        "options",
        "passengers",
        "pickup",
        "pickup_at",
        "pickup_latitude",
        "pickup_longitude",
        "service_class",
        "stops",
        "waits_and_returns",
    }
)
WRITTEN = ("fleet", "zone", "tariff_version", "price", "currency", "price_lines", "distance_m", "duration_s")


def price(order: Order, *, at: datetime, stops: Sequence[OrderStop] = ()) -> None:
    """Give an order that is about to be saved its fleet and its price; it may be saved without a price."""
    if order.fleet_id is None:
        order.fleet = Fleet.objects.filter(is_default=True).first()
    put(order, quote(sketch_of(order, stops), at=at))


def agree(order: Order, kept: KeptQuote) -> None:
    """What was said to the client holds, whatever such a trip costs by now. Does not save."""
    order.fleet = kept.fleet
    order.tariff_version_id = kept.tariff_version_id
    order.price, order.currency, order.price_lines = kept.price, kept.currency, kept.price_lines
    order.distance_m, order.duration_s = kept.distance_m, kept.duration_s


def reprice(order: Order, *, stops: Sequence[OrderStop] | None = None) -> tuple[str, ...]:
    """After a change of the trip, and of the waiting: by the order's own version, unless its class or fleet is another
    one now. A price that came without a version was agreed, and stays.

    Does not save; returns the fields to be written.
    """
    if order.price is not None and order.tariff_version_id is None:
        return ()
    version = order.tariff_version
    sketch = sketch_of(order, list(order.stops.all()) if stops is None and order.pk else stops or (), waited_s(order))
    stays = version and (version.tariff.service_class, version.tariff.fleet_id) == (order.service_class, order.fleet_id)
    found = quote_by(version, sketch, at=order.created_at) if version and stays else quote(sketch, at=order.created_at)
    put(order, found)
    return WRITTEN


def charge_waiting(order: Order) -> None:
    """The client is on board: what the car waited for is in the price from now on. Saves; does not publish."""
    if order.tariff_version_id and waited_s(order):
        order.save(update_fields=reprice(order))


def put(order: Order, found: Quote | None) -> None:
    """What is known only at least is no price: the order keeps the lines, and its price is said at the end."""
    order.tariff_version = found.version if found else None
    order.price = found.total if found and not found.is_least else None
    order.currency = found.price.currency if found else ""
    order.price_lines = [line.data() for line in found.price.lines] if found else []
    order.distance_m = found.distance_m if found else None
    order.duration_s = found.duration_s if found else None
    if found and found.zone:
        order.zone = found.zone


def changes_price(fields: Iterable[str]) -> bool:
    return not PRICED_BY.isdisjoint(fields)


def text(amount: Decimal | None, currency: str) -> str:
    """As the history keeps it: "310.50 RUB"; empty where there is no price."""
    return "" if amount is None else f"{amount:.2f} {currency}"


def waited_s(order: Order) -> int:
    """How long the car stood at the pick-up before the client came, in seconds; not before the time that was agreed."""
    came: datetime | None = None
    waited = timedelta()
    for at, state in order.events.order_by("id").values_list("at", "to_state") if order.pk else ():
        if state == State.ARRIVED:
            came = came or max(at, order.pickup_at or at)
        elif state == State.ON_BOARD and came:
            waited, came = max(timedelta(), at - came), None
        elif state not in (State.ARRIVED, State.ON_BOARD, ""):
            came = None
    return int(waited.total_seconds())
