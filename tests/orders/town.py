"""Drivers at work in a small town: at stands, at so many metres from the Arbat, in cars that can or cannot."""

from datetime import datetime, timedelta

from django.utils import timezone

from dispatch.staff.models import Role
from orders.actors import Actor
from orders.models import Client, Driver, DriverPosition, DriverShift, Fleet, Offer, Order, Vehicle
from orders.services import lifecycle
from places.models import Stand
from tests.orders.conftest import ANNA, driver, person

ARBAT = (55.7520, 37.5929)
METRES_A_DEGREE = 111_195


def fleet(**how: object) -> Fleet:
    return Fleet.objects.create(**{"name": "City", "is_default": True, "searches_by_itself": True, **how})


def stand(name: str = "Arbat", north_m: int = 0, **how: object) -> Stand:
    return Stand.objects.create(name=name, latitude=ARBAT[0] + north_m / METRES_A_DEGREE, longitude=ARBAT[1], **how)


def square(metres: int) -> dict[str, object]:
    """An area so far around the Arbat."""
    up, across = metres / METRES_A_DEGREE, metres / METRES_A_DEGREE * 1.8
    south, north, west, east = ARBAT[0] - up, ARBAT[0] + up, ARBAT[1] - across, ARBAT[1] + across
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def at_work(call_sign: str, metres: int | None = None, *, waits_at: Stand | None = None, since: int = 0) -> Driver:
    """On shift with his own car and page; seen `metres` north of the Arbat; in the queue of a stand for `since` min."""
    one = driver(call_sign, person(f"d{call_sign}", Role.DRIVER))
    now = timezone.now()
    DriverShift.objects.create(driver=one, vehicle=one.vehicle, started_at=now - timedelta(hours=1))
    if metres is not None or waits_at:
        place = (waits_at.latitude, waits_at.longitude) if waits_at else ARBAT
        DriverPosition.objects.create(
            driver=one,
            latitude=place[0] + (metres or 0) / METRES_A_DEGREE,
            longitude=place[1],
            at=now,
            stand=waits_at,
            stand_since=now - timedelta(minutes=since) if waits_at else None,
        )
    return one


def ordered(actor: Actor, **fields: object) -> Order:
    """From the Arbat, now."""
    client = fields.pop("client", None) or Client.objects.create(name="Анна")
    order = Order(
        **{
            "client": client,
            "phone": ANNA,
            "pickup": "Арбат, 1",
            "pickup_latitude": ARBAT[0],
            "pickup_longitude": ARBAT[1],
            **fields,
        }
    )
    return lifecycle.enter(order=order, actor=actor)


def asked(order: Order) -> list[str]:
    """Call signs of those who are being asked, in the order in which they were."""
    return list(Offer.objects.live().filter(order=order).order_by("id").values_list("driver__call_sign", flat=True))


def car(one: Driver, **what: object) -> Vehicle:
    Vehicle.objects.filter(pk=one.vehicle_id).update(**what)
    one.refresh_from_db()
    return one.vehicle


def runs_out(order: Order) -> datetime:
    """The time of its live offers is over, and nobody answered."""
    gone = timezone.now() - timedelta(seconds=10)
    Offer.objects.live().filter(order=order).update(expires_at=gone)
    return gone
