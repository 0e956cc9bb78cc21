"""The list of orders: a page, and the fragment on the desk."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, may, requires
from orders import sight, wording
from orders.selectors import listing
from orders.views.answers import wants_fragment


# /orders/
@requires("orders.see")
@require_safe
def orders(request: SignedInRequest) -> HttpResponse:
    template = "orders/_list.html" if wants_fragment(request) else "orders/list.html"
    return render(request, template, _context(request, "orders:list"))


# /orders/list/
@requires("orders.see")
@require_safe
def rows(request: SignedInRequest) -> HttpResponse:
    context = _context(request, "orders:rows")
    return render(request, "orders/_rows.html" if request.GET.get("after") else "orders/_list.html", context)


def _context(request: SignedInRequest, name: str) -> dict[str, object]:
    wanted = listing.Filter.read(request.GET)
    return {
        "page": listing.page(wanted, after=request.GET.get("after", "")),
        "states": wording.STATES,
        "sight": sight.of_person(request.user),
        "may_act": may(request.user, "orders.act"),
    }
