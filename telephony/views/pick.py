"""A dispatcher picks a waiting caller from the list."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from dispatch.staff.access import address_of, requires
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from telephony.models import Call
from telephony.sentences import sentence
from telephony.services import intents


# /calls/<id>/pick/
@requires("calls.take")
@require_POST
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a waiting caller. 202: asked, what becomes of it comes over the socket; 409: a sentence, why not."""
    call = get_object_or_404(Call, pk=pk)
    person = request.user
    shift = roster.open_shift(person)  # type: ignore[arg-type]
    if shift is None:
        return say(sentence("no_shift", {}))
    try:
        intent = intents.ask(
            verb="pick",
            call=call,
            actor=person,  # type: ignore[arg-type]
            extension=shift.extension,
            intent_id=click_id(request),
            address=address_of(request),
        )
    except Refused as refused:
        return say(refused.sentence)
    return render(request, "telephony/_intent.html", {"intent": intent}, status=202)


def click_id(request: HttpRequest) -> uuid.UUID:
    """Made by the page, so that the same click sent twice is one; a page without scripts has none."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid.uuid4()
