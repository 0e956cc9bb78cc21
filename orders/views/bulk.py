"""One wish for the chosen orders, and what became of each."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused, say
from orders import actors, filters
from orders.services import bulk


# /orders/bulk/
@requires("orders.act")
@require_POST
def chosen(request: SignedInRequest) -> HttpResponse:
    name = request.POST.get("act", "")
    if name != bulk.CANCEL and name not in bulk.ACTS:
        return HttpResponse(status=400)
    keys = [key for text in request.POST.getlist("order") if (key := filters.key(text)) is not None]
    reason, cause = request.POST.get("reason", ""), request.POST.get("cause", "")
    try:
        results = bulk.carry_out(
            name=name, order_ids=keys, reason=reason, cause=cause, actor=actors.staff(request.user)
        )
    except Refused as refusal:
        return say(refusal.sentence)
    done = sum(result.is_done for result in results)
    return render(request, "orders/_bulk.html", {"results": results, "done": done, "refused": len(results) - done})
