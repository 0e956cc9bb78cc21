"""Saved addresses on a client's card."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders.forms.cards import AddressForm
from orders.models import Client, ClientAddress
from orders.services import client_addresses as services
from orders.views.answers import show
from orders.views.clients import answer_card


# /clients/<id>/addresses/
@requires("clients.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Client, pk=pk), ClientAddress(client_id=pk))


# /clients/addresses/<id>/
@requires("clients.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    address = get_object_or_404(ClientAddress.objects.select_related("client"), pk=pk)
    return _edit(request, address.client, address)


# /clients/addresses/<id>/remove/
@requires("clients.see")
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    address = get_object_or_404(ClientAddress.objects.select_related("client"), pk=pk)
    if not may(request.user, "clients.edit"):
        return refuse(request, _("The desk keeps the clients' cards."), target=address.client)
    services.remove(client_id=address.client_id, address_id=pk, actor=request.user)
    return answer_card(request, address.client_id)


def _edit(request: SignedInRequest, client: Client, address: ClientAddress) -> HttpResponse:
    if not may(request.user, "clients.edit"):
        return refuse(request, _("The desk keeps the clients' cards."), target=client)
    form = AddressForm(request.POST or None, instance=address)
    context = {"form": form, "client": client, "address": address}
    if not form.is_valid():
        return show(request, "address_form", context, status=422 if form.is_bound else 200)
    try:
        services.save(client_id=client.pk, address_id=address.pk, written=form.written(), actor=request.user)
    except Refused as refusal:
        form.add_error("address", refusal.sentence)
        return show(request, "address_form", context, status=422)
    return answer_card(request, client.pk)
