"""Offers: an order is put to a driver, who takes it, refuses it, or lets it run out.

Whatever ends an offer holds the lock of its order's row, so that each has one end; the constraints of the rows settle
the rest: one live offer a driver, and save to all at once, one live offer an order.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.staff.refusal import Refused
from orders import facts, reasons, wording
from orders.actors import SYSTEM, Actor
from orders.flow import Refusal, State
from orders.matching import may_be_next
from orders.models import Driver, Offer, OfferPhase, OfferState, Order, OrderEvent, Search
from orders.models.offer import ASKED
from orders.selectors import candidates
from orders.services import assignment, lifecycle

CHOSEN = {"kind": "chosen"}


def offer(
    *, order_id: int, call_sign: str, actor: Actor, version: int | None = None, accepted: Collection[str] = ()
) -> Offer:
    """Put the order to the driver whom a person chose. Raises assignment.Doubtful, Refused, Order.DoesNotExist."""
    driver = assignment.find(call_sign)
    order = Order.objects.select_related("fleet", "search").get(pk=order_id)
    _driver, one = candidates.of_order(order, only=[driver.pk])[driver.pk]
    if one.busy_with is not None and not may_be_next(one):
        raise Refused(wording.busy(driver, facts.order_of(driver)))
    if one.holds_offer_of is not None:
        raise Refused(reasons.holds_offer(driver, one.holds_offer_of))
    assignment.ask_about(order, driver, accepted)
    fleet = candidates.fleet_of(order)
    return send(
        order_id=order_id,
        driver=driver,
        actor=actor,
        phase=OfferPhase.MANUAL,
        seconds=fleet.radius_offer_seconds if fleet else settings.OFFER_SECONDS,
        why=CHOSEN,
        version=version,
    )


def send(
    *,
    order_id: int,
    driver: Driver,
    actor: Actor,
    phase: OfferPhase,
    seconds: int,
    why: Mapping[str, Any],
    version: int | None = None,
) -> Offer:
    """One offer to one driver. Raises Refused: the order moved on, or he is being asked about another one."""
    with transaction.atomic():
        lifecycle.move(order_id=order_id, name="offer", actor=actor, version=version, driver=driver)
        return _write(order_id, driver, actor, phase, seconds, why)


def send_to_all(*, order_id: int, drivers: Collection[Driver], actor: Actor, version: int | None = None) -> list[Offer]:
    """The same order to many; whoever is first has it. Raises Refused when it moved on or nobody can be asked."""
    with transaction.atomic():
        lifecycle.move(order_id=order_id, name="broadcast", actor=actor, version=version)
        sent = []
        for driver in sorted(drivers, key=_key):  # always in one order: two such never wait in a ring
            try:
                sent.append(
                    _write(order_id, driver, actor, OfferPhase.BROADCAST, settings.BROADCAST_SECONDS, {"kind": "all"})
                )
            except Refused:  # he is being asked about another order just now
                continue
            lifecycle.tell_driver(driver)
        if not sent:
            raise Refused(reasons.nobody_to_ask())
    return sent


def broadcast(*, order_id: int, actor: Actor, version: int | None = None) -> list[Offer]:
    """Offer to all who could, because a person wants it so. Raises Refused, Order.DoesNotExist."""
    order = Order.objects.select_related("fleet", "search").get(pk=order_id)
    return send_to_all(order_id=order_id, drivers=candidates.for_all(order), actor=actor, version=version)


def accept(*, offer_id: int, actor: Actor) -> Offer:
    """The driver takes it. While he sets another client down it is kept for him as the next one.

    Pressed twice it is done once. Raises Refused (too late, he is busy), Offer.DoesNotExist (not his).
    """
    with transaction.atomic():
        mine, order = _lock(offer_id, actor)
        if mine.state in (OfferState.ACCEPTED, OfferState.RESERVED):
            return mine
        if mine.is_over():
            raise Refused(reasons.too_late(mine, order))
        current = facts.order_of(mine.driver)
        if current is not None:
            return _keep_for(mine, order, current, actor)
        take(mine, actor)
    mine.refresh_from_db()
    return mine


def take(mine: Offer, actor: Actor) -> None:
    """The order becomes the driver's; the others who were asked hear that it is gone. Call it with the order locked."""
    others = Offer.objects.live().filter(order=mine.order_id).exclude(pk=mine.pk)
    gone = [other.driver for other in others.select_related("driver")]
    others.close(OfferState.RECALLED, timezone.now())
    lifecycle.move(order_id=mine.order_id, name="accept", actor=actor, driver=mine.driver)
    for driver in gone:
        lifecycle.tell_driver(driver)


