"""Breaks: one's own from the head of the page, another's by a supervisor."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.models import BreakReason, Shift
from dispatch.staff.refusal import Refused, say
from dispatch.staff.selectors import roster
from dispatch.staff.services import breaks
from telephony.services import after_call


class BreakForm(forms.Form):
    """One of the list, words of one's own, or both."""

    reason = forms.ModelChoiceField(
        queryset=BreakReason.objects.filter(is_active=True), to_field_name="name", required=False
    )
    note = forms.CharField(max_length=120, required=False)


# /shift/break/
@requires("desk.work")
@require_POST
def begin_own(request: SignedInRequest) -> HttpResponse:
    shift = roster.open_shift(request.user)
    return say(_("Your shift is over.")) if shift is None else _begin(request, shift)


# /shift/break/end/
@requires("desk.work")
@require_POST
def end_own(request: SignedInRequest) -> HttpResponse:
    shift = roster.open_shift(request.user)
    if shift is not None:
        breaks.end(shift=shift, actor=request.user)
    return _done(request)


# /shift/<id>/break/
@requires("desk.work")
@require_POST
def begin_of(request: SignedInRequest, pk: int) -> HttpResponse:
    shift = get_object_or_404(Shift.objects.select_related("person"), pk=pk)
    if not may(request.user, "staff.control"):
        return refuse(request, _("Only a supervisor sends another person into a break."), target=shift)
    return _begin(request, shift)


# /shift/<id>/break/end/
@requires("desk.work")
@require_POST
def end_of(request: SignedInRequest, pk: int) -> HttpResponse:
    shift = get_object_or_404(Shift.objects.select_related("person"), pk=pk)
    if not may(request.user, "staff.control"):
        return refuse(request, _("Only a supervisor ends another person's break."), target=shift)
    breaks.end(shift=shift, actor=request.user)
    return _done(request)


def _begin(request: SignedInRequest, shift: Shift) -> HttpResponse:
    """At once, or when her call is over."""
    form = BreakForm(request.POST)
    if not form.is_valid():
        return say(_("Choose a reason from the list, or write one in a few words."))
    reason, note = form.cleaned_data["reason"], " ".join(form.cleaned_data["note"].split())
    begin = breaks.begin_after_call if after_call.talks(shift) else breaks.begin
    try:
        begin(shift=shift, reason=reason.name if reason else "", note=note, actor=request.user)
    except Refused as refusal:
        return say(refusal.sentence)
    return _done(request)


def _done(request: SignedInRequest) -> HttpResponse:
    """What is so now comes over the socket; a page without scripts is led back."""
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("desk:shifts" if request.POST.get("from") == "shifts" else "/")
