"""Administration: the doctor, who examines the PBX while one looks on."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from telephony.doctor import findings as f
from telephony.doctor import words
from telephony.models import Examination
from telephony.services import examinations

TONES = {f.OK: "green", f.WARN: "amber", f.FAIL: "red", f.NOT: ""}


@dataclass(frozen=True)
class Said:
    state: str
    sentence: str
    mend: str

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def word(self) -> str:
        return str(words.STATES[self.state])


@dataclass(frozen=True)
class Round:
    """One check; without findings it is still to come, or was never reached."""

    name: str
    said: list[Said]


# /staff/doctor/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def doctor(request: SignedInRequest) -> HttpResponse:
    """The latest examination, as far as it has come; a POST asks for another one, with `ring` it rings two phones."""
    refusal = ""
    if request.method == "POST":
        try:
            examinations.ask(actor=request.user, ring=[number for number in request.POST.getlist("ring") if number])
            return redirect("telephony:doctor")
        except Refused as refused:
            refusal = refused.sentence
    context = {**_latest(), "refusal": refusal}
    if request.htmx:
        return render(request, "telephony/_examination.html", context)
    context["telephones"] = [number for number, _ in examinations.telephones()]
    return render(request, "telephony/doctor.html", context, status=409 if refusal else 200)


def _latest() -> dict[str, Any]:
    examination = examinations.latest()
    if examination is None:
        return {"examination": None}
    rounds = _rounds(examination)
    states = [said.state for each in rounds for said in each.said]
    at_work = examinations.is_at_work(examination)
    return {
        "examination": examination,
        "rounds": rounds,
        "at_work": at_work,
        "waits": examination.begun_at is None,
        "broken_off": not at_work and examination.finished_at is None,
        "done": len(examination.found),
        "all": len(f.CHECKS),
        "to_mend": states.count(f.FAIL),
        "to_see": states.count(f.WARN),
    }


def _rounds(examination: Examination) -> list[Round]:
    found = {each["check"]: each["findings"] for each in examination.found}
    return [
        Round(
            words.name(check),
            [
                Said(one["state"], words.sentence(one["said"], one["args"]), words.mend(one["said"], one["args"]))
                for one in found.get(check, [])
            ],
        )
        for check in f.CHECKS
    ]
