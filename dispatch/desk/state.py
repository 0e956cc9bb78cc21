"""Everything the desk shows, read at once: for the page, and for a desk that lost the thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation

from dispatch.desk import callbacks, chip, leaving
from dispatch.desk.chip import Chip
from dispatch.desk.doorkeeper import audience_of
from dispatch.live import numbers
from dispatch.live.registry import Viewer
from dispatch.staff.models import Person, Shift
from orders import sight
from orders.filters import Filter
from orders.selectors import counting, listing
from orders.sight import Sight
from telephony.selectors import missed, panel, phonebook, talks
from telephony.selectors.panel import Card, Parked
from telephony.selectors.phonebook import Entry
from telephony.selectors.talks import Talk

ORDERS = 300  # on the desk at once; the rest comes when one scrolls there, or asks for a driver's or a client's


@dataclass(frozen=True)
class State:
    """`numbers` were current before the rest was read: what changed meanwhile is told again, never missed."""

    numbers: dict[str, int]
    shift: Shift
    chip: Chip
    handovers: Sequence[dict[str, object]]
    promised: int  # calls
    missed: int  # callers whom nobody has reached
    calls: Sequence[Card]
    conversations: Sequence[Talk]
    parked: Sequence[Parked]
    people: Sequence[Entry]
    page: listing.Page  # of the open orders
    counts: dict[str, int]  # of the groups of orders, for the whole office
    sight: Sight
    may_act: bool = True  # on orders: whoever works at the desk


def read(person: Person, shift: Shift) -> State:
    """A fixed number of queries."""
    told = numbers.current(numbers.heard_by(person.pk, audience_of(person)))
    viewer = Viewer(translation.get_language(), audience_of(person))
    return State(
        numbers=told,
        shift=shift,
        chip=chip.of(shift),
        handovers=leaving.waiting(),
        promised=callbacks.how_many(),
        missed=missed.how_many(),
        calls=panel.live_calls(viewer),
        conversations=talks.conversations(person.pk),
        parked=panel.parked(),
        people=phonebook.everyone(viewer),
        page=listing.page(Filter(), size=ORDERS),
        counts=counting.counts(),
        sight=sight.of_person(person),
    )
