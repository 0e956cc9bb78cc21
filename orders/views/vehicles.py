"""Cars: the list, the card, who drives them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders.forms.vehicles import VehicleForm
from orders.models import Driver, Vehicle
from orders.selectors import vehicles as reading
from orders.services import vehicles as services


# /vehicles/
@requires("drivers.see")
@require_safe
def vehicles(request: SignedInRequest) -> HttpResponse:
    text, after = (request.GET.get(name, "").replace("\x00", "").strip()[:80] for name in ("q", "after"))
    found = reading.vehicles(text=text, after=after)
    context = {
        "vehicles": found[: reading.PAGE],
        "after": found[reading.PAGE - 1].plate if len(found) > reading.PAGE else None,
        "text": text,
        "may_edit": may(request.user, "drivers.edit"),
    }
    return render(request, "orders/vehicles.html", context)


# /vehicles/<id>/
@requires("drivers.see")
@require_safe
def vehicle(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, pk)


# /vehicles/new/
@requires("drivers.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Vehicle())


# /vehicles/<id>/edit/
@requires("drivers.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Vehicle, pk=pk))


# /vehicles/<id>/drivers/
@requires("drivers.see")
@require_POST
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    vehicle = get_object_or_404(Vehicle, pk=pk)
    if not may(request.user, "drivers.edit"):
        return _refuse(request, vehicle)
    try:
        services.give(vehicle_id=pk, call_sign=request.POST.get("call_sign", "")[:12], actor=request.user)
    except Refused as refusal:
        return _show(request, pk, error=refusal.sentence, status=422)
    return _saved(request, pk)


# /vehicles/drivers/<id>/remove/
@requires("drivers.see")
@require_POST
def take_away(request: SignedInRequest, pk: int) -> HttpResponse:
    driver = get_object_or_404(Driver, pk=pk)
    if not may(request.user, "drivers.edit"):
        return _refuse(request, driver)
    services.take_away(driver_id=pk, actor=request.user)
    return _saved(request, driver.vehicle_id) if driver.vehicle_id else redirect("orders:driver-card", pk=pk)


def _edit(request: SignedInRequest, vehicle: Vehicle) -> HttpResponse:
    if not may(request.user, "drivers.edit"):
        return _refuse(request, vehicle if vehicle.pk else None)
    form = VehicleForm(request.POST or None, instance=vehicle)
    if form.is_valid():
        try:
            return _saved(request, services.save(vehicle=form.save(commit=False), actor=request.user).pk)
        except Refused as refusal:
            form.add_error("plate", refusal.sentence)
    context = {"form": form, "vehicle": vehicle}
    return render(request, "orders/vehicle_form.html", context, status=422 if form.is_bound else 200)


def _show(request: SignedInRequest, pk: int, *, error: str = "", status: int = 200) -> HttpResponse:
    try:
        vehicle = reading.card(pk)
    except (Vehicle.DoesNotExist, OverflowError):
        raise Http404 from None
    context = {"vehicle": vehicle, "error": error, "may_edit": may(request.user, "drivers.edit")}
    return render(request, "orders/vehicle.html", context, status=status)


def _saved(request: SignedInRequest, pk: int) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("orders:vehicle", pk=pk)


def _refuse(request: SignedInRequest, target: Vehicle | Driver | None) -> HttpResponse:
    return refuse(request, _("Drivers and cars are kept by supervisors, managers and administrators."), target=target)
