"""Clicks on a call that is being talked in, and what they are made with: the list of targets, keypad, note."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, address_of, refuse, requires
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from telephony.core import operations
from telephony.models import Call
from telephony.selectors import targets
from telephony.sentences import sentence
from telephony.services import control
from telephony.views.pick import click_id

SAID = ("to", "keys", "note")


# /calls/<id>/hold/ …/back/ …/consult/ …/connect/ …/swap/ …/together/ …/transfer/ …/park/ …/unpark/ …/hang-up/ …/keys/
@requires("calls.take")
@require_POST
def command(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """202: asked, what becomes of it comes over the socket; 409: a sentence, why not."""
    call = get_object_or_404(Call, pk=pk)
    shift = roster.open_shift(request.user)
    if not control.may_control(request.user, call, shift, verb):
        return _not_yours(request, call)
    if shift is None:
        return say(sentence("no_shift", {}))
    try:
        intent = control.command(
            verb=verb,
            call=call,
            actor=request.user,
            shift=shift,
            intent_id=click_id(request),
            said={name: request.POST[name] for name in SAID if name in request.POST},
            address=address_of(request),
        )
    except Refused as refused:
        return say(refused.sentence)
    return render(request, "telephony/_intent.html", {"intent": intent}, status=202)


# /calls/<id>/targets/ …/keypad/
@requires("calls.take")
@require_safe
def tool(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """A fragment for the dialog of the call."""
    call = get_object_or_404(Call.objects.select_related("client"), pk=pk)
    shift = roster.open_shift(request.user)
    if not control.may_control(request.user, call, shift, operations.SEND):
        return _not_yours(request, call)
    context: dict[str, object] = {"call": call}
    if name == "targets":
        context["targets"] = targets.read(control.desk_of(call, shift))
    return render(request, f"telephony/_{name}.html", context)


# /calls/<id>/note/
@requires("calls.take")
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form, as a fragment; when it was sent: 204."""
    call = get_object_or_404(Call, pk=pk)
    if not control.may_control(request.user, call, roster.open_shift(request.user), operations.SEND):
        return _not_yours(request, call)
    if request.method != "POST":
        return render(request, "telephony/_note.html", {"call": call})
    control.write_note(call=call, text=request.POST.get("note", ""), actor=request.user)
    return HttpResponse(status=204)


def _not_yours(request: HttpRequest, call: Call) -> HttpResponse:
    return refuse(request, _("A colleague is talking with this caller."), target=call)
