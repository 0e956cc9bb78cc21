"""What an order says of a trip: the fields that people type, whoever took it and however often it was changed since."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from orders import spots
from orders.models import Account, Fleet, Order, OrderStop, Payment, ServiceClass
from orders.spots import Spot
from places.geo import Point


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Numbers are E.164. `pickup_at` None: as soon as possible. A point is None where nobody knows it."""

    phone: str
    pickup: str
    pickup_point: Point | None = None
    pickup_entrance: str = ""
    pickup_flat: str = ""
    pickup_at: datetime | None = None
    stops: tuple[Spot, ...] = ()
    destination: str = ""
    destination_point: Point | None = None
    comment: str = ""
    office_note: str = ""
    passengers: int = 1
    passenger_name: str = ""
    callback_phone: str = ""
    flight: str = ""
    service_class: str = ServiceClass.ECONOMY
    options: tuple[str, ...] = ()
    waits_and_returns: bool = False
    payment: str = Payment.CASH
    account: Account | None = None
    fleet: Fleet | None = None
    release_minutes: int | None = None
    is_on_hold: bool = False


COLUMNS = (
    "phone",
    "pickup",
    "pickup_entrance",
    "pickup_flat",
    "pickup_at",
    "destination",
    "comment",
    "office_note",
    "passengers",
    "passenger_name",
    "callback_phone",
    "flight",
    "service_class",
    "options",
    "waits_and_returns",
    "payment",
    "account",
    "fleet",
    "release_minutes",
    "is_on_hold",
)  # of the order, by the same names here
FIELDS = (*COLUMNS, "stops")
PLACED = ("pickup", "destination")  # each with two more columns for where it is


def of(order: Order) -> Wording:
    """One query for the stops; account and fleet should have been fetched along."""
    columns: dict[str, Any] = {name: getattr(order, name) for name in COLUMNS}
    columns["options"] = tuple(sorted(order.options))
    return Wording(
        **columns,
        pickup_point=point(order, "pickup"),
        destination_point=point(order, "destination"),
        stops=tuple(spots.at(stop.address, stop.latitude, stop.longitude) for stop in order.stops.all()),
    )


def joined(now: Wording, mine: Wording, names: Iterable[str]) -> Wording:
    """`now` with these fields as they are in `mine`, each address with its place."""
    places = {f"{name}_point" for name in PLACED if name in names}
    return replace(now, **{name: getattr(mine, name) for name in {*names, *places}})


def unknown(said: Wording) -> list[str]:
    """The addresses of which nobody knows where they are."""
    ends = [(said.pickup, said.pickup_point), *((stop.address, stop.point) for stop in said.stops)]
    ends.append((said.destination, said.destination_point))
    return [address for address, where in ends if address and where is None]


def order_of(said: Wording) -> Order:
    """A new order that says so, not saved; its stops are put beside it once it is."""
    order = Order(**{name: column(said, name) for name in COLUMNS})
    for name in PLACED:
        put(order, name, getattr(said, f"{name}_point"))
    return order


def column(said: Wording, name: str) -> Any:
    return sorted(said.options) if name == "options" else getattr(said, name)


def stops_of(said: Wording) -> list[OrderStop]:
    """Not saved, and of no order yet."""
    return [
        OrderStop(place=place, address=spot.address, latitude=spot.latitude, longitude=spot.longitude)
        for place, spot in enumerate(said.stops, start=1)
    ]


def put_stops(order: Order, said: Wording) -> None:
    """These and no others. Two queries."""
    order.stops.all().delete()
    stops = stops_of(said)
    for stop in stops:
        stop.order = order
    OrderStop.objects.bulk_create(stops)


def point(order: Order, name: str) -> Point | None:
    return spots.at("", getattr(order, f"{name}_latitude"), getattr(order, f"{name}_longitude")).point


def put(order: Order, name: str, where: Point | None) -> None:
    setattr(order, f"{name}_latitude", where.latitude if where else None)
    setattr(order, f"{name}_longitude", where.longitude if where else None)


def texts(said: Wording) -> dict[str, str]:
    """Each field as history keeps and compares it: times in UTC, companies and fleets by name, one stop to a line."""
    return {name: _text(getattr(said, name)) for name in FIELDS}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple):
        return "\n".join(part.address if isinstance(part, Spot) else part for part in value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