def refuse(*, offer_id: int, actor: Actor, reason: str) -> Offer:
    """The driver does not want it; what is over already needs no refusal. Raises Refused, Offer.DoesNotExist."""
    with transaction.atomic():
        mine, order = _lock(offer_id, actor)
        if not mine.is_live:
            return mine
        others = Offer.objects.live().filter(order=order).exclude(pk=mine.pk).exists()
        if not others:
            lifecycle.move(order_id=order.pk, name="refuse", actor=actor, reason=reason, driver=mine.driver)
        else:
            end(mine, order, OfferState.REFUSED, reason)
    mine.refresh_from_db()
    return mine


def seen(*, offer_id: int, actor: Actor) -> None:
    """It is on his screen. Raises Offer.DoesNotExist."""
    with transaction.atomic():
        mine, order = _lock(offer_id, actor)
        if mine.state == OfferState.SENT:
            mine.state, mine.seen_at = OfferState.SEEN, timezone.now()
            mine.save(update_fields=["state", "seen_at"])
            lifecycle.publish_change(order)


def end(one: Offer, order: Order, state: OfferState, reason: str = "") -> None:
    """One of several who are asked at once drops out. Call it with the order locked."""
    Offer.objects.filter(pk=one.pk).close(state, timezone.now(), reason[: lifecycle.LONGEST_REASON])
    lifecycle.publish_change(order)
    lifecycle.tell_driver(one.driver)


def begin_next(driver: Driver) -> None:
    """He is free: the order that he took as the next one begins. Does nothing where there is none."""
    kept = Offer.objects.filter(driver=driver, state=OfferState.RESERVED).values_list("pk", flat=True).first()
    if kept is None or facts.order_of(driver) is not None:
        return
    with transaction.atomic():
        order = Order.objects.select_for_update().get(offers=kept)
        mine = Offer.objects.select_related("driver").get(pk=kept)
        if mine.state == OfferState.RESERVED and order.state == State.OFFERED:
            take(mine, SYSTEM)


def search_again(*, order_id: int, actor: Actor) -> OrderEvent:
    """Forget who refused, and begin with the first phase. Raises Refused, Order.DoesNotExist."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.state != State.SEARCHING:
            raise Refused(wording.refused(Refusal.WRONG_STATE, order))
        Search.objects.filter(order=order).delete()
        order.alarm = ""
        order.save(update_fields=["alarm"])
        event = OrderEvent.objects.create(
            order=order,
            at=timezone.now(),
            transition=facts.SEARCHED_AGAIN,
            actor=actor.person,
            actor_kind=actor.kind,
            source=actor.source,
        )
        journal.record(actor.person, f"order.{facts.SEARCHED_AGAIN}", order)
        lifecycle.publish_change(order)
    return event


def _key(driver: Driver) -> int:
    return driver.pk


def _lock(offer_id: int, actor: Actor) -> tuple[Offer, Order]:
    """His own offer, with its order locked."""
    order_id = Offer.objects.values_list("order", flat=True).get(pk=offer_id, driver__person=actor.person)
    order = Order.objects.select_for_update().get(pk=order_id)
    return Offer.objects.select_related("driver").get(pk=offer_id), order


def _write(
    order_id: int, driver: Driver, actor: Actor, phase: OfferPhase, seconds: int, why: Mapping[str, Any]
) -> Offer:
    now = timezone.now()
    try:
        with transaction.atomic():
            return Offer.objects.create(
                order_id=order_id,
                driver=driver,
                phase=phase,
                sent_at=now,
                expires_at=now + timedelta(seconds=seconds),
                why=dict(why),
                sent_by=actor.person,
            )
    except IntegrityError:  # one_live_offer_a_driver: another order was put to him between our look and our write
        raise Refused(reasons.holds_offer(driver)) from None


def _keep_for(mine: Offer, order: Order, current: Order, actor: Actor) -> Offer:
    """He finishes `current` first. An order that was put to all goes to whoever is free at once."""
    if current.state != State.ON_BOARD or mine.phase == OfferPhase.BROADCAST or mine.state not in ASKED:
        raise Refused(wording.busy(mine.driver, current))
    mine.state = OfferState.RESERVED
    mine.expires_at = timezone.now() + timedelta(minutes=settings.RESERVED_MINUTES)
    mine.save(update_fields=["state", "expires_at"])
    journal.record(actor.person, "order.reserved", order, driver=mine.driver.call_sign, by=actor.kind)
    lifecycle.publish_change(order)
    lifecycle.tell_driver(mine.driver)
    return mine
