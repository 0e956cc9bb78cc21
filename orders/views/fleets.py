"""Fleets: the list, one with what belongs to it, its logo."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders.forms.fleets import FleetForm
from orders.models import Fleet, FleetLogo
from orders.selectors import fleets as reading
from orders.services import fleets as services


# /fleets/
@requires("tariffs.see")
@require_safe
def fleets(request: SignedInRequest) -> HttpResponse:
    context = {"fleets": reading.all_fleets(), "may_edit": may(request.user, "tariffs.edit")}
    return render(request, "orders/fleets.html", context)


# /fleets/<id>/
@requires("tariffs.see")
@require_safe
def fleet(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        found = reading.find(pk)
    except Fleet.DoesNotExist:
        raise Http404 from None
    context = {"fleet": found, "may_edit": may(request.user, "tariffs.edit")}
    return render(request, "orders/fleet.html", context)


# /fleets/new/
@requires("tariffs.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Fleet())


# /fleets/<id>/edit/
@requires("tariffs.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Fleet, pk=pk))


# /fleets/<id>/logo/<digest>/
@requires("orders.see")
@require_safe
@cache_control(private=True, max_age=31536000, immutable=True)
def logo(request: SignedInRequest, pk: int, digest: str) -> HttpResponse:
    try:
        found = reading.logo(pk, digest)
    except FleetLogo.DoesNotExist:
        raise Http404 from None
    return HttpResponse(bytes(found.content), content_type=found.content_type)


def _edit(request: SignedInRequest, fleet: Fleet) -> HttpResponse:
    if not may(request.user, "tariffs.edit"):
        return refuse(request, _("Managers keep the fleets."), target=fleet if fleet.pk else None)
    form = FleetForm(request.POST or None, request.FILES or None, instance=fleet)
    if form.is_valid():
        try:
            saved = services.save(
                fleet=form.save(commit=False),
                numbers_typed=form.typed_numbers(),
                logo=form.cleaned_data["logo"],
                drop_logo=form.cleaned_data["drop_logo"],
                actor=request.user,
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("orders:fleet", pk=saved.pk)
    context = {"form": form, "fleet": fleet}
    return render(request, "orders/fleet_form.html", context, status=422 if form.is_bound else 200)
