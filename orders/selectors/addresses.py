"""Where a client is likely to be taken from now: saved addresses and those of earlier trips, likeliest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from orders import likely as judging
from orders.models import ClientAddress, Order

LOOKED_BACK = 50  # trips
MOST = 9  # one for each key


@dataclass(frozen=True)
class Likely:
    """`destination`: where the newest trip from there went. `label`: what the client calls a saved one ("home")."""

    address: str
    destination: str = ""
    label: str = ""
    entrance: str = ""
    flat: str = ""
    comment: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass
class _Place:
    saved: ClientAddress | None = None
    newest: Order | None = None
    trips: list[datetime] = field(default_factory=list)


def likely(client_id: int, now: datetime | None = None) -> Sequence[Likely]:
    """At most one for each of the keys 1 to 9. Two queries."""
    saved = list(ClientAddress.objects.filter(client=client_id))
    past = list(Order.objects.filter(client=client_id).order_by("-pk")[:LOOKED_BACK])
    return rank(saved, past, now or timezone.now())


def rank(saved: Sequence[ClientAddress], past: Sequence[Order], now: datetime) -> Sequence[Likely]:
    """`past`: newest first."""
    places: dict[str, _Place] = {}
    for address in saved:
        places.setdefault(_key(address.address), _Place()).saved = address
    for order in past:
        place = places.setdefault(_key(order.pickup), _Place())
        place.newest = place.newest or order
        place.trips.append(timezone.localtime(order.pickup_at or order.created_at))
    local = timezone.localtime(now)
    scored = {
        key: judging.score(place.trips, local, saved=int(place.saved is not None)) for key, place in places.items()
    }
    best = sorted(places, key=lambda key: -scored[key])[:MOST]
    return [_likely(places[key]) for key in best]


def _likely(place: _Place) -> Likely:
    destination = place.newest.destination if place.newest else ""
    if place.saved:
        at = place.saved
        return Likely(at.address, destination, at.label, at.entrance, at.flat, at.comment, at.latitude, at.longitude)
    assert place.newest is not None
    last = place.newest
    return Likely(
        last.pickup,
        destination,
        entrance=last.pickup_entrance,
        flat=last.pickup_flat,
        latitude=last.pickup_latitude,
        longitude=last.pickup_longitude,
    )


def _key(address: str) -> str:
    return " ".join(address.casefold().split())
