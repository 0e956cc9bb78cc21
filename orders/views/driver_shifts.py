"""The desk begins and ends a driver's shift and his break, when he phones in."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused, say
from orders.models import Driver
from orders.services import driver_shifts as services
from orders.views import drivers
from orders.views.answers import wants_fragment


# /drivers/<id>/shift/
@requires("drivers.see")
@require_POST
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """`act`: start, end, break, resume."""
    driver = get_object_or_404(Driver, pk=pk)
    if not may(request.user, "drivers.shift"):
        return refuse(request, _("The desk begins and ends the drivers' shifts."), target=driver)
    try:
        _do(request, driver)
    except Refused as refusal:
        return say(refusal.sentence)
    return drivers.show_card(request, pk) if wants_fragment(request) else redirect("orders:driver-card", pk=pk)


def _do(request: SignedInRequest, driver: Driver) -> None:
    match request.POST.get("act"):
        case "start":
            services.start(driver_id=driver.pk, vehicle_id=driver.vehicle_id, by=request.user)
        case "end":
            services.end(driver_id=driver.pk, by=request.user)
        case "break":
            services.begin_break(driver_id=driver.pk, reason=request.POST.get("reason", ""), by=request.user)
        case "resume":
            services.end_break(driver_id=driver.pk, by=request.user)
        case _:
            raise Refused(_("There is no such action."))
