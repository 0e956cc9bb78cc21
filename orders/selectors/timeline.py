"""All that happened to one order, the newest first: its events, its offers, and what other rooms add."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.staff.models import Person
from orders import facts
from orders.models import Offer, OfferPhase, OfferState, Order, OrderEvent
from orders.models.offer import ENDS as offer_ends
from orders.timeline import Group, Line, contributors
from orders.wording import HAPPENED

CHANGES = frozenset({"edit", "correct", "hold", "resume", "problem", "settle"})
SENDING = frozenset({"offer", "broadcast"})
ENDING = frozenset({"accept", "refuse", "expire", "recall"})
OFFERING = SENDING | ENDING | {facts.SEARCHED_AGAIN}
ENDS = {state: name for name, state in offer_ends.items()} | {OfferState.RECALLED: "recall"}
SAME_ACT = timedelta(seconds=3)  # an offer's row is written in the transaction of its event


@dataclass(frozen=True)
class Timeline:
    """`follows`: the live things whose change makes it stale, as the page names them."""

    lines: Sequence[Line]
    follows: Sequence[str]


def read(order: Order, viewer: Person, events: Sequence[OrderEvent]) -> Timeline:
    """One query, and those of each contributor, however much happened. `events`: with actor and driver."""
    offers = list(order.offers.select_related("driver", "sent_by").order_by("id"))
    lines = [*_own(events, offers), *(line for add in contributors for line in add(order, viewer))]
    lines.reverse()  # what happened at one moment: the later written first
    lines.sort(key=lambda line: line.at, reverse=True)
    return Timeline(lines, sorted({f"timeline:{order.pk}", *(line.follows for line in lines if line.follows)}))


def _own(events: Iterable[OrderEvent], offers: Sequence[Offer]) -> Iterator[Line]:
    said: set[int] = set()  # offers whose end an event tells
    sent: set[int] = set()
    for event in events:
        begun = [offer for offer in offers if offer.pk not in sent and _began(offer, event)]
        ended = next((offer for offer in offers if offer.pk not in said and _ended(offer, event)), None)
        sent |= {offer.pk for offer in begun}
        said |= {ended.pk} if ended else set()
        words = {"event": event, "sent": begun, "ended": ended, "seconds": _seconds(ended)}
        yield Line(event.at, _group(event), "orders/_line.html", words)
    for offer in offers:
        if offer.pk not in sent:
            yield _offer_line(offer.sent_at, offer, "offer")
        if offer.ended_at and offer.pk not in said and not _is_one_of_many_gone(offer):
            yield _offer_line(offer.ended_at, offer, ENDS[OfferState(offer.state)])


def _offer_line(at: datetime, offer: Offer, happened: str) -> Line:
    is_end = at == offer.ended_at
    words = {"offer": offer, "happened": HAPPENED[happened], "is_end": is_end, "seconds": _seconds(offer)}
    return Line(at, Group.OFFERS, "orders/_line_offer.html", words)


def _is_one_of_many_gone(offer: Offer) -> bool:
    """Somebody else took what was put to all: that is said once."""
    return offer.phase == OfferPhase.BROADCAST and offer.state == OfferState.RECALLED


def _group(event: OrderEvent) -> Group:
    if event.transition in CHANGES:
        return Group.CHANGES
    if event.transition in facts.CONTACTS:
        return Group.CALLS
    return Group.OFFERS if event.transition in OFFERING else Group.STATES


def _began(offer: Offer, event: OrderEvent) -> bool:
    if event.transition not in SENDING or not _is_same_act(event.at, offer.sent_at):
        return False
    is_to_all = offer.phase == OfferPhase.BROADCAST
    return is_to_all if event.transition == "broadcast" else not is_to_all and offer.driver_id == event.driver_id


def _ended(offer: Offer, event: OrderEvent) -> bool:
    if event.transition not in ENDING or offer.ended_at is None or offer.driver_id != event.driver_id:
        return False
    return _is_same_act(event.at, offer.ended_at)


def _is_same_act(one: datetime, other: datetime) -> bool:
    return abs(one - other) < SAME_ACT


def _seconds(offer: Offer | None) -> int | None:
    """How long the driver was asked."""
    return round((offer.ended_at - offer.sent_at).total_seconds()) if offer and offer.ended_at else None
