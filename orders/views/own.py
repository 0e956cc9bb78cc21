"""A driver's own page: his order, and what he may do with it. Another's order does not exist for him."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from orders import actors
from orders.flow import BUSY_STATES, TRANSITIONS, ActorKind, State
from orders.models import Order
from orders.selectors import detail as selectors
from orders.services import lifecycle
from orders.views.answers import show

HIS_STATES = BUSY_STATES | {State.OFFERED}


# /driver/
@requires("orders.drive")
@require_safe
def own(request: SignedInRequest) -> HttpResponse:
    return _show(request)


# /driver/<order>/<transition>/
@requires("orders.drive")
@require_POST
def move(request: SignedInRequest, pk: int, transition: str) -> HttpResponse:
    order = get_object_or_404(Order, pk=pk, driver__person=request.user)
    step = TRANSITIONS.get(transition)
    if step is None or ActorKind.DRIVER not in step.actors:
        raise Http404
    seen = request.POST.get("version", "")
    try:
        lifecycle.move(
            order_id=order.pk,
            name=transition,
            actor=actors.driver(request.user),
            version=int(seen) if seen.isascii() and seen.isdigit() else None,
            reason=request.POST.get("reason", ""),
        )
    except Refused as refusal:
        return _show(request, sentence=refusal.sentence, status=409)
    return redirect("orders:own")


def _show(request: SignedInRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    actor = actors.driver(request.user)
    his = Order.objects.filter(driver__person=request.user, state__in=HIS_STATES).select_related(
        "client", "driver__vehicle"
    )
    details = [selectors.detail(order, actor) for order in his.order_by("pk")]
    return show(request, "own", {"details": details, "sentence": sentence}, status=status)
