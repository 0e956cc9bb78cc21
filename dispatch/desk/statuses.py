"""The status: one's own from the head of the page, another's by a supervisor."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.models import Shift, Status
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from dispatch.staff.services import statuses


# /shift/status/
@requires("desk.work")
@require_POST
def choose_own(request: SignedInRequest) -> HttpResponse:
    shift = roster.open_shift(request.user)
    return say(_("Your shift is over.")) if shift is None else _choose(request, shift)


# /shift/<id>/status/
@requires("desk.work")
@require_POST
def choose_of(request: SignedInRequest, pk: int) -> HttpResponse:
    shift = get_object_or_404(Shift.objects.select_related("person"), pk=pk)
    if not may(request.user, "staff.control"):
        return refuse(request, _("Only a supervisor changes another person's status."), target=shift)
    return _choose(request, shift)


def _choose(request: SignedInRequest, shift: Shift) -> HttpResponse:
    """What is so now comes over the socket, when the PBX has confirmed it; a page without scripts is led back."""
    wanted = request.POST.get("status", "")
    if wanted not in Status.values:
        return say(_("Choose a status from the list."))
    try:
        statuses.choose(shift=shift, status=wanted, actor=request.user)
    except Refused as refusal:
        return say(refusal.sentence)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("desk:shifts" if request.POST.get("from") == "shifts" else "/")
