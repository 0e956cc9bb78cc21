"""The start of a shift: choose the extension to sit at; and its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dispatch.desk.handover import hand_over, open_now
from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.selectors import roster
from dispatch.staff.services import shifts as services
from telephony.models import Extension

CHOSEN, FORGOTTEN = "extension", "forgotten"
TOLD = timedelta(hours=16)  # so long she reads who ended her shift, unless she has started another


@dataclass(frozen=True)
class Place:
    number: str
    label: str
    own: bool
    taken_by: str  # name, or empty: free
    is_off: bool  # no telephone is registered there now
    since: datetime | None = None  # a forgotten shift: when its owner was last seen; then it can be taken over


def places_for(person: Person) -> list[Place]:
    """All extensions in use: own first, then by number; taken ones with the name of who sits there. Four queries."""
    taken = {shift.extension: str(shift.person) for shift in roster.on_shift()}
    forgotten = {shift.extension: shift.seen_at or shift.started_at for shift in Shift.objects.filter(roster.stale())}
    places = [
        Place(
            number=extension.number,
            label=extension.label,
            own=extension.owner_id == person.pk or extension.number == person.own_extension,
            taken_by=taken.get(extension.number, ""),
            is_off=extension.is_off,
            since=forgotten.get(extension.number),
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
        services.start_shift(person=request.user, extension=number, actor=request.user)
    except Refused as refusal:
        return _page(request, refusal.sentence, status=409)
    return redirect("/")


# /shift/take-over/
@requires("desk.work")
@require_POST
def take_over(request: SignedInRequest) -> HttpResponse:
    """Sit down where somebody forgot to end the shift. Not ending another's work: nobody is there."""
    number = request.POST.get(FORGOTTEN, "")
    shift = roster.on_shift().filter(extension=number).first()
    if shift is None:
        return _page(request, _("Choose an extension from the list."), status=422)
    try:
        services.take_over(shift=shift, extension=number, person=request.user)
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
        hand_over(shift=shift, actor=request.user, note=request.POST.get("note", "").strip())
    except Refused as refusal:
        return _page(request, refusal.sentence, status=409)
    return redirect("desk:shift")


# /shift/<id>/end/
@requires("desk.work")
@require_POST
def end_of(request: SignedInRequest, pk: int) -> HttpResponse:
    """A supervisor ends another's shift and says why. A call goes on: only no new one comes."""
    shift = get_object_or_404(Shift.objects.select_related("person"), pk=pk)
    if not may(request.user, "staff.control"):
        return refuse(request, _("Only a supervisor ends another person's shift."), target=shift)
    reason = " ".join(request.POST.get("reason", "").split())
    if not reason:
        messages.error(request, _("Say why the shift ends: its owner reads it."))
        return redirect("desk:shifts")
    services.end_shift(shift=shift, actor=request.user, reason=reason)
    messages.success(request, _("The shift of %(person)s is over.") % {"person": shift.person})
    return redirect("desk:shifts")


def _page(request: SignedInRequest, sentence: str = "", *, status: int = 200) -> HttpResponse:
    shift = roster.open_shift(request.user)
    places = [] if shift else places_for(request.user)
    context = {
        "shift": shift,
        "places": places,
        "preferred": next((place.number for place in places if not place.taken_by), ""),
        "sentence": sentence,
        "open_items": open_now() if shift else [],
        "ended": None if shift else _ended_by_another(request.user),
    }
    return render(request, "desk/start_shift.html", context, status=status)


def _ended_by_another(person: Person) -> Shift | None:
    """Her last shift, if somebody else ended it not long ago: she is told who did, and why."""
    last = Shift.objects.filter(person=person).select_related("ended_by").order_by("-started_at").first()
    if last is None or last.ended_at is None or last.ended_by_id in (None, person.pk):
        return None
    return last if last.ended_at > timezone.now() - TOLD else None
