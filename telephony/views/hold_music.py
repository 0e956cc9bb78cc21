"""Administration: the music that callers hear who wait, are held or are parked."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from telephony.doctor import findings as f
from telephony.doctor import words
from telephony.models import Examination
from telephony.services import examinations, hold_music

TOLD = (f.LINK, f.CONNECTION, f.TELEPHONES)  # what is said of a listening


# /staff/music/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def music(request: SignedInRequest) -> HttpResponse:
    """The choice, whether the PBX keeps it already, and which classes it really plays."""
    refusal = ""
    if request.method == "POST":
        try:
            hold_music.choose(name=request.POST.get("name", ""), actor=request.user)
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _("The choice is saved. Below stands when the PBX has it."))
            return redirect("telephony:music")
    if request.htmx:
        return render(request, "telephony/_music_state.html", _state())
    found = hold_music.classes()
    context = {**_state(), "classes": found.names, "seen": found.seen, "refusal": refusal}
    context["telephones"] = [number for number, _device in examinations.telephones()]
    return render(request, "telephony/music.html", context, status=409 if refusal else 200)


# /staff/music/listen/
@requires("staff.administer")
@require_http_methods(["POST"])
def listen(request: SignedInRequest) -> HttpResponse:
    """Rings a telephone of the office, which hears one class."""
    name = request.POST.get("listen", "")
    try:
        if name not in hold_music.classes().names:
            raise Refused(_("The PBX does not play “%(name)s”. Have it examined again.") % {"name": name[:40]})
        examinations.listen(actor=request.user, name=name, at=request.POST.get("at", ""))
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("telephony:music")


def _state() -> dict[str, Any]:
    choice = hold_music.current()
    visit = examinations.latest_listening()
    return {
        "choice": choice,
        "is_kept": choice.kept == choice.chosen,
        "listening": visit,
        "listens": visit is not None and examinations.is_at_work(visit),
        "heard": _heard(visit) if visit else "",
    }


def _heard(visit: Examination) -> str:
    """What came of it; "" as long as it goes on."""
    said = [one for each in visit.found if each["check"] in TOLD for one in each["findings"]]
    wrong = [one for one in said if one["state"] != f.OK]
    last = wrong[:1] or (said[-1:] if visit.finished_at else [])
    return words.sentence(last[0]["said"], last[0]["args"]) if last else ""
