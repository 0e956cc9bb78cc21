"""Taking an order: the form, its draft, and what is known of the caller."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from orders import actors, filters, numbers, phones, sight
from orders.forms.intake import IntakeForm, unmasked
from orders.models import ClientPhone, Draft, KeptQuote, Order
from orders.selectors import again, cards, unfinished
from orders.services import clients, drafts, intake
from orders.services import quotes as taking
from orders.views import quotes
from orders.views.answers import show, wants_fragment
from orders.views.pane import fetch, show_order

AGAIN = {"like": again.repeated, "back": again.way_back}
LONGEST_BODY = 60_000  # bytes of one autosave
MOST_VERSIONS = 2**31  # as the column holds


# /orders/intake/?source=call:731&phone=…&client=…, ?like=<order>, ?back=<order>
@requires("desk.work")
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request)
    draft = _draft_like(request) or _draft_for(request)
    return _show(request, IntakeForm(initial=IntakeForm.values_of(draft.fields)), draft)


# /orders/intake/client/?phone=…&client=…
@requires("desk.work")
@require_safe
def client(request: SignedInRequest) -> HttpResponse:
    """What is known of the number that was typed: the block above the fields."""
    chosen = IntakeForm(initial={"client": request.GET.get("client", "")}).client_id
    typed = unmasked(request.GET.get("phone", ""), chosen)
    known = cards.caller(client_id=chosen, phone=numbers.e164(typed))
    return render(request, "orders/_caller.html", {"caller": known, "chosen": request.GET.get("client", "")})


# /orders/drafts/
@requires("desk.work")
@require_safe
def unfinished_forms(request: SignedInRequest) -> HttpResponse:
    return render(request, "orders/_drafts.html", {"drafts": unfinished.of_person(request.user)})


# /orders/drafts/<uuid>/
@requires("desk.work")
@require_http_methods(["GET", "HEAD", "PUT", "POST", "DELETE"])
def draft(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """GET: the form; PUT or POST: autosave, JSON {"version", "fields"}; DELETE: throw it away."""
    found = get_object_or_404(Draft.objects.select_related("order"), pk=pk, owner=request.user)
    if request.method in ("GET", "HEAD"):
        if found.order:
            return redirect("orders:detail", pk=found.order.pk)
        return _show(request, IntakeForm(initial=IntakeForm.values_of(found.fields)), found)
    if request.method == "DELETE":
        drafts.discard(draft_id=pk, owner=request.user)
        return HttpResponse()
    return _keep(request, found)


def _keep(request: SignedInRequest, found: Draft) -> HttpResponse:
    version, fields = _typed(request)
    kept = drafts.keep(draft_id=found.pk, owner=request.user, fields=fields, version=version)
    if kept:
        return JsonResponse({"version": version})
    found.refresh_from_db()
    return JsonResponse({"version": found.version, "order": found.order_id}, status=409)


def _typed(request: SignedInRequest) -> tuple[int, dict[str, Any]]:
    """(0, {}) for a body that is no autosave: such a version is always overtaken."""
    try:
        body = json.loads(request.body[:LONGEST_BODY])
        version = int(body["version"])
        return (version, dict(body["fields"])) if version < MOST_VERSIONS else (0, {})
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return 0, {}


def _save(request: SignedInRequest) -> HttpResponse:
    draft = _own_draft(request)
    if draft and draft.order:
        return _taken(request, draft.order.pk)
    data = request.POST.copy()
    form = IntakeForm(data)
    data["phone"] = unmasked(data.get("phone", ""), form.client_id)
    if roster.open_shift(request.user) is None:
        return _refused(request, form, draft, _("Start your shift first: orders are taken on a shift."))
    if not form.is_valid():
        return _show(request, form, draft, status=422)
    try:
        order = _place(request, form, draft, quotes.holding(data, form.quote_id))
    except intake.Doubtful as doubtful:
        return _show(request, form, draft, status=422, concerns=doubtful.concerns)
    except clients.Ambiguous as ambiguous:
        form.add_error(None, _("Several clients have this number: choose who calls."))
        return _show(request, form, draft, status=422, caller=cards.Caller(clients=ambiguous.clients))
    except Refused as refusal:
        return _refused(request, form, draft, refusal.sentence)
    return _taken(request, order.pk)


def _place(request: SignedInRequest, form: IntakeForm, draft: Draft | None, quoted: KeptQuote | None) -> Order:
    said: dict[str, Any] = {
        "booking": form.booking(),
        "actor": actors.staff(request.user, draft.source if draft else ""),
        "draft_id": draft.pk if draft else None,
        "accepted": frozenset(request.POST.getlist("accept")),
        "keys": _keys(request),
    }
    return taking.take(quote_id=quoted.pk, **said) if quoted else intake.place(**said)


def _keys(request: SignedInRequest) -> int | None:
    """How many keys the page counted in this form."""
    counted = request.POST.get("keys", "")
    return int(counted) if counted.isascii() and counted.isdecimal() and len(counted) < 6 else None


def _taken(request: SignedInRequest, order_id: int) -> HttpResponse:
    return show_order(request, order_id) if wants_fragment(request) else redirect("orders:detail", pk=order_id)


def _refused(request: SignedInRequest, form: IntakeForm, draft: Draft | None, sentence: str) -> HttpResponse:
    if wants_fragment(request):
        return say(sentence)
    form.add_error(None, sentence)
    return _show(request, form, draft, status=409)


def _draft_like(request: SignedInRequest) -> Draft | None:
    """A form that begins with what an earlier order says; None: none is named."""
    named = next((name for name in AGAIN if name in request.GET), None)
    key = filters.key(request.GET[named]) if named else None
    if named is None or key is None:
        return None
    order = fetch(key)
    fields = AGAIN[named](order, sight.of_person(request.user))
    return drafts.open_draft(owner=request.user, source=f"{named}:{order.pk}", fields=fields)


def _draft_for(request: SignedInRequest) -> Draft:
    """My unfinished form for this call, client or number; a new one begins with what is known."""
    phone, chosen = request.GET.get("phone", "").strip(), request.GET.get("client", "")
    client_id = IntakeForm(initial={"client": chosen}).client_id
    if client_id is not None and not phone:
        main = ClientPhone.objects.filter(client=client_id).order_by("-is_main", "pk").first()
        phone = phones.masked(main.e164) if main else ""
    elif phone:
        phone = numbers.national(numbers.e164(phone) or phone)
    source = request.GET.get("source", "") or (f"client:{client_id}" if client_id is not None else "")
    source = source or (f"phone:{numbers.e164(phone)}" if numbers.e164(phone) else "")
    known = {
        "phone": phone,
        "client": chosen if client_id is not None else "",
        "fleet": request.GET.get("fleet", ""),  # whose number was called
    }
    return drafts.open_draft(
        owner=request.user,
        source=source[:64],
        fields={name: text for name, text in known.items() if text},
    )


def _own_draft(request: SignedInRequest) -> Draft | None:
    try:
        key = UUID(request.POST.get("draft", ""))
    except ValueError:
        return None
    found = Draft.objects.select_related("order").filter(pk=key, owner=request.user).first()
    if found is None:
        raise Http404
    return found


def _show(
    request: SignedInRequest,
    form: IntakeForm,
    draft: Draft | None,
    *,
    status: int = 200,
    concerns: tuple[intake.Concern, ...] = (),
    caller: cards.Caller | None = None,
) -> HttpResponse:
    chosen = form["client"].value() or ""
    shown = draft.pk if draft else None
    typed = unmasked(form["phone"].value() or "", form.client_id)
    context = {
        "form": form,
        "draft": draft,
        "caller": caller or cards.caller(client_id=form.client_id, phone=numbers.e164(typed)),
        "chosen": chosen,
        "concerns": concerns,
        "accepted": request.POST.getlist("accept"),
        "tabs": unfinished.tabs(request.user, shown),
        "emergency": settings.EMERGENCY_NUMBERS,
    }
    return show(request, "intake", context, status=status)
