"""Two cards of one person: what is likely one, side by side, and merged."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import sight
from orders.forms.cards import MergeForm
from orders.models import Client
from orders.selectors import cards
from orders.selectors import duplicates as reading
from orders.services import merging as services
from orders.services.merging import Choice


# /clients/duplicates/
@requires("clients.see")
@require_safe
def duplicates(request: SignedInRequest) -> HttpResponse:
    if not may(request.user, "clients.merge"):
        return _refuse(request)
    after = request.GET.get("after", "")
    shared = reading.by_number(int(after) if after.isascii() and after.isdigit() else None)
    context = {
        "by_number": shared[: reading.PAGE],
        "after": shared[reading.PAGE - 1].key if len(shared) > reading.PAGE else None,
        "by_name": [] if after else reading.by_name_and_address(),
        "sight": sight.of_person(request.user),
    }
    return render(request, "orders/duplicates.html", context)


# /clients/<id>/merge/?with=<id>
@requires("clients.see")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    first = _card(pk)
    if not may(request.user, "clients.merge"):
        return _refuse(request, first.client)
    other = request.POST.get("other") or request.GET.get("with", "")
    if not (other.isascii() and other.isdigit()) or int(other) == pk:
        return _choose(request, first.client)
    pair = sorted((first, _card(int(other))), key=lambda card: card.client.pk)
    form = MergeForm(request.POST or None, pair=[card.client for card in pair])
    context = {
        "pair": pair,
        "form": form,
        "other": other,
        "client": first.client,
        "sight": sight.of_person(request.user),
    }
    if not form.is_valid():
        return render(request, "orders/merge.html", context, status=422 if form.is_bound else 200)
    kept, gone = pair[0].client, pair[1].client
    choice = Choice(form.cleaned_data["name"], form.cleaned_data["notes"], form.cleaned_data["mark_of"])
    try:
        services.merge(kept_id=kept.pk, gone_id=gone.pk, choice=choice, actor=request.user)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return render(request, "orders/merge.html", context, status=409)
    messages.success(request, _("The two cards are one now."))
    return redirect("orders:client", pk=kept.pk)


def _choose(request: SignedInRequest, client: Client) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:80]
    found = cards.clients(text=text) if text else reading.of(client)
    context = {
        "client": client,
        "text": text,
        "found": [other for other in found if other.pk != client.pk][: cards.PAGE],
        "sight": sight.of_person(request.user),
    }
    return render(request, "orders/merge_with.html", context)


def _card(pk: int) -> cards.ClientCard:
    try:
        card = cards.client_card(pk)
    except (Client.DoesNotExist, OverflowError):
        raise Http404 from None
    if card.client.merged_into_id or card.client.anonymised_at:
        raise Http404
    return card


def _refuse(request: SignedInRequest, client: Client | None = None) -> HttpResponse:
    return refuse(request, _("Supervisors and managers merge cards."), target=client)
