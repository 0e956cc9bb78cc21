"""One order with all that its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders import facts, flow, wording
from orders.actors import Actor
from orders.flow import TRANSITIONS, Guard, State, Transition
from orders.models import Order, OrderEvent
from orders.selectors import twins

ASSIGNING = frozenset({"assign", "reassign", "offer", "broadcast"})  # made by the candidates and the call sign
KEYS = {  # what a hand on the keyboard presses on the detail
    "release": "s",
    "accept": "y",
    "set_off": "w",
    "arrive": "r",
    "board": "b",
    "complete": "d",
    "no_show": "n",
    "give_up": "n",
    "unassign": "u",
    "cancel": "k",
    "break_off": "k",
    "reopen": "o",
}
KEYS_BESIDE = {"repeat": "p", "way_back": "v", "hold": "j", "problem": "i"}  # what is no transition
FIRST_THE_CLIENT = frozenset({Guard.CLIENT_NOT_CALLED, Guard.CLIENT_NOT_ASKED})
CONTACT = {State.ARRIVED: facts.CALLED, State.SEARCHING: facts.ASKED}
HELD_STATES = frozenset({State.SCHEDULED, State.SEARCHING})  # where being on hold keeps it from being offered


@dataclass(frozen=True)
class Action:
    transition: Transition
    key: str


@dataclass(frozen=True)
class NotYet:
    """What could be done as soon as the client was called or asked, and the sentence that says so."""

    transition: Transition
    key: str
    sentence: str


@dataclass(frozen=True)
class Detail:
    order: Order
    events: Sequence[OrderEvent]
    actions: Sequence[Action]
    not_yet: Sequence[NotYet]
    can_assign: bool
    contact: str  # what of the client is to be noted in this state: facts.CALLED, facts.ASKED, or nothing
    may_reserve: bool
    may_hold: bool
    may_mark: bool
    is_open: bool
    others: Sequence[Order] = ()  # asked for together with this one

    @property
    def can_be_cancelled(self) -> bool:
        return any(action.transition.target is State.CANCELLED for action in self.actions)


def find(order_id: int) -> Order:
    """Two queries. Raises Order.DoesNotExist."""
    found = Order.objects.select_related(
        "client",
        "driver__vehicle",
        "created_by",
        "account",
        "fleet__logo",
        "recurrence",
        "reserved_for",
        "tariff_version__tariff",
    )
    return found.defer("fleet__logo__content").prefetch_related("stops").get(pk=order_id)


def events(order: Order) -> Sequence[OrderEvent]:
    """The oldest first. One query."""
    return list(order.events.select_related("actor", "driver").order_by("id"))


def detail(order: Order, actor: Actor | None) -> Detail:
    """The order's history, and what `actor` may do now; None may only look. One query; one more for an
    order that is one of several."""
    happened = events(order)
    known = facts.hoped(order, actor, happened) if actor else None
    legal = flow.legal(State(order.state), actor.kind, known) if actor and known else ()
    return Detail(
        order=order,
        events=happened,
        actions=sorted((Action(t, KEYS.get(t.name, "")) for t in legal if t.name not in ASSIGNING), key=_by_use),
        not_yet=_not_yet(order, actor, known) if actor and known else (),
        can_assign=any(t.name in ASSIGNING for t in legal),
        contact=CONTACT.get(State(order.state), "") if actor else "",
        may_reserve=actor is not None and order.state == State.SCHEDULED,
        may_hold=actor is not None and order.state in HELD_STATES,
        may_mark=actor is not None and order.state in flow.OPEN_STATES,
        is_open=order.state in flow.OPEN_STATES,
        others=[other for other in twins.together(order) if other.pk != order.pk],
    )


def _not_yet(order: Order, actor: Actor, known: flow.Facts) -> list[NotYet]:
    asked = ((step, flow.refusal(State(order.state), step.name, actor.kind, known)) for step in TRANSITIONS.values())
    return [
        NotYet(step, KEYS.get(step.name, ""), wording.refused(why, order))
        for step, why in asked
        if why in FIRST_THE_CLIENT
    ]


def _by_use(action: Action) -> tuple[bool, bool]:
    """The next step of the trip first; what needs a reason last; else as the machine names them."""
    return action.transition.needs_reason, action.transition.target in flow.FINAL_STATES
