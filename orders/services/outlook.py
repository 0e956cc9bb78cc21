"""What a change of an order would lead to, said before it is saved: whether its driver stays, and what it costs."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils import timezone

from orders import matching, trip
from orders.flow import State
from orders.matching import Concern, Doubt
from orders.models import Driver, Order
from orders.selectors import candidates
from orders.services import pricing
from orders.trip import Wording
from places.geo import distance_m

SAME_PLACE_M = 300
SAME_TIME = timedelta(minutes=15)
HELD_STATES = frozenset({State.OFFERED, State.ASSIGNED, State.EN_ROUTE, State.ARRIVED})  # a driver may lose it
OF_THE_CAR = frozenset({Concern.WRONG_FLEET, Concern.WRONG_CLASS, Concern.NO_OPTIONS, Concern.FEW_SEATS})
WISHES = frozenset({"service_class", "options", "passengers", "fleet"})
TIMES = frozenset({"pickup_at", "release_minutes"})


class Moved(StrEnum):
    PLACE = "place"
    TIME = "time"
    WISHES = "wishes"  # and nobody knows yet who of those asked would fit them


@dataclass(frozen=True)
class Outlook:
    """`step`: what the order goes through besides, "release" or "postpone". Prices None: not known."""

    order: Order
    moved: tuple[Moved, ...] = ()
    doubts: tuple[Doubt, ...] = ()  # what the change would have against its driver
    step: str = ""
    price: Decimal | None = None
    currency: str = ""

    @property
    def restarts(self) -> bool:
        return bool(self.moved or self.doubts)

    @property
    def driver(self) -> Driver | None:
        return self.order.driver

    @property
    def is_dearer_or_cheaper(self) -> bool:
        return (self.price, self.currency) != (self.order.price, self.order.currency)


def of(order: Order, wanted: Wording) -> Outlook:
    """Of an order that is not closed. Nothing is saved; a dozen queries and the routing engine's time limit at most."""
    said, now = trip.of(order), timezone.now()
    changed = {name for name, text in trip.texts(wanted).items() if text != trip.texts(said)[name]}
    then, is_held = _as_if(order, wanted, changed), order.state in HELD_STATES
    moved = tuple(_moved(order, said, wanted, changed, now)) if is_held else ()
    doubts = _doubts(order, then, now) if is_held and changed & WISHES else ()
    restarts, is_retimed = bool(moved or doubts), bool(changed & TIMES)
    return Outlook(
        order=order,
        moved=moved,
        doubts=doubts,
        step=_step(order, then, now) if restarts or (is_retimed and not is_held) else "",
        price=then.price,
        currency=then.currency,
    )


def _as_if(order: Order, wanted: Wording, changed: set[str]) -> Order:
    then = copy(order)
    for name in changed & set(trip.COLUMNS):
        setattr(then, name, trip.column(wanted, name))
    for name in changed & set(trip.PLACED):
        trip.put(then, name, getattr(wanted, f"{name}_point"))
    then.release_at = then.release_moment()
    if pricing.changes_price(changed):
        pricing.reprice(then, stops=trip.stops_of(wanted))
    return then


def _moved(order: Order, said: Wording, wanted: Wording, changed: set[str], now: datetime) -> list[Moved]:
    found = []
    if "pickup" in changed and not _is_same_place(said, wanted):
        found.append(Moved.PLACE)
    if "pickup_at" in changed and abs((wanted.pickup_at or now) - (said.pickup_at or now)) > SAME_TIME:
        found.append(Moved.TIME)
    if order.state == State.OFFERED and order.driver is None and changed & WISHES:
        found.append(Moved.WISHES)
    return found


def _is_same_place(said: Wording, wanted: Wording) -> bool:
    here, there = said.pickup_point, wanted.pickup_point
    return here is not None and there is not None and distance_m(here, there) <= SAME_PLACE_M


def _doubts(order: Order, then: Order, now: datetime) -> tuple[Doubt, ...]:
    """Of the car, and only what was not so before: who insisted on this driver once is not asked again."""
    if order.driver is None:
        return ()
    _driver, one = candidates.of_order(order, only=[order.driver.pk])[order.driver.pk]
    before, after = (
        matching.doubts(candidates.wanted(each, candidates.fleet_of(each), now), one, now) for each in (order, then)
    )
    return tuple(doubt for doubt in after if doubt.concern in OF_THE_CAR and doubt not in before)


def _step(order: Order, then: Order, now: datetime) -> str:
    state = State.SEARCHING if order.state in HELD_STATES else order.state
    return {(State.SCHEDULED, False): "release", (State.SEARCHING, True): "postpone"}.get(
        (State(state), then.is_for_later(now)), ""
    )
