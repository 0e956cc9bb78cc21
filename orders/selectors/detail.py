"""One order with all that its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders import facts, flow
from orders.actors import Actor
from orders.flow import State, Transition
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


@dataclass(frozen=True)
class Action:
    transition: Transition
    key: str


@dataclass(frozen=True)
class Detail:
    order: Order
    events: Sequence[OrderEvent]
    actions: Sequence[Action]
    can_assign: bool
    may_note_call: bool
    may_note_question: bool
    may_reserve: bool
    is_open: bool
    others: Sequence[Order] = ()  # asked for together with this one


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
        can_assign=any(t.name in ASSIGNING for t in legal),
        may_note_call=actor is not None and order.state == State.ARRIVED,
        may_note_question=actor is not None and order.state == State.SEARCHING,
        may_reserve=actor is not None and order.state == State.SCHEDULED,
        is_open=order.state in flow.OPEN_STATES,
        others=[other for other in twins.together(order) if other.pk != order.pk],
    )


def _by_use(action: Action) -> tuple[bool, bool]:
    """The next step of the trip first; what needs a reason last; else as the machine names them."""
    return action.transition.needs_reason, action.transition.target in flow.FINAL_STATES
