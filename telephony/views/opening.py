"""What answering a call brings to the screen: the form, the order, or the driver whom it is about."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dispatch.staff.access import refuse, requires
from orders.models import Order
from orders.selectors.current import open_orders_of_client
from telephony.models import Call
from telephony.recognition import Kind
from telephony.selectors import naming, privacy, who
from telephony.selectors.who import Who

UNSAID = (Kind.HIDDEN, Kind.CHOICE)
EVERYTHING = ("client", "driver", "colleague", "order__client", "order__driver", "fleet")


@dataclass(frozen=True)
class Opened:
    """`content`: the address of what fills the pane; empty: the person says first who calls, out of `options` or by
    looking for `text`. `orders`: the client's open ones, the newest first. `intake`: an empty form for this caller."""

    call: Call
    who: Who
    content: str
    intake: str
    orders: tuple[Order, ...] = ()
    options: tuple[Who, ...] = ()
    text: str = ""


# /calls/<id>/open/
@requires("desk.work")
@require_safe
def open_call(request: HttpRequest, pk: int) -> HttpResponse:
    """A fragment for the pane; 204 where a call brings nothing.

    Where the number does not say who it is, `?find=` looks for the person and `?as=client-5` (or `new`) names him.
    """
    call = get_object_or_404(Call.objects.select_related(*EVERYTHING), pk=pk)
    if call.state != Call.State.RINGING and not privacy.visible_to(request.user).filter(pk=pk).exists():
        return refuse(request, _("A colleague is talking with this caller."), target=call)
    caller = who.of_calls([call])[call.pk]
    if caller.kind == Kind.STAFF:
        return HttpResponse(status=204)
    if caller.kind in UNSAID:
        caller = _named(caller, request.GET.get("as", ""))
    opened = _opened(call, caller, request.GET.get("find", ""), _known_number(request, call))
    response = render(request, "telephony/_opened.html", {"opened": opened})
    show_only = _filter(call, caller)
    if show_only:
        response["HX-Trigger"] = json.dumps({"conveyor:filter": show_only})
    return response


def _named(caller: Who, key: str) -> Who:
    """The one whom the dispatcher named; 404 for nobody."""
    if not key:
        return caller
    chosen = Who(Kind.NEW, number=caller.number) if key == "new" else naming.of_key(key)
    if chosen is None:
        raise Http404
    return chosen


def _known_number(request: HttpRequest, call: Call) -> str:
    hidden = call.recognised == Kind.HIDDEN or not privacy.sees_whole_number(request.user, call)
    return "" if hidden else who.number_of(call)


def _opened(call: Call, caller: Who, text: str, number: str) -> Opened:
    asked = {
        "source": f"call:{call.pk}",
        "phone": number,
        "client": caller.client.pk if caller.client else "",
        "fleet": call.fleet.pk if call.fleet and call.fleet.is_active else "",
    }
    intake = f"{reverse('orders:intake')}?{urlencode({name: value for name, value in asked.items() if value})}"
    if caller.kind in UNSAID:
        options = naming.of_text(text) if text.strip() else caller.options
        return Opened(call, caller, "", intake, options=options, text=text)
    if caller.driver:
        order = caller.order
        content = (
            reverse("orders:detail", args=[order.pk])
            if order
            else reverse("orders:driver-card", args=[caller.driver.pk])
        )
        return Opened(call, caller, content, intake)
    if caller.client and caller.order:
        found = tuple(open_orders_of_client(client_id=caller.client.pk))
        return Opened(call, caller, reverse("orders:detail", args=[found[0].pk]) if found else intake, intake, found)
    return Opened(call, caller, intake, intake)


def _filter(call: Call, caller: Who) -> dict[str, Any] | None:
    """What the list of orders shows while this call lasts."""
    if caller.driver and caller.order:
        label = _("driver %(sign)s") % {"sign": caller.driver.call_sign}
        return {"query": f"driver={caller.driver.pk}", "label": label, "call": call.pk}
    if caller.client and caller.order:
        return {"query": f"client={caller.client.pk}", "label": caller.name or _("this client"), "call": call.pk}
    return None
