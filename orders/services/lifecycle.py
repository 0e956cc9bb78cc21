"""The only way to change an order's state: `enter` for a new order, `move` for every later transition.

One transaction each: lock the row, ask the machine, compare the version, write, one event, journal, publish, signal.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.live import publish
from dispatch.staff.refusal import Refused
from orders import facts, wording
from orders.actors import Actor
from orders.flow import (
    BUSY_STATES,
    TRANSITIONS,
    ActorKind,
    DriverEffect,
    Guard,
    State,
    Transition,
    driver_effect,
    refusal,
)
from orders.models import CalledOffBy, Driver, Offer, OfferState, Order, OrderEvent, OrderStop, Search
from orders.models.offer import ENDS
from orders.services import pricing
from orders.signals import order_moved, order_placed

OF_ITSELF = {State.NO_SHOW: CalledOffBy.CLIENT, State.UNFULFILLED: CalledOffBy.OFFICE}  # whose doing that end is
DOERS = {
    ActorKind.CLIENT: CalledOffBy.CLIENT,
    ActorKind.DRIVER: CalledOffBy.DRIVER,
    ActorKind.INTEGRATION: CalledOffBy.OTHER,
}
LONGEST_REASON = OrderEvent._meta.get_field("reason").max_length


def enter(*, order: Order, actor: Actor, reason: str = "", stops: Sequence[OrderStop] = ()) -> Order:
    """Save a new order, as a pre-order when its pick-up is far enough away, else to be searched for at once.

    It is priced now, unless it comes with its price. `stops`: not saved yet, in their order.
    """
    now = timezone.now()
    order.release_at = order.release_moment()
    name = "schedule" if order.is_for_later(now) else "place"
    why = refusal(State.DRAFT, name, actor.kind, facts.of(order, actor, now=now))
    if why:
        raise Refused(wording.refused(why, order))
    if order.tariff_version_id is None and order.price is None:
        pricing.price(order, at=now, stops=stops)
    with transaction.atomic():
        order.state = TRANSITIONS[name].target
        order.state_since = now
        order.created_by = actor.person
        order.source = actor.source
        order.save(force_insert=True)
        for place, stop in enumerate(stops, start=1):
            stop.order, stop.place = order, place
        OrderStop.objects.bulk_create(stops)
        event = _event(order, TRANSITIONS[name], State.DRAFT, actor, reason, now)
        _tell(order, event, actor)
        order_placed.send(Order, order=order, source=actor.source, actor=actor.person)
    return order


def move(
    *,
    order_id: int,
    name: str,
    actor: Actor,
    version: int | None = None,
    reason: str = "",
    by_whom: str = "",
    driver: Driver | None = None,
) -> OrderEvent:
    """Make the transition `name`. `version` is the one that the person saw; None: whatever it is now (timers).
    `by_whom` (CalledOffBy): whose doing a cancellation is; empty: of whoever makes it.

    Asked twice for the same thing, it answers with what was done the first time. Raises Refused, Order.DoesNotExist.
    """
    reason = reason.strip()[:LONGEST_REASON]
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        done = _done_before(order, name, actor, version, driver)
        if done:
            return done
        _check(order, name, actor, version, reason, driver)
        return _make(order, TRANSITIONS[name], actor, reason, by_whom, driver)


def whose_doing(end: State, kind: ActorKind, said: str) -> str:
    """Why there was no trip (CalledOffBy); empty where the order goes on, or there was one."""
    if end is State.CANCELLED:
        return said or DOERS.get(kind, CalledOffBy.OFFICE)
    return OF_ITSELF.get(end, "")


def publish_change(order: Order) -> None:
    publish.changed("orders", "order", order.pk)


def note(
    order: Order,
    name: str,
    actor: Actor,
    *,
    driver: Driver | None,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> OrderEvent:
    """One row of its history for what changes no state. In the caller's transaction, with the order locked."""
    return OrderEvent.objects.create(
        order=order,
        at=timezone.now(),
        transition=name,
        from_state=order.state,
        to_state=order.state,
        actor=actor.person,
        actor_kind=actor.kind,
        driver=driver,
        reason=reason,
        source=actor.source,
        changes=changes or {},
    )


def tell_driver(driver: Driver | None) -> None:
    """Have his own page drawn anew, where he has one."""
    if driver is not None and driver.person_id is not None:
        publish.changed(f"person.{driver.person_id}", "drive", driver.pk)


