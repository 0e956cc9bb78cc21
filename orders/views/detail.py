"""One order: its page, its transitions, its driver, its changes. Fetch and authorise, verb, answer."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.audit import journal
from dispatch.staff.access import SignedInRequest, address_of, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import actors, numbers, sight
from orders.flow import FINAL_STATES, TRANSITIONS, ActorKind, State
from orders.forms.editing import EditForm
from orders.selectors import detail as detail_selectors
from orders.selectors import presence, search_panel, timeline
from orders.selectors.detail import ASSIGNING
from orders.services import assignment, cancelling, contact, editing, lifecycle, offers, outlook
from orders.views.answers import show, wants_fragment
from orders.views.pane import answer_order, fetch, refuse_order, show_order


# /orders/<id>/
@requires("orders.see")
@require_safe
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return show_order(request, pk)


# /orders/<id>/history/
@requires("orders.see")
@require_safe
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """What happened. A fragment of the order's page, drawn anew while something in it goes on."""
    order = fetch(pk)
    lines = timeline.read(order, request.user, detail_selectors.events(order))
    return render(
        request, "orders/_history.html", {"order": order, "timeline": lines, "sight": sight.of_person(request.user)}
    )


# /orders/<id>/<transition>/
@requires("orders.act")
@require_POST
def move(request: SignedInRequest, pk: int, transition: str) -> HttpResponse:
    order, actor = fetch(pk), _actor(request)
    step = TRANSITIONS.get(transition)
    if step is None or actor.kind not in step.actors:
        raise Http404
    if step.needs_driver or step.name in ASSIGNING:
        raise Http404  # drivers are named at orders/<id>/driver/ and orders/<id>/offers/
    by_whom, reason = "", request.POST.get("reason", "")
    try:
        if step.target is State.CANCELLED:
            by_whom, reason = cancelling.said(request.POST.get("cause", ""), reason)
        lifecycle.move(
            order_id=order.pk,
            name=transition,
            actor=actor,
            version=version_seen(request),
            reason=reason,
            by_whom=by_whom,
        )
    except Refused as refusal:
        return refuse_order(request, pk, refusal)
    return answer_order(request, pk)


# /orders/<id>/driver/
@requires("orders.act")
@require_POST
def driver(request: SignedInRequest, pk: int) -> HttpResponse:
    order = fetch(pk)
    try:
        assignment.assign(
            order_id=order.pk,
            call_sign=request.POST.get("call_sign", ""),
            actor=_actor(request),
            version=version_seen(request),
            accepted=request.POST.getlist("accept"),
        )
    except Refused as refusal:
        return refuse_order(request, pk, refusal)
    except assignment.Doubtful as doubtful:
        return show_order(request, pk, doubtful=doubtful, status=422 if wants_fragment(request) else 409)
    return answer_order(request, pk)


# /orders/<id>/candidates/
@requires("orders.act")
@require_safe
def candidates(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who could drive it, and how the search goes. A fragment of the order's page."""
    order = fetch(pk)
    context = {"order": order, "panel": search_panel.read(order), "sight": sight.of_person(request.user)}
    return render(request, "orders/_candidates.html", context)


# /orders/<id>/offers/
@requires("orders.act")
@require_POST
def offer(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the driver with the call sign, or, without one, to all who could."""
    order, actor, version = fetch(pk), _actor(request), version_seen(request)
    try:
        if "call_sign" in request.POST:
            sign, accepted = request.POST["call_sign"], request.POST.getlist("accept")
            offers.offer(order_id=order.pk, call_sign=sign, actor=actor, version=version, accepted=accepted)
        else:
            offers.broadcast(order_id=order.pk, actor=actor, version=version)
    except Refused as refusal:
        return refuse_order(request, pk, refusal)
    except assignment.Doubtful as doubtful:
        return show_order(request, pk, doubtful=doubtful, status=422 if wants_fragment(request) else 409)
    return answer_order(request, pk)


# /orders/<id>/search/
@requires("orders.act")
@require_POST
def search_again(request: SignedInRequest, pk: int) -> HttpResponse:
    order = fetch(pk)
    try:
        offers.search_again(order_id=order.pk, actor=_actor(request))
    except Refused as refusal:
        return refuse_order(request, pk, refusal)
    return answer_order(request, pk)


# /orders/<id>/contact/
@requires("orders.act")
@require_POST
def note_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    order = fetch(pk)
    try:
        contact.note(
            order_id=order.pk,
            kind=request.POST.get("kind", ""),
            actor=_actor(request),
            outcome=request.POST.get("outcome", ""),
        )
    except Refused as refusal:
        return refuse_order(request, pk, refusal)
    return answer_order(request, pk)


# /orders/<id>/edit/
@requires("orders.act")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    order, actor = fetch(pk), _actor(request)
    if order.state in FINAL_STATES and actor.kind is not ActorKind.SUPERVISOR:
        return refuse(request, _("A closed order is corrected by a supervisor only."), target=order)
    form = EditForm(request.POST or None, initial=EditForm.values_of(order), order=order)
    context = {
        "order": order,
        "form": form,
        "others": presence.others([pk], request.user.pk).get(pk, ()),
        "is_correction": order.state in FINAL_STATES,
    }
    if not form.is_valid():
        return show(request, "edit", context, status=422 if form.is_bound else 200)
    try:
        editing.edit(
            order_id=pk,
            wanted=form.wording(),
            version=form.cleaned_data["version"],
            actor=actor,
            reason=form.cleaned_data["reason"],
            accepted=frozenset(request.POST.getlist("accept")),
        )
    except editing.Undecided as undecided:
        context["outlook"] = undecided.outlook
        return show(request, "edit", context, status=422 if wants_fragment(request) else 409)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return show(request, "edit", context, status=422 if wants_fragment(request) else 409)
    except editing.Conflict as conflict:
        context |= {"order": conflict.order, "conflict": conflict, "form": _for_another_try(form, conflict)}
        return show(request, "edit", context, status=422 if wants_fragment(request) else 409)
    return answer_order(request, pk)


# /orders/<id>/ahead/
@requires("orders.act")
@require_safe
def ahead(request: SignedInRequest, pk: int) -> HttpResponse:
    """While somebody types in the form of changes: what saving it would lead to. Nothing is said of nonsense."""
    order = fetch(pk)
    form = EditForm(request.GET, order=order)
    if order.state in FINAL_STATES or not form.is_valid():
        return HttpResponse()
    context = {"outlook": outlook.of(order, form.wording()), "order": order}
    return render(request, "orders/_outlook.html", context | {"keeps": editing.KEEP in request.GET.getlist("accept")})


# /orders/<id>/number/
@requires("orders.see")
@require_POST
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """A manager looks at the whole number, and the journal knows it."""
    order = fetch(pk)
    if not may(request.user, "numbers.reveal"):
        return refuse(request, _("Whole numbers of clients are not for you here."), target=order)
    journal.record(request.user, "number.revealed", order, address=address_of(request))
    return render(request, "orders/_number.html", {"number": numbers.national(order.phone), "e164": order.phone})


def _actor(request: SignedInRequest) -> actors.Actor:
    return actors.staff(request.user, request.POST.get("source", "")[:64])


def version_seen(request: SignedInRequest) -> int | None:
    seen = request.POST.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() else None


def _for_another_try(form: EditForm, conflict: editing.Conflict) -> EditForm:
    """Her typing against the order as it is now: saving again is a decision. What only the other changed stays so."""
    hers = {name: form[name].value() for field in conflict.mine for name in EditForm.inputs_of(field)}
    return EditForm(initial={**EditForm.values_of(conflict.order), **hers}, order=conflict.order)
