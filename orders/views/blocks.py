"""Keeping a driver from a client, from the client's card or from the order they had."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused, say
from orders.models import Client, ClientDriverBlock
from orders.services import blocks as services
from orders.views import clients
from orders.views.answers import wants_fragment
from orders.views.pane import show_order


# /clients/<id>/blocks/
@requires("clients.see")
@require_POST
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client, pk=pk)
    if not may(request.user, "clients.edit"):
        return refuse(request, _("The desk keeps the clients' cards."), target=client)
    sign, reason = request.POST.get("call_sign", ""), request.POST.get("reason", "")
    try:
        services.block(client_id=pk, call_sign=sign, reason=reason, actor=request.user)
    except Refused as refusal:
        return say(refusal.sentence)
    order = request.POST.get("order", "")
    if order.isascii() and order.isdigit() and wants_fragment(request):
        return show_order(request, int(order))
    return _card(request, pk)


# /clients/blocks/<id>/lift/
@requires("clients.see")
@require_POST
def lift(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ClientDriverBlock, pk=pk)
    if not may(request.user, "clients.edit"):
        return refuse(request, _("The desk keeps the clients' cards."), target=found.client)
    return _card(request, services.lift(block_id=pk, actor=request.user).pk)


def _card(request: SignedInRequest, pk: int) -> HttpResponse:
    return clients.show_card(request, pk) if wants_fragment(request) else redirect("orders:client", pk=pk)
