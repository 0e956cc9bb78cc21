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
from telephony.selectors import privacy, who
from telephony.selectors.who import Who

EVERYTHING = ("client", "driver", "colleague", "order__client", "order__driver")


@dataclass(frozen=True)
class Opened:
    """`content`: the address of what fills the pane; empty: the person chooses first. `orders`: the client's open
    ones, the newest first. `intake`: the address of an empty form for this caller."""

    call: Call
    who: Who
    content: str
    intake: str
    orders: tuple[Order, ...] = ()


# /calls/<id>/open/
@requires("desk.work")
@require_safe
def open_call(request: HttpRequest, pk: int) -> HttpResponse:
    """A fragment for the pane; 204 where a call brings nothing. `?as=client-5` is the answer to a choice."""
    call = get_object_or_404(Call.objects.select_related(*EVERYTHING), pk=pk)
    if call.state != Call.State.RINGING and not privacy.visible_to(request.user).filter(pk=pk).exists():
        return refuse(request, _("A colleague is talking with this caller."), target=call)
    caller = _chosen(who.of_calls([call])[call.pk], request.GET.get("as", ""))
    if caller.kind == Kind.STAFF:
        return HttpResponse(status=204)
    opened = _opened(call, caller, knows_number=privacy.sees_whole_number(request.user, call))
    response = render(request, "telephony/_opened.html", {"opened": opened})
    show_only = _filter(call, caller)
    if show_only:
        response["HX-Trigger"] = json.dumps({"conveyor:filter": show_only})
    return response


def _chosen(caller: Who, choice: str) -> Who:
    """The one of several who was chosen; 404 for one who was not offered."""
    if not choice:
        return caller
    if choice == "new":
        return Who(Kind.NEW, number=caller.number)
    offered = {option.key: option for option in caller.options}
    if choice not in offered:
        raise Http404
    return offered[choice]


def _opened(call: Call, caller: Who, *, knows_number: bool) -> Opened:
    number = who.number_of(call) if knows_number and caller.kind != Kind.HIDDEN else ""
    asked = {"source": f"call:{call.pk}", "phone": number, "client": caller.client.pk if caller.client else ""}
    intake = f"{reverse('orders:intake')}?{urlencode({name: value for name, value in asked.items() if value})}"
    if caller.kind == Kind.CHOICE:
        return Opened(call, caller, "", intake)
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
