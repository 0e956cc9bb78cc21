"""A click that calls somebody: a colleague, a client, a driver, whoever an order concerns, or a typed number."""

import json
from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, address_of, refuse, requires
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from orders import numbers
from orders.models import Client, Driver, Order
from telephony.core import naming
from telephony.models import Call, Intent
from telephony.selectors import outside, privacy
from telephony.sentences import sentence
from telephony.services import missed, outgoing, targets
from telephony.services.targets import Target
from telephony.views.pick import click_id


# /dial/ with `to`, /dial/102/
@requires("calls.take")
@require_POST
def dial(request: SignedInRequest, to: str = "") -> HttpResponse:
    """202: asked, what becomes of it comes over the socket; 409: a sentence, why not."""
    typed = "" if to else request.POST.get("to", "").strip()[:40]
    return _call(request, lambda shift: targets.to_call(to or typed, own=shift.extension), typed)


# /dial/person/3/
@requires("calls.take")
@require_POST
def dial_mobile(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same: a colleague on his mobile telephone, whose number is not sent."""
    get_object_or_404(Person, pk=pk, is_machine=False)
    return _call(request, lambda _shift: targets.of_person(pk))


# /dial/client/7/ /dial/driver/5/
@requires("calls.take")
@require_POST
def dial_listed(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The same; 404 where there is no such person."""
    get_object_or_404(Client if kind == "client" else Driver, pk=pk)
    return _call(request, lambda _shift: targets.of_client(pk) if kind == "client" else targets.of_driver(pk))


# /dial/order/512/client/ /dial/order/512/driver/
@requires("calls.take")
@require_POST
def dial_order(request: SignedInRequest, pk: int, whom: str) -> HttpResponse:
    """The same; the call is that order's."""
    order = get_object_or_404(Order.objects.select_related("client"), pk=pk)
    return _call(request, lambda _shift: targets.driver_of(order) if whom == "driver" else targets.client_of(order))


# /dial/order/512/both/
@requires("calls.take")
@require_POST
def connect(request: SignedInRequest, pk: int) -> HttpResponse:
    """The driver of the order is called, then its client: the two talk, and nobody of ours."""
    order = get_object_or_404(Order.objects.select_related("client", "fleet"), pk=pk)
    return _ask(
        request,
        lambda shift: outgoing.connect(
            order=order,
            actor=request.user,
            shift=shift,
            intent_id=click_id(request),
            address=address_of(request),
        ),
    )


# /dial/call/731/
@requires("calls.take")
@require_POST
def dial_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whoever was on the other side of that call. His number is not sent: who sees it masked may call, too."""
    call = get_object_or_404(Call.objects.select_related("client", "driver", "order"), pk=pk)
    if not privacy.visible_to(request.user).filter(pk=pk).exists():
        return refuse(request, _("This is a colleague's call: you see your own and the missed ones."), target=call)
    with transaction.atomic():  # of two who click at once, the second is told
        other = missed.who_calls_back(outside.number_of(call), but=request.user)
        if other is not None:
            return say(_("%(name)s is calling him already.") % {"name": other.full_name})
        return _call(request, lambda _shift: targets.other_side_of(call))


def _call(request: SignedInRequest, target: Callable[[Shift], Target], typed: str = "") -> HttpResponse:
    return _ask(
        request,
        lambda shift: outgoing.call(
            target=target(shift),
            typed=typed,
            actor=request.user,
            shift=shift,
            intent_id=click_id(request),
            address=address_of(request),
        ),
    )


def _ask(request: SignedInRequest, ask: Callable[[Shift], Intent]) -> HttpResponse:
    shift = roster.open_shift(request.user)
    if shift is None:
        return say(sentence("no_shift", {}))
    try:
        intent = ask(shift)
    except Refused as refused:
        return say(refused.sentence)
    answer = render(request, "telephony/_intent.html", {"intent": intent}, status=202)
    if intent.verb == naming.CALL:
        answer["Phone-Dials"] = json.dumps({"call": naming.beginning(intent.pk.hex), "who": _said_of(intent)})
    return answer


def _said_of(intent: Intent) -> str:
    """Whom the telephone in the browser is about to call; "" where that would be a number which is not sent."""
    name = str(intent.args["name"])
    return name if "typed" in intent.args or name != numbers.national(intent.args.get("e164", "")) else ""
