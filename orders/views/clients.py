"""Clients: the list, the card, its numbers and its mark."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.audit import journal
from dispatch.staff.access import SignedInRequest, address_of, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import numbers, sight
from orders.forms.cards import ClientForm, MarkForm
from orders.models import Client, ClientMark, ClientPhone
from orders.selectors import cards
from orders.services import clients as services
from orders.views.answers import show, wants_fragment


# /clients/
@requires("clients.see")
@require_safe
def clients(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    after = request.GET.get("after", "")
    found = cards.clients(text=text, after=int(after) if after.isascii() and after.isdigit() else None)
    context = {
        "clients": found[: cards.PAGE],
        "after": found[cards.PAGE - 1].pk if len(found) > cards.PAGE else None,
        "text": text,
        "sight": sight.of_person(request.user),
        "may_edit": may(request.user, "clients.edit"),
    }
    return show(request, "clients", context)


# /clients/<id>/
@requires("clients.see")
@require_safe
def client(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, pk)


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
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error("new_numbers", refusal.sentence)
        return show(request, "client_form", {"form": form}, status=422)
    return _answer(request, saved.pk)


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
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error("new_numbers", refusal.sentence)
        return show(request, "client_form", context, status=422)
    return _answer(request, pk)


# /clients/<id>/mark/
@requires("clients.see")
@require_POST
def mark(request: SignedInRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client, pk=pk)
    if not may(request.user, "clients.blacklist"):
        return refuse(request, _("A supervisor or a manager decides that."), target=client)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _show(request, pk, mark_form=form, status=422)
    try:
        services.mark(
            client_id=pk,
            mark=ClientMark(form.cleaned_data["mark"]),
            reason=form.cleaned_data["reason"],
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error("reason", refusal.sentence)
        return _show(request, pk, mark_form=form, status=422)
    return _answer(request, pk)


# /clients/numbers/<id>/
@requires("clients.see")
@require_POST
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """A manager looks at the whole number, and the journal knows it."""
    found = get_object_or_404(ClientPhone.objects.select_related("client"), pk=pk)
    if not may(request.user, "numbers.reveal"):
        return refuse(request, _("Whole numbers of clients are not for you here."), target=found.client)
    journal.record(request.user, "number.revealed", found.client, address=address_of(request))
    return render(request, "orders/_number.html", {"number": numbers.national(found.e164)})


def _show(request: SignedInRequest, pk: int, *, mark_form: MarkForm | None = None, status: int = 200) -> HttpResponse:
    try:
        card = cards.client_card(pk)
    except Client.DoesNotExist:
        raise Http404 from None
    client = card.client
    may_mark = may(request.user, "clients.blacklist")
    context = {
        "card": card,
        "client": client,
        "sight": sight.of_person(request.user),
        "mark_form": mark_form or MarkForm(initial={"mark": client.mark, "reason": client.mark_reason}),
        "may_mark": may_mark,
        "may_edit": may(request.user, "clients.edit"),
        "may_order": may(request.user, "desk.work"),
        "may_reveal": may(request.user, "numbers.reveal"),
    }
    return show(request, "client", context, status=status)


def _answer(request: SignedInRequest, pk: int) -> HttpResponse:
    if wants_fragment(request):
        return _show(request, pk)
    messages.success(request, _("Saved."))
    return redirect("orders:client", pk=pk)
