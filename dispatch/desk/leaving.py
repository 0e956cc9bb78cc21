"""How handovers and promised calls are drawn on every desk, and the accepting of a handover."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from dispatch.desk import callbacks, handover
from dispatch.desk.models import Handover
from dispatch.live import registry
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused, say


def shown(one: Handover) -> dict[str, object]:
    items = [item | {"at": parse_datetime(item["at"])} for item in one.items]
    return {"handover": one, "items": items}


def waiting() -> list[dict[str, object]]:
    """One query."""
    return [shown(one) for one in handover.waiting()]


@registry.renderer("handover")
def render_handovers(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    """None: somebody has accepted it."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    with translation.override(viewer.language):
        for one in handover.waiting().filter(pk__in=[int(key) for key in keys]):
            drawn[str(one.pk)] = render_to_string("desk/_handover.html", {"left": shown(one)})
    return drawn


@registry.renderer("callbacks")
def render_call_backs(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    """One chip for all: how many are open."""
    with translation.override(viewer.language):
        html = render_to_string("desk/_call_backs.html", {"promised": callbacks.how_many()})
    return dict.fromkeys(keys, html)


# /handovers/<id>/accept/
@requires("desk.work")
@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(Handover, pk=pk)
    try:
        handover.accept(handover_id=pk, person=request.user)
    except Refused as refusal:
        return say(refusal.sentence)
    return HttpResponse(status=204) if request.htmx else redirect("/")
