"""The start of a shift: choose the extension to sit at; and its end."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.selectors import roster
from dispatch.staff.services.shifts import end_shift, start_shift
from telephony.models import Extension

CHOSEN = "extension"


@dataclass(frozen=True)
class Place:
    number: str
    label: str
    own: bool
    taken_by: str  # name, or empty: free


def places_for(person: Person) -> list[Place]:
    """All extensions in use: own first, then by number; taken ones with the name of who sits there. Two queries."""
    taken = {shift.extension: str(shift.person) for shift in roster.on_shift()}
    places = [
        Place(
            number=extension.number,
            label=extension.label,
            own=extension.owner_id == person.pk or extension.number == person.own_extension,
            taken_by=taken.get(extension.number, ""),
        )
        for extension in Extension.objects.filter(is_active=True)
    ]
    return sorted(places, key=lambda place: (not place.own, len(place.number), place.number))


# /shift/
@requires("desk.work")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    number = request.POST.get(CHOSEN, "")
    if number not in Extension.objects.filter(is_active=True).values_list("number", flat=True):
        return _page(request, _("Choose an extension from the list."), status=422)
    try:
        start_shift(person=request.user, extension=number, actor=request.user)
    except Refused as refusal:
        return _page(request, refusal.sentence, status=409)
    return redirect("/")


# /shift/end/
@requires("desk.work")
@require_POST
def end_own(request: SignedInRequest) -> HttpResponse:
    shift = roster.open_shift(request.user)
    if shift is None:
        return redirect("desk:shift")
    try:
        end_shift(shift=shift, actor=request.user)
    except Refused as refusal:
        return _page(request, refusal.sentence, status=409)
    return redirect("desk:shift")


# /shift/<id>/end/
@requires("desk.work")
@require_POST
def end_of(request: SignedInRequest, pk: int) -> HttpResponse:
    """A supervisor ends another's shift. A call that he is in goes on: only no new one comes."""
    shift = get_object_or_404(Shift.objects.select_related("person"), pk=pk)
    if not may(request.user, "staff.control"):
        return refuse(request, _("Only a supervisor ends another person's shift."), target=shift)
    end_shift(shift=shift, actor=request.user)
    return redirect("desk:shift")


def _page(request: SignedInRequest, sentence: str = "", *, status: int = 200) -> HttpResponse:
    shift = roster.open_shift(request.user)
    places = [] if shift else places_for(request.user)
    context = {
        "shift": shift,
        "places": places,
        "preferred": next((place.number for place in places if not place.taken_by), ""),
        "sentence": sentence,
    }
    return render(request, "desk/start_shift.html", context, status=status)
