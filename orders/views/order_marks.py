"""What is noted on one order beside its state: on hold, a problem."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from orders import actors
from orders.actors import Actor
from orders.forms.fields import TimeField
from orders.services import marks
from orders.views.pane import answer_order, fetch, refuse_order


# /orders/<id>/marks/<hold|resume|problem|settle>/
@requires("orders.act")
@require_POST
def mark(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    if name not in ACTS:
        raise Http404
    fetch(pk)
    try:
        ACTS[name](request, pk, actors.staff(request.user))
    except Refused as refusal:
        return refuse_order(request, pk, refusal)
    return answer_order(request, pk)


def _hold(request: HttpRequest, order_id: int, actor: Actor) -> None:
    try:
        until = TimeField().clean(request.POST.get("until", ""))
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    marks.hold(order_id=order_id, actor=actor, until=until)


def _problem(request: HttpRequest, order_id: int, actor: Actor) -> None:
    marks.raise_problem(order_id=order_id, problem=request.POST.get("reason", ""), actor=actor)


ACTS = {
    "hold": _hold,
    "resume": lambda _request, order_id, actor: marks.resume(order_id=order_id, actor=actor),
    "problem": _problem,
    "settle": lambda _request, order_id, actor: marks.settle_problem(order_id=order_id, actor=actor),
}
