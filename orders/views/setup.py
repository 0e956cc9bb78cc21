"""What each person sets up for the list: columns, keys, saved filters."""

import json

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused, say
from orders.models import SavedFilter
from orders.selectors import saved
from orders.services import setup


# /orders/columns/
@requires("orders.see")
@require_POST
def columns(request: SignedInRequest) -> HttpResponse:
    setup.choose_columns(person=request.user, names=request.POST.getlist("column"))
    return HttpResponse(status=204)


# /orders/keys/
@requires("orders.act")
@require_POST
def keys(request: SignedInRequest) -> HttpResponse:
    try:
        chosen = json.loads(request.POST.get("keys", ""))
        setup.choose_keys(person=request.user, keys=chosen if isinstance(chosen, dict) else {})
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    except Refused as refusal:
        return say(refusal.sentence)
    return HttpResponse(status=204)


# /orders/filters/
@requires("orders.see")
@require_POST
def filters(request: SignedInRequest) -> HttpResponse:
    try:
        setup.save_filter(
            person=request.user,
            name=request.POST.get("name", ""),
            query=QueryDict(request.POST.get("query", "")[:600]),
            is_shared=request.POST.get("is_shared") == "on",
        )
    except Refused as refusal:
        return say(refusal.sentence)
    return _menu(request)


# /orders/filters/<id>/
@requires("orders.see")
@require_http_methods(["DELETE"])
def saved_filter(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        setup.delete_filter(person=request.user, filter_id=pk)
    except SavedFilter.DoesNotExist:
        raise Http404 from None
    return _menu(request)


# /orders/filters/<id>/default/
@requires("orders.see")
@require_http_methods(["POST", "DELETE"])
def default(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        setup.make_default(person=request.user, filter_id=pk if request.method == "POST" else None)
    except SavedFilter.DoesNotExist:
        raise Http404 from None
    return _menu(request)


def _menu(request: SignedInRequest) -> HttpResponse:
    return render(request, "orders/_saved.html", {"setup": saved.of_person(request.user)})
