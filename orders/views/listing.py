"""The list of orders: a page, the fragment on the desk, the counts of its groups."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, may, requires
from orders import sight
from orders.filters import Filter
from orders.selectors import counting, listing, saved
from orders.views.answers import wants_fragment
from orders.views.furniture import furniture


# /orders/
@requires("orders.see")
@require_safe
def orders(request: SignedInRequest) -> HttpResponse:
    context = _context(request)
    if wants_fragment(request):
        return render(request, "orders/_list.html", context)
    wanted = Filter.read(request.GET)
    setup = saved.of_person(request.user)
    counts = counting.counts(wanted, person_id=request.user.pk)
    return render(
        request, "orders/list.html", context | furniture(request.user, setup) | {"counts": counts, "is_page": True}
    )


# /orders/list/
@requires("orders.see")
@never_cache
@require_safe
def rows(request: SignedInRequest) -> HttpResponse:
    """The rows of one page; the first one says in data-readings as what the free text was read."""
    return render(request, "orders/_found.html", _context(request))


# /orders/counts/
@requires("orders.see")
@never_cache
@require_safe
def counts(request: SignedInRequest) -> HttpResponse:
    """{group: how many fit the filter}; a number above 1000 means "more than 1000"."""
    return JsonResponse(counting.counts(Filter.read(request.GET), person_id=request.user.pk))


def _context(request: SignedInRequest) -> dict[str, object]:
    wanted = Filter.read(request.GET)
    return {
        "page": listing.page(wanted, person_id=request.user.pk, after=request.GET.get("after", "")),
        "is_further": bool(request.GET.get("after")),
        "sight": sight.of_person(request.user),
        "may_act": may(request.user, "orders.act"),
    }
