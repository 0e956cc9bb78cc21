"""A tab says which order it shows. Who else does is pushed to it."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, requires
from orders.models import Order
from orders.services import presence

LONGEST_TAB = 32


# /orders/<id>/presence/
@requires("orders.act")
@require_http_methods(["POST", "DELETE"])
def here(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST tab=…&changing=1: it shows this order; DELETE tab=…: no longer."""
    order = get_object_or_404(Order, pk=pk)
    said = request.POST if request.method == "POST" else QueryDict(request.body)
    tab = said.get("tab", "")
    if not (tab.isalnum() and tab.isascii() and len(tab) <= LONGEST_TAB):
        return HttpResponse(status=400)
    if request.method == "DELETE":
        presence.leave(tab=tab, person=request.user)
    else:
        presence.come(tab=tab, order=order, person=request.user, is_changing=bool(said.get("changing")))
    return HttpResponse(status=204)
