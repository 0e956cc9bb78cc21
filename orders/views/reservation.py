"""A pre-order kept for one driver: by call sign, confirmed, given back."""

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from orders import actors
from orders.models import Order
from orders.services import reservations
from orders.views.detail import version_seen
from orders.views.pane import answer_order, fetch, refuse_order


# /orders/<id>/reservation/
@requires("orders.act")
@require_POST
def reserve(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        lambda order: reservations.reserve(
            order_id=order.pk,
            call_sign=request.POST.get("call_sign", ""),
            actor=actors.staff(request.user),
            version=version_seen(request),
        ),
    )


# /orders/<id>/reservation/confirm/
@requires("orders.act")
@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        lambda order: reservations.confirm(
            order_id=order.pk, actor=actors.staff(request.user), version=version_seen(request)
        ),
    )


# /orders/<id>/reservation/free/
@requires("orders.act")
@require_POST
def free(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        lambda order: reservations.free(
            order_id=order.pk,
            actor=actors.staff(request.user),
            reason=request.POST.get("reason", ""),
            version=version_seen(request),
        ),
    )


def _do(request: SignedInRequest, pk: int, verb: Callable[[Order], object]) -> HttpResponse:
    try:
        verb(fetch(pk))
    except Refused as refusal:
        return refuse_order(request, pk, refusal)
    return answer_order(request, pk)
