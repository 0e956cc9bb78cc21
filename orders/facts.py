"""What the state machine must know of an order, read from the database."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from orders import wording
from orders.actors import Actor
from orders.flow import BUSY_STATES, ActorKind, Facts, State
from orders.models import Driver, Offer, Order, OrderEvent

CALLED, ASKED = "client_called", "client_asked"
CONTACTS = (CALLED, ASKED)
SEARCHED_AGAIN = "search_again"  # whoever refused may be asked again
NOTES = (*CONTACTS, SEARCHED_AGAIN)  # events that change neither field nor state, nor the version

GOES_ON = (State.OFFERED, State.SEARCHING)  # coming from there, a search goes on: an offer failed, a note was made


def of(
    order: Order, actor: Actor, *, driver: Driver | None = None, reason: str = "", now: datetime | None = None
) -> Facts:
    """For one command about to be made. At most four queries."""
    events = list(order.events.order_by("id")) if order.pk else []
    named = driver or order.driver
    other = order_of(named) if named else None
    return Facts(
        pickup_time=order.is_for_later(now or timezone.now()),
        driver_named=named is not None,
        driver_free=other is None or other.pk == order.pk,
        another_driver=driver is not None and driver.pk != order.driver_id,
        reason=bool(reason),
        client_called=was_called(events),
        client_asked=was_asked(events),
        own=_is_own(order, actor),
    )


def hoped(order: Order, actor: Actor, events: Sequence[OrderEvent]) -> Facts:
    """For the buttons: as if the person had already named a free driver and a reason. For a driver one query."""
    return Facts(
        pickup_time=order.is_for_later(timezone.now()),
        driver_named=True,
        driver_free=True,
        another_driver=True,
        reason=True,
        client_called=was_called(events),
        client_asked=was_asked(events),
        own=_is_own(order, actor),
    )


def was_called(events: Sequence[OrderEvent]) -> bool:
    """Whether somebody tried to ring the client since the car arrived. `events`: oldest first."""
    return _noted_since(events, CALLED, lambda event: event.to_state == State.ARRIVED != event.from_state)


def was_asked(events: Sequence[OrderEvent]) -> bool:
    """Whether the client was asked since the search began; offers that failed do not begin it anew."""
    return _noted_since(
        events, ASKED, lambda event: event.to_state == State.SEARCHING and event.from_state not in GOES_ON
    )


def search_began_at(order: Order) -> datetime | None:
    """When it entered the search, or somebody began the search anew; offers that failed begin nothing. One query."""
    begins = Q(to_state=State.SEARCHING) & ~Q(from_state__in=GOES_ON) | Q(transition=SEARCHED_AGAIN)
    return order.events.filter(begins).order_by("-id").values_list("at", flat=True).first()


def order_of(driver: Driver) -> Order | None:
    """The order that he performs."""
    return Order.objects.filter(driver=driver, state__in=BUSY_STATES).first()


def last_hand(order: Order) -> str:
    """The name of whoever changed it last; empty when it was nobody of the house."""
    last = order.events.exclude(transition__in=NOTES).select_related("actor").order_by("-id").first()
    if last is None:
        return ""
    return str(last.actor) if last.actor else str(wording.ACTORS.get(last.actor_kind, ""))


def _noted_since(events: Sequence[OrderEvent], note: str, begins: Callable[[OrderEvent], bool]) -> bool:
    noted = False
    for event in events:
        if begins(event):
            noted = False
        noted = noted or event.transition == note
    return noted


def _is_own(order: Order, actor: Actor) -> bool:
    if actor.kind is not ActorKind.DRIVER or actor.person is None:
        return False
    if order.driver and order.driver.person_id == actor.person.pk:
        return True
    return Offer.objects.live().filter(order=order, driver__person=actor.person).exists()
