"""What a trip would cost, while the client is on the line; kept when he does not order, taken when he does."""

from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from orders import actors, numbers
from orders.forms import sketch
from orders.forms.intake import IntakeForm, unmasked
from orders.models import Draft, KeptQuote
from orders.selectors import quotes
from orders.services import clients, drafts, intake
from orders.services import quotes as services
from orders.views.answers import wants_fragment
from orders.views.pane import show_order

NOT_SAID = frozenset({"csrfmiddlewaretoken", "draft", "accept", "why_not"})  # of the form, but no field of it


# /orders/quotes/?phone=…&client=…
@requires("desk.work")
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: SignedInRequest) -> HttpResponse:
    """GET: what this caller was told and may still have; POST: keep what he is told now."""
    if request.method == "POST":
        return _keep(request)
    client_id = IntakeForm(initial={"client": request.GET.get("client", "")}).client_id
    phone = numbers.e164(unmasked(request.GET.get("phone", ""), client_id))
    return render(request, "orders/_kept.html", {"quotes": quotes.of_caller(client_id=client_id, phone=phone)})


def _keep(request: SignedInRequest) -> HttpResponse:
    """The intake form as it is, and `why_not`."""
    client_id = IntakeForm(initial={"client": request.POST.get("client", "")}).client_id
    fields = {
        name: values if len(values) > 1 or name in ("stop", "stop_point", "options") else values[0]
        for name, values in request.POST.lists()
        if name not in NOT_SAID and any(values)
    }
    phone = unmasked(request.POST.get("phone", ""), client_id)
    try:
        kept = services.keep(
            sketch=sketch.read(request.POST),
            fields=fields | ({"phone": phone} if phone else {}),
            phone=numbers.e164(phone),
            client_id=client_id,
            reason=request.POST.get("why_not", ""),
            actor=request.user,
        )
    except Refused as refusal:
        return say(refusal.sentence)
    return render(request, "orders/_kept.html", {"quotes": [kept], "is_new": True})


# /orders/quotes/<id>/order/
@requires("desk.work")
@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    kept = _find(pk)
    if kept.order_id:
        return _taken(request, kept.order_id)
    if roster.open_shift(request.user) is None:
        return say(_("Start your shift first: orders are taken on a shift."))
    form = IntakeForm(_typed(kept))
    draft = _own_draft(request)
    if form.is_valid():
        try:
            order = services.take(
                quote_id=pk,
                booking=form.booking(),
                actor=actors.staff(request.user, draft.source if draft else ""),
                draft_id=draft.pk if draft else None,
            )
        except (intake.Doubtful, clients.Ambiguous):
            pass  # there is something to ask: the form asks it
        except Refused as refusal:
            return say(refusal.sentence)
        else:
            return _taken(request, order.pk)
    return redirect("orders:draft", pk=_asked_in(request, kept, draft).pk)


def holding(typed: QueryDict, quote_id: int | None) -> KeptQuote | None:
    """The price that was said to this caller, as long as the form asks for the trip that it was said for."""
    kept = quotes.find(quote_id)
    return kept if kept and not kept.is_least and sketch.is_same_trip(_typed(kept), typed) else None


def _asked_in(request: SignedInRequest, kept: KeptQuote, draft: Draft | None) -> Draft:
    """The form in which the doubt is settled: that of the call, else one of its own."""
    fields = kept.fields | {"quote": str(kept.pk)}
    if draft and drafts.keep(draft_id=draft.pk, owner=request.user, fields=fields, version=draft.version + 1):
        return draft
    return drafts.open_draft(owner=request.user, source=f"quote:{kept.pk}", fields=fields)


def _find(pk: int) -> KeptQuote:
    found = quotes.alive().filter(pk=pk).first() or KeptQuote.objects.filter(pk=pk).exclude(order=None).first()
    if found is None:
        raise Http404
    return found


def _own_draft(request: SignedInRequest) -> Draft | None:
    """The form in which the quote was shown: it becomes this order, and says which call that was."""
    try:
        key = UUID(request.POST.get("draft", ""))
    except ValueError:
        return None
    return Draft.objects.filter(pk=key, owner=request.user, order=None).first()


def _typed(kept: KeptQuote) -> QueryDict:
    """The form as it was filled in; a pick-up time that has passed means now."""
    said = QueryDict(mutable=True)
    for name, value in kept.fields.items():
        said.setlist(name, value if isinstance(value, list) else [value])
    time = sketch.read(said).pickup_at
    if time is None or time < timezone.now():
        said["when"] = ""
    return said


def _taken(request: SignedInRequest, order_id: int) -> HttpResponse:
    return show_order(request, order_id) if wants_fragment(request) else redirect("orders:detail", pk=order_id)
