"""A supervisor listens, whispers, joins or takes over."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, address_of, requires
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from telephony.models import Call
from telephony.sentences import sentence
from telephony.services import watching
from telephony.views.pick import click_id


# /calls/<id>/listen/ …/whisper/ …/join/ …/stop-watching/ …/take-over/
@requires("calls.watch")
@require_POST
def watch(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """202: asked, what becomes of it comes over the socket; 409: a sentence, why not. `of`: whose telephone."""
    call = get_object_or_404(Call, pk=pk)
    shift = roster.open_shift(request.user)
    if shift is None:
        return say(sentence("no_shift", {}))
    try:
        intent = watching.command(
            verb=verb,
            call=call,
            actor=request.user,
            shift=shift,
            of=request.POST.get("of", "")[:12],
            intent_id=click_id(request),
            address=address_of(request),
        )
    except Refused as refused:
        return say(refused.sentence)
    return render(request, "telephony/_intent.html", {"intent": intent}, status=202)
