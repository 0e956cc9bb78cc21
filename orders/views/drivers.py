"""Drivers: the list, the card, its numbers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import sight
from orders.forms.cards import DriverForm
from orders.models import Driver
from orders.selectors import cards
from orders.selectors.vehicles import plates
from orders.services import drivers as services
from orders.views.answers import show, wants_fragment


# /drivers/
@requires("drivers.see")
@require_safe
def drivers(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    after, documents_end = request.GET.get("after", "")[:12], "documents" in request.GET
    found = cards.drivers(text=text, after=after, documents_end=documents_end)
    context = {
        "drivers": found[: cards.PAGE],
        "after": found[cards.PAGE - 1].call_sign if len(found) > cards.PAGE else None,
        "text": text,
        "documents_end": documents_end,
        "may_exchange": may(request.user, "drivers.exchange"),
        "may_edit": may(request.user, "drivers.edit"),
    }
    return show(request, "drivers", context)


# /drivers/<id>/
@requires("drivers.see")
@require_safe
def driver(request: SignedInRequest, pk: int) -> HttpResponse:
    return show_card(request, pk)


# /drivers/new/
@requires("drivers.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Driver())


# /drivers/<id>/edit/
@requires("drivers.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Driver, pk=pk))


def _edit(request: SignedInRequest, driver: Driver) -> HttpResponse:
    if not may(request.user, "drivers.edit"):
        return refuse(request, _("Drivers are kept by supervisors and managers."), target=driver if driver.pk else None)
    form = DriverForm(request.POST or None, instance=driver)
    context = {"form": form, "driver": driver, "plates": plates()}
    if not form.is_valid():
        return show(request, "driver_form", context, status=422 if form.is_bound else 200)
    try:
        saved = services.save(driver=form.save(commit=False), phones=form.phones(), car=form.car(), actor=request.user)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return show(request, "driver_form", context, status=422)
    if wants_fragment(request):
        return show_card(request, saved.pk)
    messages.success(request, _("Saved."))
    return redirect("orders:driver-card", pk=saved.pk)


def show_card(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        card = cards.driver_card(pk)
    except Driver.DoesNotExist:
        raise Http404 from None
    context = {
        "card": card,
        "driver": card.driver,
        "sight": sight.of_person(request.user),
        "sees_orders": may(request.user, "orders.see"),
        "may_edit": may(request.user, "drivers.edit"),
        "may_shift": may(request.user, "drivers.shift"),
        "shift": card.shift,
        "pause": card.pause,
    }
    return show(request, "driver", context)
