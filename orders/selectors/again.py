"""What stands in the intake form of an order like an earlier one, as its draft keeps it."""

from orders import numbers, phones, sight, spots, trip
from orders.models import ClientPhone, Order
from orders.sight import Sight
from orders.spots import Spot


def repeated(order: Order, eye: Sight) -> dict[str, object]:
    """The same trip, now. Nothing is said of its time and its flight. Two queries."""
    said = trip.of(order)
    return _common(order, eye) | {
        **_end("pickup", Spot(said.pickup, said.pickup_point)),
        "pickup_entrance": said.pickup_entrance,
        "pickup_flat": said.pickup_flat,
        **_end("destination", Spot(said.destination, said.destination_point)),
        "stop": [spot.address for spot in said.stops],
        "stop_point": [spots.mark(spot) for spot in said.stops],
        "waits_and_returns": "on" if said.waits_and_returns else "",
    }


def way_back(order: Order, eye: Sight) -> dict[str, object]:
    """The other way round. Two queries."""
    said = trip.of(order)
    return _common(order, eye) | {
        **_end("pickup", Spot(said.destination, said.destination_point)),
        **_end("destination", Spot(said.pickup, said.pickup_point)),
        "stop": [spot.address for spot in reversed(said.stops)],
        "stop_point": [spots.mark(spot) for spot in reversed(said.stops)],
    }


def _common(order: Order, eye: Sight) -> dict[str, object]:
    account = order.account if order.account and order.account.is_active else None
    is_whole = sight.sees_whole(eye, is_open=not order.is_closed)
    return {
        "phone": _phone(order, is_whole),
        "client": str(order.client_id or ""),
        "comment": order.comment,
        "office_note": order.office_note,
        "passengers": str(order.passengers),
        "passenger_name": order.passenger_name,
        "callback_phone": numbers.national(order.callback_phone) if is_whole and order.callback_phone else "",
        "service_class": order.service_class,
        "options": list(order.options),
        "payment": order.payment if account or order.payment != "account" else "cash",
        "account": str(account.pk) if account else "",
        "fleet": str(order.fleet_id) if order.fleet and order.fleet.is_active else "",
    }


def _phone(order: Order, is_whole: bool) -> str:
    """A masked number stands for one of the client's own, and for no other."""
    if is_whole or not order.phone:
        return numbers.national(order.phone) if order.phone else ""
    is_own = ClientPhone.objects.filter(client=order.client_id, e164=order.phone).exists()
    return phones.masked(order.phone) if is_own else ""


def _end(name: str, spot: Spot) -> dict[str, object]:
    return {name: spot.address, f"{name}_point": spots.mark(spot)}