def _check(order: Order, name: str, actor: Actor, version: int | None, reason: str, driver: Driver | None) -> None:
    why = refusal(State(order.state), name, actor.kind, facts.of(order, actor, driver=driver, reason=reason))
    named = driver or order.driver
    if why is Guard.DRIVER_BUSY and named:
        raise Refused(wording.busy(named, facts.order_of(named)))
    if why:
        raise Refused(wording.refused(why, order))
    if version is not None and version != order.version:
        raise Refused(wording.overtaken(order, facts.last_hand(order)))


def _make(order: Order, step: Transition, actor: Actor, reason: str, by_whom: str, driver: Driver | None) -> OrderEvent:
    before, had, concerned = State(order.state), order.driver, driver or order.driver
    effect = driver_effect(step, before)
    if effect is DriverEffect.TAKE or (effect is DriverEffect.CONFIRM and driver):
        order.driver = driver
    elif effect is DriverEffect.DROP:
        order.driver = None
    order.state = step.target
    order.alarm = ""
    order.state_since = now = timezone.now()
    order.version += 1
    try:
        with transaction.atomic():  # a savepoint: the sentence below needs a transaction that still works
            order.save(update_fields=["state", "state_since", "driver", "version", "alarm"])
    except IntegrityError:
        # one_order_a_driver: somebody assigned him between our look and our write
        if concerned is None or step.target not in BUSY_STATES:
            raise
        raise Refused(wording.busy(concerned, facts.order_of(concerned))) from None
    event = _event(order, step, before, actor, reason, now, concerned, whose_doing(step.target, actor.kind, by_whom))
    asked = _settle_search(order, before, ENDS.get(step.name, OfferState.RECALLED), now, reason)
    if step.target is State.ON_BOARD:
        pricing.charge_waiting(order)
    _tell(order, event, actor)
    kept_for = order.reserved_for if before is State.SCHEDULED else None
    for one in {one for one in (had, order.driver, kept_for, *asked) if one is not None}:
        tell_driver(one)
    order_moved.send(Order, order=order, event=event, source=actor.source, actor=actor.person)
    return event


def _settle_search(order: Order, before: State, end: OfferState, now: datetime, reason: str) -> list[Driver]:
    """What becomes of its offers and its search when an order moves on. Returns the drivers who were asked."""
    asked: list[Driver] = []
    if before is State.OFFERED:
        open_offers = Offer.objects.live().filter(order=order)
        asked = [offer.driver for offer in open_offers.select_related("driver")]
        open_offers.close(end, now, reason)
        if order.state == State.SEARCHING:
            Search.objects.filter(order=order).exclude(due_at=None).update(due_at=now)
    elif order.state == State.SEARCHING:
        Search.objects.filter(order=order).delete()  # it begins anew, and whoever refused may be asked again
    return asked


def _event(
    order: Order,
    step: Transition,
    before: State,
    actor: Actor,
    reason: str,
    now: datetime,
    driver: Driver | None = None,
    by_whom: str = "",
) -> OrderEvent:
    return OrderEvent.objects.create(
        order=order,
        at=now,
        transition=step.name,
        from_state=before,
        to_state=order.state,
        actor=actor.person,
        actor_kind=actor.kind,
        driver=driver,
        reason=reason,
        by_whom=by_whom,
        source=actor.source,
    )


def _tell(order: Order, event: OrderEvent, actor: Actor) -> None:
    details = {"driver": event.driver.call_sign} if event.driver else {}
    if event.reason:
        details["reason"] = event.reason
    if event.by_whom:
        details["by_whom"] = event.by_whom
    journal.record(actor.person, f"order.{event.transition}", order, by=actor.kind, **details)
    publish_change(order)


def _done_before(
    order: Order, name: str, actor: Actor, version: int | None, driver: Driver | None
) -> OrderEvent | None:
    """The event of this very command, when its answer got lost and the page asks again."""
    if version is None or order.version != version + 1:
        return None
    last = order.events.exclude(transition__in=facts.NOTES).order_by("-id").first()
    if last is None or last.transition != name or last.actor_id != (actor.person.pk if actor.person else None):
        return None
    return last if driver is None or last.driver_id == driver.pk else None
