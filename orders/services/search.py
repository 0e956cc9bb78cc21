"""The house looks for a driver by itself: first by the queue of the stand, then by distance, at last by asking all.

Every moment at which something is due is a column. A step takes one order under its lock, skips what another worker has
in hand, and may be made by anybody at any time: a worker that dies in mid-offer is followed by the next one.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from dispatch.staff.refusal import Refused
from orders.actors import SYSTEM
from orders.flow import BUSY_STATES, State
from orders.matching import Candidate, by_distance, by_queue, fits, why
from orders.models import Alarm, Driver, Fleet, Offer, OfferPhase, OfferState, Order, Search
from orders.models.offer import ASKED
from orders.selectors import candidates
from orders.services import lifecycle, offers
from places.geo import Point, distance_m
from places.models import Stand
from places.selectors import zones

NEXT = {OfferPhase.QUEUE: OfferPhase.RADIUS, OfferPhase.RADIUS: OfferPhase.BROADCAST}

log = logging.getLogger(__name__)


def due(now: datetime) -> list[int]:
    """Orders of which something is to be done. Three queries."""
    performing = Order.objects.filter(driver=OuterRef("driver"), state__in=BUSY_STATES)
    live = Offer.objects.live()
    over = Q(expires_at__lte=now - timedelta(seconds=settings.OFFER_GRACE_SECONDS))
    begins = Q(state=OfferState.RESERVED) & ~Exists(performing)
    cannot = Q(state__in=ASKED) & (Q(driver__on_shift=False) | Exists(performing.exclude(state=State.ON_BOARD)))
    offered = live.filter(over | begins | cannot).values_list("order", flat=True)
    lost = Order.objects.filter(~Exists(live.filter(order=OuterRef("pk"))), state=State.OFFERED)
    itself = Q(fleet__searches_by_itself=True)
    if Fleet.objects.filter(is_default=True, is_active=True, searches_by_itself=True).exists():
        itself |= Q(fleet=None)
    searched = Order.objects.filter(
        itself, Q(search=None) | Q(search__due_at__lte=now), state=State.SEARCHING, is_on_hold=False
    )
    found = [*offered, *lost.values_list("pk", flat=True), *searched.order_by("due_at").values_list("pk", flat=True)]
    return list(dict.fromkeys(found))


def step(order_id: int) -> bool:
    """Do what is due of one order. False: somebody else has it in hand, or nothing was."""
    with transaction.atomic():
        locked = Order.objects.select_for_update(skip_locked=True, of=("self",)).select_related("fleet", "search")
        order = locked.filter(pk=order_id).first()
        if order is None:
            return False
        now = timezone.now()
        if order.state == State.OFFERED:
            return _settle(order, now)
        if order.state == State.SEARCHING and not order.is_on_hold:
            return _look(order, now)
    return False


def _settle(order: Order, now: datetime) -> bool:
    """End what ran out, what the driver cannot answer any more; begin what was kept for one who is free now."""
    asked = list(Offer.objects.live().filter(order=order).select_related("driver"))
    busy = {
        row["driver"]: row["state"]
        for row in Order.objects.filter(driver__in=[o.driver_id for o in asked], state__in=BUSY_STATES).values(
            "driver", "state"
        )
    }
    for one in asked:
        if one.state == OfferState.RESERVED and one.driver_id not in busy:
            offers.take(one, SYSTEM)
            return True
    over = [one for one in asked if one.is_over(now)]
    away = [one for one in asked if one not in over and _cannot_answer(one, busy.get(one.driver_id))]
    if len(over) + len(away) == len(asked):
        lifecycle.move(order_id=order.pk, name="recall" if away and not over else "expire", actor=SYSTEM)
        return True
    for one in over:
        offers.end(one, order, OfferState.EXPIRED)
    for one in away:
        offers.end(one, order, OfferState.RECALLED)
    return bool(over or away)


def _cannot_answer(one: Offer, state: str | None) -> bool:
    return one.state in ASKED and (not one.driver.on_shift or state not in (None, State.ON_BOARD))


def _look(order: Order, now: datetime) -> bool:
    fleet = candidates.fleet_of(order)
    if fleet is None or not fleet.searches_by_itself:
        return False
    search: Search | None = getattr(order, "search", None)
    if search is None:
        search = _begin(order, fleet, now)
    elif search.due_at is None or search.due_at > now:
        return False
    known = candidates.of_order(order)
    wish = candidates.wanted(order, fleet, now)
    fitting = [one for _driver, one in known.values() if fits(wish, one, now)]
    if _asked_all(search, order):
        return _give_up(search, order)
    while search.phase != OfferPhase.BROADCAST:
        ranked = _ranked(search, order, fleet, fitting) if now < search.phase_ends_at else []
        if _offer_one_of(ranked, search, order, fleet, {pk: driver for pk, (driver, _one) in known.items()}):
            return True
        if search.phase == OfferPhase.RADIUS and now < search.phase_ends_at and order.pickup_latitude is not None:
            search.due_at = now + timedelta(seconds=settings.SEARCH_PAUSE_SECONDS)
            search.save(update_fields=["due_at"])
            return False
        _enter(search, OfferPhase(NEXT[OfferPhase(search.phase)]), fleet, now)
    try:
        offers.send_to_all(order_id=order.pk, drivers=candidates.for_all(order), actor=SYSTEM)
    except Refused:
        return _give_up(search, order)
    return True


def _begin(order: Order, fleet: Fleet, now: datetime) -> Search:
    if order.stand is None and (stand := _stand_for(order, fleet)):
        order.stand = stand
        order.save(update_fields=["stand"])
    search = Search(order=order, began_at=now)
    _enter(search, OfferPhase.QUEUE if order.stand_id else OfferPhase.RADIUS, fleet, now)
    return search


def _stand_for(order: Order, fleet: Fleet) -> Stand | None:
    """Whose queue is asked: the nearest stand of the pick-up's zone, else the nearest one within the fleet's radius."""
    if order.pickup_latitude is None or order.pickup_longitude is None:
        return None
    pickup = Point(order.pickup_latitude, order.pickup_longitude)
    zone = order.zone or zones.at(pickup)
    stands = Stand.objects.filter(is_active=True)
    far = {stand: distance_m(pickup, Point(stand.latitude, stand.longitude)) for stand in stands}
    of_zone = [stand for stand in far if zone is not None and stand.zone_id == zone.pk]
    near = of_zone or [stand for stand, metres in far.items() if metres <= fleet.radius_m]
    return min(near, key=lambda stand: far[stand], default=None)


def _enter(search: Search, phase: OfferPhase, fleet: Fleet, now: datetime) -> None:
    seconds = {OfferPhase.QUEUE: fleet.queue_total_seconds, OfferPhase.RADIUS: fleet.radius_total_seconds}
    search.phase, search.due_at = phase, now
    search.phase_ends_at = now + timedelta(seconds=seconds.get(phase, settings.BROADCAST_SECONDS))
    search.save()


def _ranked(search: Search, order: Order, fleet: Fleet, fitting: Iterable[Candidate]) -> list[Candidate]:
    if search.phase == OfferPhase.RADIUS:
        return by_distance(fleet.radius_m, fitting)
    return by_queue(order.stand_id, fitting) if order.stand_id else []


def _offer_one_of(
    ranked: list[Candidate], search: Search, order: Order, fleet: Fleet, drivers: dict[int, Driver]
) -> bool:
    is_queue = search.phase == OfferPhase.QUEUE
    for rank, one in enumerate(ranked, start=1):
        try:
            with transaction.atomic():
                offers.send(
                    order_id=order.pk,
                    driver=drivers[one.driver_id],
                    actor=SYSTEM,
                    phase=OfferPhase(search.phase),
                    seconds=fleet.queue_offer_seconds if is_queue else fleet.radius_offer_seconds,
                    why=why(one, rank, is_queue=is_queue),
                )
        except Refused as refusal:  # another order was put to him in this very moment: the next one, then
            log.debug("order %s: %s", order.pk, refusal.sentence)
            continue
        return True
    return False


def _asked_all(search: Search, order: Order) -> bool:
    return Offer.objects.filter(order=order, phase=OfferPhase.BROADCAST, sent_at__gte=search.began_at).exists()


def _give_up(search: Search, order: Order) -> bool:
    """It stays in the list, without a driver, with the reason beside it."""
    search.due_at = None
    search.save(update_fields=["due_at"])
    order.alarm = Alarm.NOBODY
    order.save(update_fields=["alarm"])
    lifecycle.publish_change(order)
    return True
