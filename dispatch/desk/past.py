"""Orders with a past, for the demo town: each is walked through the state machine, step by step, at moments long gone.

The verbs of `orders.services` always act now; only here is history written, and only what the machine allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dispatch.staff.models import Person
from orders.facts import NOTES
from orders.flow import TRANSITIONS, ActorKind, DriverEffect, State, driver_effect
from orders.models import Client, Driver, Fleet, Order, OrderEvent
from orders.services import lifecycle, pricing
from places.selectors import directory


@dataclass(frozen=True)
class Step:
    name: str  # of orders.flow, or a note of orders.facts
    after: timedelta  # since the step before
    reason: str = ""
    by_whom: str = ""  # of a cancellation


@dataclass(frozen=True)
class Trip:
    client: Client
    phone: str  # E.164
    pickup: str
    destination: str
    asked_at: datetime
    steps: Sequence[Step]
    driver: Driver | None = None
    pickup_at: datetime | None = None
    comment: str = ""
    fleet: Fleet | None = None


def write(*, trip: Trip, by: Person) -> Order:
    """Save the order as it stands after its steps, with one event for each. Raises ValueError for an illegal step."""
    order = Order(
        client=trip.client,
        phone=trip.phone,
        phone_raw=trip.phone,
        pickup=trip.pickup,
        destination=trip.destination,
        pickup_at=trip.pickup_at,
        comment=trip.comment,
        fleet=trip.fleet,
        created_by=by,
        state=State.DRAFT,
        version=0,
    )
    _price(order, trip)
    at, events = trip.asked_at, []
    for step in trip.steps:
        at += step.after
        events.append(_note(order, step, at, by) if step.name in NOTES else _move(order, step, at, by, trip.driver))
    with transaction.atomic():
        order.save()
        Order.objects.filter(pk=order.pk).update(created_at=trip.asked_at)
        OrderEvent.objects.bulk_create(events)
    return order


def _price(order: Order, trip: Trip) -> None:
    """As it was priced when it was asked for, between places of the directory."""
    for end in ("pickup", "destination"):
        found = directory.resolve(getattr(order, end))
        if found:
            setattr(order, f"{end}_latitude", found.latitude)
            setattr(order, f"{end}_longitude", found.longitude)
    pricing.price(order, at=trip.asked_at)


def _move(order: Order, step: Step, at: datetime, by: Person, driver: Driver | None) -> OrderEvent:
    transition, before = TRANSITIONS[step.name], State(order.state)
    if before not in transition.sources or (transition.needs_reason and not step.reason):
        raise ValueError(f"{step.name} of an order that is {before}")
    effect = driver_effect(transition, before)
    concerned = driver if effect is DriverEffect.TAKE else order.driver
    if effect is not DriverEffect.KEEP:
        order.driver = driver if effect is DriverEffect.TAKE else None
    order.state, order.state_since, order.version = transition.target, at, order.version + 1
    return OrderEvent(
        order=order,
        at=at,
        transition=step.name,
        from_state=before,
        to_state=order.state,
        actor=by,
        actor_kind=ActorKind.DISPATCHER,
        driver=concerned,
        reason=step.reason,
        by_whom=lifecycle.whose_doing(transition.target, ActorKind.DISPATCHER, step.by_whom),
    )


def _note(order: Order, step: Step, at: datetime, by: Person) -> OrderEvent:
    return OrderEvent(
        order=order,
        at=at,
        transition=step.name,
        actor=by,
        actor_kind=ActorKind.DISPATCHER,
        driver=order.driver,
        reason=step.reason,
    )
