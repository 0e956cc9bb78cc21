"""Who could drive an order: every driver on shift with all that speaks for and against him."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Prefetch
from django.utils import timezone

from orders import facts
from orders.flow import BUSY_STATES, State
from orders.matching import NEVER, UNSAID, Candidate, Concern, Doubt, Wanted, doubts, fits, may_be_next
from orders.models import (
    ClientDriverBlock,
    Driver,
    DriverBreak,
    DriverPosition,
    DriverShift,
    Fleet,
    Offer,
    OfferState,
    Order,
    OrderEvent,
)
from places.geo import Point, distance_m

MOST = 12  # on the panel
SAID_NO = (OfferState.REFUSED, OfferState.EXPIRED)
GAVE_BACK = ("hand_back", "unassign")
FOR_ALL = {Concern.REFUSED, Concern.NO_POSITION, Concern.STALE}  # do not keep one from being asked with all others


@dataclass(frozen=True)
class Likely:
    """One line of the panel."""

    driver: Driver
    candidate: Candidate
    doubts: tuple[Doubt, ...]

    @property
    def may_be_assigned(self) -> bool:
        return not any(doubt.concern in NEVER for doubt in self.doubts)

    @property
    def may_be_asked(self) -> bool:
        """He can answer, in a page of his own, and is free or will be soon."""
        return self.driver.person_id is not None and (self.may_be_assigned or may_be_next(self.candidate))


def fleet_of(order: Order) -> Fleet | None:
    """The order's, or the one for orders that came by no number of a fleet. At most one query."""
    return order.fleet or Fleet.objects.filter(is_default=True, is_active=True).first()


def wanted(order: Order, fleet: Fleet | None, now: datetime) -> Wanted:
    return Wanted(
        service_class=order.service_class,
        options=frozenset(order.options),
        seats=order.passengers,
        fleet_id=fleet.pk if fleet else None,
        position_minutes=fleet.position_minutes if fleet else Fleet._meta.get_field("position_minutes").default,
        is_now=not order.is_for_later(now),
    )


def of_order(order: Order, *, only: Iterable[int] | None = None) -> dict[int, tuple[Driver, Candidate]]:
    """Drivers by key: those on shift, or `only` these, on shift or not. Nine queries, however many they are."""
    found = Driver.objects.filter(on_shift=True) if only is None else Driver.objects.filter(pk__in=only)
    shifts = DriverShift.objects.filter(ended_at=None).select_related("vehicle")
    breaks = DriverBreak.objects.filter(ended_at=None)
    drivers = list(
        found.select_related("vehicle", "position").prefetch_related(
            Prefetch("shifts", shifts.prefetch_related(Prefetch("breaks", breaks, to_attr="now")), to_attr="now")
        )
    )
    keys = [driver.pk for driver in drivers]
    busy = {
        o.driver_id: o for o in Order.objects.filter(driver__in=keys, state__in=BUSY_STATES).only("state", "driver")
    }
    asked = dict(Offer.objects.live().filter(driver__in=keys).exclude(order=order.pk).values_list("driver", "order"))
    blocks = dict(
        ClientDriverBlock.objects.filter(client=order.client_id, driver__in=keys).values_list("driver", "reason")
        if order.client_id
        else ()
    )
    said_no = refused_by(order) if order.pk else set()
    places = _places()
    return {
        driver.pk: (driver, _candidate(order, driver, busy.get(driver.pk), asked, blocks, said_no, places))
        for driver in drivers
    }


def likely(order: Order) -> Sequence[Likely]:
    """For the panel: those who fit first, the nearest of them first, then the rest. Ten queries."""
    now = timezone.now()
    wish = wanted(order, fleet_of(order), now)
    lines = [Likely(driver, one, doubts(wish, one, now)) for driver, one in of_order(order).values()]
    return sorted(lines, key=_by_likelihood)[:MOST]


