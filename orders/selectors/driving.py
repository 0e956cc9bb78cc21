"""A driver's own page: his shift, what he is asked, what he drives, and how he reaches the office."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders import actors
from orders.flow import BUSY_STATES, State
from orders.models import (
    Driver,
    DriverBreak,
    DriverPosition,
    DriverShift,
    FleetNumber,
    Offer,
    OfferState,
    Order,
    Vehicle,
)
from orders.selectors import detail
from orders.selectors.detail import Detail

MOST_VEHICLES = 200
MOST_RESERVED = 50


@dataclass(frozen=True)
class Own:
    """`kept`: the order that he took as the next one; `reserved`: pre-orders that are kept for him. `office`: whom he
    rings for the dispatcher, E.164. `vehicles`: free ones, where he has no shift yet; his own first."""

    driver: Driver
    shift: DriverShift | None
    pause: DriverBreak | None
    current: Detail | None
    asked: Sequence[Offer]
    kept: Offer | None
    reserved: Sequence[Order]
    office: str
    position: DriverPosition | None
    place: int  # in the queue of his stand, 0: in none
    vehicles: Sequence[Vehicle]

    @property
    def may_want_next(self) -> bool:
        return self.current is not None and self.kept is None


def read(person_id: int) -> Own | None:
    """None: nobody's driver. Ten queries at most."""
    driver = Driver.objects.select_related("vehicle", "fleet", "person").filter(person=person_id).first()
    if driver is None:
        return None
    shift = DriverShift.objects.select_related("vehicle").filter(driver=driver, ended_at=None).first()
    pause = shift.breaks.filter(ended_at=None).first() if shift else None
    performed = Order.objects.filter(driver=driver, state__in=BUSY_STATES).select_related("client", "fleet", "driver")
    order = performed.first()
    offers = Offer.objects.live().filter(driver=driver).select_related("order__client", "order__fleet")
    live = list(offers.prefetch_related("order__stops"))
    position = DriverPosition.objects.select_related("stand").filter(driver=driver).first()
    me = actors.driver(driver.person) if driver.person else None
    return Own(
        driver=driver,
        shift=shift,
        pause=pause,
        current=detail.detail(order, me) if order else None,
        asked=[offer for offer in live if offer.state != OfferState.RESERVED],
        kept=next((offer for offer in live if offer.state == OfferState.RESERVED), None),
        reserved=list(driver.reserved.filter(state=State.SCHEDULED).order_by("pickup_at", "pk")[:MOST_RESERVED]),
        office=_office(driver, order),
        position=position,
        place=_place(position),
        vehicles=[] if shift else _free_vehicles(driver),
    )


def _office(driver: Driver, order: Order | None) -> str:
    """The city number of the order's fleet, else of his own, else of the default one."""
    numbers = FleetNumber.objects.order_by("-fleet__is_default", "pk").values_list("fleet", "e164")
    by_fleet: dict[int, str] = {}
    for fleet, number in numbers:
        by_fleet.setdefault(fleet, number)
    wanted = [order.fleet_id if order else None, driver.fleet_id]
    return next((by_fleet[fleet] for fleet in wanted if fleet in by_fleet), next(iter(by_fleet.values()), ""))


def _place(position: DriverPosition | None) -> int:
    if position is None or position.stand is None or position.stand_since is None:
        return 0
    return DriverPosition.objects.filter(stand=position.stand, stand_since__lt=position.stand_since).count() + 1


def _free_vehicles(driver: Driver) -> list[Vehicle]:
    in_use = DriverShift.objects.filter(ended_at=None).exclude(vehicle=None).values("vehicle")
    free = Vehicle.objects.exclude(pk__in=in_use).order_by("plate")[:MOST_VEHICLES]
    return sorted(free, key=lambda vehicle: vehicle.pk != driver.vehicle_id)
