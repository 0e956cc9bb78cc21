"""One wish for many orders. Each is done, or refused, by itself, and each says which."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dispatch.staff.refusal import Refused
from orders import wording
from orders.actors import Actor
from orders.flow import Refusal, State
from orders.models import Order
from orders.services import cancelling, lifecycle, marks

MOST = 200
CANCEL = "cancel"
RELEASES = {
    State.SCHEDULED: "release",
    State.OFFERED: "recall",
    State.ASSIGNED: "unassign",
    State.EN_ROUTE: "unassign",
    State.ARRIVED: "unassign",
}


@dataclass(frozen=True)
class Result:
    """What became of one order. `sentence`: why it was refused."""

    order_id: int
    is_done: bool
    sentence: str = ""


Act = Callable[[int, str, Actor], object]


def carry_out(*, name: str, order_ids: Sequence[int], reason: str, actor: Actor, cause: str = "") -> list[Result]:
    """`name`: CANCEL or a key of ACTS. A transaction for each order: what one refuses, the others do not feel.
    `cause`: of a cancellation, as `cancelling.said` reads it. Raises Refused when it says nothing."""
    act = _cancelling(cause, reason) if name == CANCEL else ACTS[name]
    return [_one(act, order_id, reason, actor) for order_id in dict.fromkeys(order_ids)][:MOST]


def _one(act: Act, order_id: int, reason: str, actor: Actor) -> Result:
    try:
        act(order_id, reason, actor)
    except Refused as refusal:
        return Result(order_id, False, refusal.sentence)
    except Order.DoesNotExist:
        return Result(order_id, False, _("There is no such order."))
    return Result(order_id, True)


def _cancelling(cause: str, words: str) -> Act:
    by_whom, why = cancelling.said(cause, words)
    return lambda order_id, _reason, actor: lifecycle.move(
        order_id=order_id, name="cancel", reason=why, by_whom=by_whom, actor=actor
    )


def _release(order_id: int, reason: str, actor: Actor) -> None:
    """Back to the search, whoever has it."""
    order = Order.objects.get(pk=order_id)
    name = RELEASES.get(State(order.state))
    if name is None:
        raise Refused(wording.refused(Refusal.WRONG_STATE, order))
    lifecycle.move(order_id=order_id, name=name, reason=reason, actor=actor)


ACTS: dict[str, Act] = {
    "release": _release,
    "hold": lambda order_id, _reason, actor: marks.hold(order_id=order_id, actor=actor),
    "resume": lambda order_id, _reason, actor: marks.resume(order_id=order_id, actor=actor),
    "problem": lambda order_id, reason, actor: marks.raise_problem(order_id=order_id, problem=reason, actor=actor),
    "settle": lambda order_id, _reason, actor: marks.settle_problem(order_id=order_id, actor=actor),
}