def nearest(order: Order) -> Candidate | None:
    """The car that would be there first, of those that the house would send by itself; also of an order that is only
    being typed. None: nobody, or nobody knows where the client is. Seven queries."""
    if order.pickup_latitude is None:
        return None
    now = timezone.now()
    wish = wanted(order, fleet_of(order), now)
    fitting = (one for _driver, one in of_order(order).values() if one.metres is not None and fits(wish, one, now))
    return min(fitting, key=lambda one: one.metres or 0, default=None)


def doubts_about(order: Order, driver: Driver) -> tuple[Doubt, ...]:
    """All that speaks against one driver. Nine queries."""
    now = timezone.now()
    _driver, one = of_order(order, only=[driver.pk])[driver.pk]
    return doubts(wanted(order, fleet_of(order), now), one, now)


def for_all(order: Order) -> list[Driver]:
    """Who may be asked when all are: whether he refused before, and where he is, does not count then. Nine queries."""
    now = timezone.now()
    wish = wanted(order, fleet_of(order), now)
    known = of_order(order).values()
    return [driver for driver, one in known if {d.concern for d in doubts(wish, one, now)} <= FOR_ALL]


def refused_by(order: Order) -> set[int]:
    """Who is not asked again: who said no since the search began, and who ever gave the order back. Three queries."""
    began = facts.search_began_at(order)
    answers = Offer.objects.filter(order=order, state__in=SAID_NO)
    if began is not None:
        answers = answers.filter(sent_at__gte=began)
    gave_back = OrderEvent.objects.filter(order=order, transition__in=GAVE_BACK, driver__isnull=False)
    return set(answers.values_list("driver", flat=True)) | set(gave_back.values_list("driver", flat=True))


def _places() -> Mapping[int, int]:
    """driver → his place in the queue of his stand. One query."""
    waiting = DriverPosition.objects.exclude(stand=None).order_by("stand", "stand_since", "driver")
    queues = groupby(waiting.values_list("stand", "driver"), key=lambda row: row[0])
    return {driver: place for _stand, queue in queues for place, (_, driver) in enumerate(queue, start=1)}


def _candidate(
    order: Order,
    driver: Driver,
    busy: Order | None,
    asked: Mapping[int, int],
    blocks: Mapping[int, str],
    said_no: set[int],
    places: Mapping[int, int],
) -> Candidate:
    shift: DriverShift | None = next(iter(driver.now), None)  # type: ignore[attr-defined]
    vehicle = (shift.vehicle if shift else None) or driver.vehicle
    position: DriverPosition | None = getattr(driver, "position", None)
    busy_with = busy.pk if busy and busy.pk != order.pk else None
    return Candidate(
        driver_id=driver.pk,
        call_sign=driver.call_sign,
        on_shift=driver.on_shift,
        on_break=bool(shift and shift.now),  # type: ignore[attr-defined]
        busy_with=busy_with,
        is_last_mile=bool(busy_with and busy and busy.state == State.ON_BOARD),
        takes_next=bool(shift and shift.takes_next),
        holds_offer_of=asked.get(driver.pk),
        fleet_id=driver.fleet_id,
        classes=frozenset(vehicle.classes) if vehicle else None,
        options=frozenset(vehicle.options) if vehicle else frozenset(),
        seats=vehicle.seats if vehicle else 0,
        blocked=blocks.get(driver.pk),
        refused=driver.pk in said_no,
        seen_at=position.at if position else None,
        metres=_metres(order, position),
        stand_id=position.stand_id if position else None,
        place=places.get(driver.pk),
        shift_ends_at=shift.ends_at if shift else None,
    )


def _metres(order: Order, position: DriverPosition | None) -> int | None:
    if position is None or order.pickup_latitude is None or order.pickup_longitude is None:
        return None
    pickup = Point(order.pickup_latitude, order.pickup_longitude)
    return round(distance_m(pickup, Point(position.latitude, position.longitude)))


def _by_likelihood(line: Likely) -> tuple[bool, int, bool, int, int, str]:
    one = line.candidate
    return (
        not line.may_be_assigned,
        sum(doubt.concern not in UNSAID for doubt in line.doubts),
        one.metres is None,
        one.metres or 0,
        one.place or 10**6,
        one.call_sign,
    )
