"""Calls that were promised: by when, to whom, and whether it was done."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dispatch.audit import journal
from dispatch.desk.models import CallBack
from dispatch.live import publish
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.models import Person
from orders import phones, sight
from orders.flow import OPEN_STATES
from orders.forms.fields import PhoneField, TimeField
from orders.models import Client, Order
from telephony.models import Call

Source = Order | Client | Call
SOURCES: dict[str, Any] = {"order": Order, "client": Client, "call": Call}
LATELY = 30  # that were done, below the open ones


class CallBackForm(forms.Form):
    phone = PhoneField(label=gettext_lazy("Phone"))
    due = TimeField(label=gettext_lazy("By when"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    order = forms.ModelChoiceField(Order.objects.all(), required=False, widget=forms.HiddenInput)
    client = forms.ModelChoiceField(Client.objects.all(), required=False, widget=forms.HiddenInput)
    call = forms.ModelChoiceField(Call.objects.all(), required=False, widget=forms.HiddenInput)


# /call-backs/?order=5 | client=7 | call=731
@requires("desk.work")
@require_http_methods(["GET", "HEAD", "POST"])
def call_backs(request: SignedInRequest) -> HttpResponse:
    form = CallBackForm(_unmasked(request)) if request.method == "POST" else CallBackForm(initial=_known(request))
    if form.is_bound and form.is_valid():
        promise(form=form, actor=request.user)
        return redirect("desk:call-backs")
    eye = sight.of_person(request.user)
    every = CallBack.objects.select_related("order", "client", "created_by", "done_by")
    still = every.filter(done_at=None).order_by("due_at", "pk")
    over = every.exclude(done_at=None).order_by("-done_at")[:LATELY]
    context = {
        "form": form,
        "lines": [(one, sight.live_number(one.phone, eye)) for one in still],
        "done": [(one, sight.resting_number(one.phone, eye)) for one in over],
        "now": timezone.now(),
    }
    return render(request, "desk/call_backs.html", context, status=422 if form.is_bound else 200)


# /call-backs/<id>/done/
@requires("desk.work")
@require_POST
def done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Done, or not after all: the same key again."""
    with transaction.atomic():
        one = get_object_or_404(CallBack.objects.select_for_update(), pk=pk)
        is_done = one.done_at is None
        one.done_at, one.done_by = (timezone.now(), request.user) if is_done else (None, None)
        one.save(update_fields=["done_at", "done_by"])
        journal.record(request.user, "call_back.done" if is_done else "call_back.undone", one)
        publish.changed("staff", "callbacks", 1)
    return redirect("desk:call-backs")


def promise(*, form: CallBackForm, actor: Person) -> CallBack:
    given = form.cleaned_data
    due: datetime = given["due"] or timezone.now()
    with transaction.atomic():
        made = CallBack.objects.create(
            phone=given["phone"], due_at=due, note=given["note"], order=given["order"], client=given["client"],
            created_by=actor,
        )  # fmt: skip
        journal.record(actor, "call_back.promised", made, reason=made.note)
        publish.changed("staff", "callbacks", 1)
    return made


def how_many() -> int:
    return CallBack.objects.filter(done_at=None).count()


def _known(request: SignedInRequest) -> dict[str, object]:
    """What the page that one comes from knows already; a number that may not be seen whole stays masked."""
    found: dict[str, object] = {"due": "+10"}
    for name, row in _sources(request.GET):
        found |= {name: row.pk}
        number = next(iter(_numbers(row)), "")
        if isinstance(row, Order | Call):
            found |= {"client": row.client_id}
        if isinstance(row, Call) and row.order_id:
            found |= {"order": row.order_id}
        is_live = row.state in OPEN_STATES if isinstance(row, Order) else False
        eye = sight.of_person(request.user)
        found["phone"] = sight.live_number(number, eye) if is_live else sight.resting_number(number, eye)
    return found


def _unmasked(request: SignedInRequest) -> QueryDict:
    """What was posted; a masked number is the one that it stands for."""
    data = request.POST.copy()
    typed = data.get("phone", "").strip()
    if "•" in typed:
        known = [number for _, row in _sources(data) for number in _numbers(row)]
        data["phone"] = next((number for number in known if phones.masked(number) == typed), typed)
    return data


def _sources(asked: QueryDict) -> Iterator[tuple[str, Source]]:
    for name, model in SOURCES.items():
        key = asked.get(name, "")
        if key.isascii() and key.isdecimal() and len(key) < 19:
            row = model.objects.filter(pk=int(key)).first()
            if row is not None:
                yield name, row


def _numbers(row: Source) -> list[str]:
    if isinstance(row, Client):
        return [phone.e164 for phone in row.phones.order_by("-is_main", "pk")]
    own = [row.callback_phone, row.phone] if isinstance(row, Order) else [row.caller_e164]
    return [number for number in own if number]
