"""Clients: the list, the card and its numbers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.audit import journal
from dispatch.staff.access import SignedInRequest, address_of, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import numbers, sight
from orders.forms.cards import ClientForm, MarkForm, ProposalForm
from orders.models import Client, ClientMark, ClientPhone
from orders.selectors import cards
from orders.services import clients as services
from orders.views.answers import show, wants_fragment


# /clients/
@requires("clients.see")
@require_safe
def clients(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:80]
    after = request.GET.get("after", "")
    mark = ClientMark(asked) if (asked := request.GET.get("mark", "")) in ClientMark.values else ClientMark.NONE
    found = cards.clients(text=text, mark=mark, after=int(after) if after.isascii() and after.isdigit() else None)
    may_mark = may(request.user, "clients.blacklist")
    context = {
        "clients": found[: cards.PAGE],
        "after": found[cards.PAGE - 1].pk if len(found) > cards.PAGE else None,
        "text": text,
        "mark": mark,
        "marks": [each for each in ClientMark if each],
        "may_merge": may(request.user, "clients.merge"),
        "may_exchange": may(request.user, "clients.exchange"),
        "proposals": cards.proposals() if may_mark else [],
        "sight": sight.of_person(request.user),
        "may_edit": may(request.user, "clients.edit"),
    }
    return show(request, "clients", context)


# /clients/<id>/
@requires("clients.see")
@require_safe
def client(request: SignedInRequest, pk: int) -> HttpResponse:
    return show_card(request, pk)


# /clients/new/
@requires("clients.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    if not may(request.user, "clients.edit"):
        return refuse(request, _("The desk keeps the clients' cards."))
    initial = {"new_numbers": numbers.national(numbers.e164(request.GET.get("phone", "")))}
    form = ClientForm(request.POST or None, initial=initial)
    if form.is_valid() and not form.phones().added:
        form.add_error("new_numbers", _("Write at least one number: without one the caller is not recognised."))
    if not form.is_valid():
        return show(request, "client_form", {"form": form}, status=422 if form.is_bound else 200)
    try:
        saved = services.add(
            name=form.cleaned_data["name"],
            notes=form.cleaned_data["notes"],
            numbers_typed=form.phones().added,
            own=form.own(),
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error("new_numbers", refusal.sentence)
        return show(request, "client_form", {"form": form}, status=422)
    return answer_card(request, saved.pk)


# /clients/<id>/edit/
@requires("clients.see")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.prefetch_related("phones"), pk=pk)
    if not may(request.user, "clients.edit"):
        return refuse(request, _("The desk keeps the clients' cards."), target=client)
    form = ClientForm(request.POST or None, instance=client)
    context = {"form": form, "client": client, "sight": sight.of_person(request.user)}
    if not form.is_valid():
        return show(request, "client_form", context, status=422 if form.is_bound else 200)
    try:
        services.change(
            client_id=pk,
            name=form.cleaned_data["name"],
            notes=form.cleaned_data["notes"],
            phones=form.phones(),
            own=form.own(),
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error("new_numbers", refusal.sentence)
        return show(request, "client_form", context, status=422)
    return answer_card(request, pk)


# /clients/numbers/<id>/
@requires("clients.see")
@require_POST
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """A manager looks at the whole number, and the journal knows it."""
    found = get_object_or_404(ClientPhone.objects.select_related("client"), pk=pk)
    if not may(request.user, "numbers.reveal"):
        return refuse(request, _("Whole numbers of clients are not for you here."), target=found.client)
    journal.record(request.user, "number.revealed", found.client, address=address_of(request))
    return render(request, "orders/_number.html", {"number": numbers.national(found.e164), "e164": found.e164})


def show_card(
    request: SignedInRequest,
    pk: int,
    *,
    mark_form: MarkForm | None = None,
    proposal_form: ProposalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    try:
        card = cards.client_card(pk)
    except Client.DoesNotExist:
        raise Http404 from None
    client = card.client
    if client.merged_into_id:
        return redirect("orders:client", pk=client.merged_into_id)
    now = {"mark": client.mark_now, "reason": client.mark_reason, "until": client.mark_until} if client.mark_now else {}
    context = {
        "card": card,
        "client": client,
        "sight": sight.of_person(request.user),
        "mark_form": mark_form or MarkForm(initial=now),
        "proposal_form": proposal_form or ProposalForm(prefix="proposal"),
        "may_mark": may(request.user, "clients.blacklist"),
        "may_merge": may(request.user, "clients.merge"),
        "may_anonymise": may(request.user, "clients.anonymise"),
        "may_propose": may(request.user, "clients.propose"),
        "may_edit": may(request.user, "clients.edit"),
        "may_order": may(request.user, "desk.work"),
        "may_reveal": may(request.user, "numbers.reveal"),
    }
    return show(request, "client", context, status=status)


def answer_card(request: SignedInRequest, pk: int) -> HttpResponse:
    """After a verb: the card as it is now."""
    if wants_fragment(request):
        return show_card(request, pk)
    messages.success(request, _("Saved."))
    return redirect("orders:client", pk=pk)
