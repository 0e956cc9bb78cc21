"""One order on the screen, whoever shows it: its own page, a verb that was done, the form that became it."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dispatch.staff.access import SignedInRequest, may
from dispatch.staff.refusal import Refused, say
from orders import actors, reasons, sight
from orders.flow import FINAL_STATES
from orders.models import Order
from orders.selectors import cancelling, glance, presence, timeline
from orders.selectors import detail as selectors
from orders.services.assignment import Doubtful
from orders.views.answers import show, wants_fragment


def fetch(pk: int) -> Order:
    try:
        return selectors.find(pk)
    except Order.DoesNotExist:
        raise Http404 from None


def show_order(
    request: SignedInRequest, pk: int, *, sentence: str = "", doubtful: Doubtful | None = None, status: int = 200
) -> HttpResponse:
    """The order as it is now, with what this person may do; `sentence` says what was refused, what he typed stays;
    `doubtful` asks whether to insist."""
    order = fetch(pk)
    may_act = may(request.user, "orders.act")
    match = request.resolver_match
    detail = selectors.detail(order, actors.staff(request.user) if may_act else None)
    context = {
        "detail": detail,
        "timeline": timeline.read(order, request.user, detail.events),
        "order": order,
        "causes": cancelling.offered(order.fleet_id) if detail.can_be_cancelled else (),
        "cause": request.POST.get("cause", ""),
        "client": glance.client(order),
        "driver": glance.driver(order),
        "others": presence.others([pk], request.user.pk).get(pk, ()),
        "may_act": may_act,
        "sight": sight.of_person(request.user),
        "may_reveal": may(request.user, "numbers.reveal"),
        "may_edit": may_act and (order.state not in FINAL_STATES or may(request.user, "orders.correct")),
        "keys": selectors.KEYS_BESIDE,
        "may_order": may(request.user, "desk.work"),
        "may_block": may(request.user, "clients.edit"),
        "sentence": sentence,
        "doubtful": doubtful,
        "doubt": reasons.doubtful(doubtful.driver, doubtful.doubts) if doubtful else "",
        "insist_at": request.path,
        "call_sign": request.POST.get("call_sign", ""),
        "reason": request.POST.get("reason", ""),
        "asked": match.kwargs.get("transition", "") if sentence and match else "",
    }
    response = show(request, "detail", context, status=status)
    response["HX-Trigger"] = json.dumps({"pane:open": {"path": reverse("orders:detail", args=[pk])}})
    return response


def answer_order(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was asked for is done."""
    return show_order(request, pk) if wants_fragment(request) else redirect("orders:detail", pk=pk)


def refuse_order(request: SignedInRequest, pk: int, refusal: Refused) -> HttpResponse:
    if wants_fragment(request):
        return say(refusal.sentence)
    return show_order(request, pk, sentence=refusal.sentence, status=409)
