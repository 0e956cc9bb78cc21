"""Administration: the music that callers hear who wait, are held or are parked."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from telephony.doctor import findings as f
from telephony.doctor import words
from telephony.models import Examination
from telephony.services import examinations, hold_music, music_files

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
        shown = render(request, "telephony/_music_state.html", _state())
        if "examines" in request.GET and not examinations.is_going_on():
            shown["HX-Refresh"] = "true"  # which classes play is known anew
        return shown
    found = hold_music.classes()
    context = {**_state(), "classes": found.names, "seen": found.seen, "refusal": refusal}
    context |= {"files": music_files.names(), "can_be_added": music_files.can_be_added()}
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


# /staff/music/files/
@requires("staff.administer")
@require_http_methods(["POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """A sound file that is added to the class whose folder is ours."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        messages.error(request, _("Choose a file."))
        return redirect("telephony:music")
    try:
        name = music_files.add(upload=upload, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("%(name)s is added. The telephone exchange is examined now.") % {"name": name})
    return redirect("telephony:music")


# /staff/music/files/hold.wav/remove/
@requires("staff.administer")
@require_http_methods(["POST"])
def remove(request: SignedInRequest, name: str) -> HttpResponse:
    try:
        music_files.remove(name=name, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("%(name)s is removed. The telephone exchange is examined now.") % {"name": name})
    return redirect("telephony:music")


def _state() -> dict[str, Any]:
    choice = hold_music.current()
    visit = examinations.latest_listening()
    return {
        "choice": choice,
        "is_kept": choice.kept == choice.chosen,
        "listening": visit,
        "examines": examinations.is_going_on(),
        "listens": visit is not None and examinations.is_at_work(visit),
        "heard": _heard(visit) if visit else "",
    }


def _heard(visit: Examination) -> str:
    """What came of it; "" as long as it goes on."""
    said = [one for each in visit.found if each["check"] in TOLD for one in each["findings"]]
    wrong = [one for one in said if one["state"] != f.OK]
    last = wrong[:1] or (said[-1:] if visit.finished_at else [])
    return words.sentence(last[0]["said"], last[0]["args"]) if last else ""
