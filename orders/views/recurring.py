"""Recurring orders: begun from an order, with their next days, skipped days and pauses."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused
from orders import actors
from orders.actors import Actor
from orders.forms.recurring import PauseForm, RecurringForm
from orders.models import Recurrence
from orders.selectors import recurring as selectors
from orders.services import recurrences
from orders.views.pane import fetch


# /recurring/
@requires("orders.see")
@require_safe
def all_running(request: SignedInRequest) -> HttpResponse:
    return render(request, "orders/recurring.html", {"recurrences": selectors.running()})


# /orders/<id>/recurring/
@requires("orders.act")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    order = fetch(pk)
    initial = RecurringForm.of_order(order) if order.pickup_at else None
    form = RecurringForm(request.POST or None, initial=initial)
    context = {"form": form, "order": order}
    if not form.is_valid():
        return render(request, "orders/recurring_form.html", context, status=422 if form.is_bound else 200)
    try:
        made = recurrences.begin(order_id=pk, plan=form.plan(), actor=actors.staff(request.user))
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return render(request, "orders/recurring_form.html", context, status=409)
    messages.success(request, _("Saved. The next days are planned."))
    return redirect("orders:recurrence", pk=made.pk)


# /recurring/<id>/
@requires("orders.see")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST: other days or another time."""
    found = get_object_or_404(Recurrence, pk=pk)
    if request.method != "POST":
        return _show(request, pk, RecurringForm(initial=RecurringForm.of_recurrence(found)))
    if not may(request.user, "orders.act"):
        return refuse(request, _("Recurring orders are changed by dispatchers and supervisors."), target=found)
    form = RecurringForm(request.POST)
    if not form.is_valid():
        return _show(request, pk, form, status=422)
    return _do(request, lambda by: recurrences.reschedule(recurrence_id=pk, plan=form.plan(), actor=by), pk, form)


# /recurring/<id>/day/
@requires("orders.act")
@require_POST
def day(request: SignedInRequest, pk: int) -> HttpResponse:
    """`day` in ISO; `back`: it comes on that day after all."""
    get_object_or_404(Recurrence, pk=pk)
    try:
        wanted = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        return _show(request, pk, None, sentence=_("That is no day."), status=422)
    verb = recurrences.unskip if request.POST.get("back") else recurrences.skip
    return _do(request, lambda by: verb(recurrence_id=pk, day=wanted, actor=by), pk)


# /recurring/<id>/pause/
@requires("orders.act")
@require_POST
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    """`first` and `last`, ISO days; `over`: the pause ends now."""
    get_object_or_404(Recurrence, pk=pk)
    if request.POST.get("over"):
        return _do(request, lambda by: recurrences.resume(recurrence_id=pk, actor=by), pk)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _show(request, pk, None, pause_form=form, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    return _do(request, lambda by: recurrences.pause(recurrence_id=pk, first=first, last=last, actor=by), pk)


# /recurring/<id>/end/
@requires("orders.act")
@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(Recurrence, pk=pk)
    return _do(request, lambda by: recurrences.end(recurrence_id=pk, actor=by), pk)


# /recurring/<id>/follow/
@requires("orders.act")
@require_POST
def follow(request: SignedInRequest, pk: int) -> HttpResponse:
    """`order`: one of its orders, which the next ones shall be like."""
    found = get_object_or_404(Recurrence, pk=pk)
    wanted = request.POST.get("order", "")
    order = found.orders.filter(pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0).first()
    if order is None:
        return _show(request, pk, None, sentence=_("That is none of its orders."), status=422)
    return _do(request, lambda by: recurrences.follow(recurrence_id=pk, order_id=order.pk, actor=by), pk)


def _do(
    request: SignedInRequest, verb: Callable[[Actor], Recurrence], pk: int, form: RecurringForm | None = None
) -> HttpResponse:
    try:
        verb(actors.staff(request.user))
    except Refused as refusal:
        return _show(request, pk, form, sentence=refusal.sentence, status=409)
    messages.success(request, _("Saved."))
    return redirect("orders:recurrence", pk=pk)


def _show(
    request: SignedInRequest,
    pk: int,
    form: RecurringForm | None,
    *,
    pause_form: PauseForm | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    schedule = selectors.schedule(pk)
    context = {
        "schedule": schedule,
        "recurrence": schedule.recurrence,
        "form": form or RecurringForm(initial=RecurringForm.of_recurrence(schedule.recurrence)),
        "pause_form": pause_form or PauseForm(),
        "sentence": sentence,
        "may_act": may(request.user, "orders.act"),
    }
    return render(request, "orders/recurrence.html", context, status=status)
