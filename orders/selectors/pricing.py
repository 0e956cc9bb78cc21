"""What a trip would cost: which fleet, which tariff, which version, how far. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from orders import pricing
from orders.models import Order, OrderStop, ServiceClass, TariffVersion
from orders.pricing import Price, Trip
from orders.spots import NOWHERE, Spot
from places import routing
from places.geo import Point
from places.models import Zone
from places.selectors import zones

FIXED = frozenset({"route", "zone_pair"})


@dataclass(frozen=True)
class Sketch:
    """What is known of a trip so far. `fleet_id` None: the default fleet. `pickup_at` None: as soon as possible."""

    pickup: Spot = NOWHERE
    destination: Spot = NOWHERE
    stops: tuple[Spot, ...] = ()
    fleet_id: int | None = None
    service_class: str = ServiceClass.ECONOMY
    pickup_at: datetime | None = None
    options: frozenset[str] = field(default_factory=frozenset)
    passengers: int = 1
    waits_and_returns: bool = False
    waiting_s: int = 0


@dataclass(frozen=True)
class Quote:
    """`is_least`: the way is not known, and the trip costs at least that. `zone` is of the pick-up."""

    version: TariffVersion
    price: Price
    is_least: bool = False
    distance_m: int | None = None
    duration_s: int | None = None
    zone: Zone | None = None

    @property
    def total(self) -> Decimal:
        return self.price.total


def quote(sketch: Sketch, *, at: datetime) -> Quote | None:
    """By the version that is valid when the trip begins; None: the fleet has no price for that. Three queries at most,
    and the routing engine's time limit."""
    version = version_for(sketch.fleet_id, sketch.service_class, sketch.pickup_at or at)
    return quote_by(version, sketch, at=at) if version else None


def quote_by(version: TariffVersion, sketch: Sketch, *, at: datetime) -> Quote:
    """By this version, whatever is valid now. Two queries at most."""
    points = [spot.point for spot in (sketch.pickup, *sketch.stops, sketch.destination)]
    known = [point for point in points if point]
    if sketch.waits_and_returns:
        known += known[:1]
    way = routing.estimate(known) if len(known) >= len(points) > 1 else None
    start = zones.at(points[0]) if points[0] else None
    end = zones.at(points[-1]) if points[-1] else None
    trip = Trip(
        at=timezone.localtime(sketch.pickup_at or at),
        distance_m=way.distance_m if way else 0,
        duration_s=way.duration_s if way else 0,
        waiting_s=sketch.waiting_s,
        from_zone=start.pk if start else None,
        to_zone=end.pk if end else None,
        start=sketch.pickup.address,
        end=sketch.destination.address,
        stops=len(sketch.stops),
        options=sketch.options,
        passengers=sketch.passengers,
        returns=sketch.waits_and_returns,
    )
    price = pricing.price(version.read_rates(), trip)
    return Quote(
        version=version,
        price=price,
        is_least=way is None and not any(line.code in FIXED for line in price.lines),
        distance_m=way.distance_m if way else None,
        duration_s=way.duration_s if way else None,
        zone=start,
    )


def version_for(fleet_id: int | None, service_class: str, moment: datetime) -> TariffVersion | None:
    """What this class of the fleet costs at `moment`; of the default fleet when none is named. One query."""
    versions = TariffVersion.objects.at(moment).filter(
        tariff__service_class=service_class, tariff__is_active=True, tariff__fleet__is_active=True
    )
    of_fleet = versions.filter(tariff__fleet=fleet_id) if fleet_id else versions.filter(tariff__fleet__is_default=True)
    return of_fleet.select_related("tariff__fleet").first()


def sketch_of(order: Order, stops: Sequence[OrderStop] = (), waiting_s: int = 0) -> Sketch:
    """The trip that an order says; no query."""
    return Sketch(
        pickup=Spot(order.pickup, point(order.pickup_latitude, order.pickup_longitude)),
        destination=Spot(order.destination, point(order.destination_latitude, order.destination_longitude)),
        stops=tuple(Spot(stop.address, point(stop.latitude, stop.longitude)) for stop in stops),
        fleet_id=order.fleet_id,
        service_class=order.service_class,
        pickup_at=order.pickup_at,
        options=frozenset(order.options),
        passengers=order.passengers,
        waits_and_returns=order.waits_and_returns,
        waiting_s=waiting_s,
    )


def point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else Point(latitude, longitude)
