"""The list of reasons for a break, kept by the administrator."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dispatch.audit import journal
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.models import BreakReason


class ReasonForm(forms.ModelForm):
    class Meta:
        model = BreakReason
        fields = ("name", "is_active")
        labels = {"name": gettext_lazy("Reason"), "is_active": gettext_lazy("In use")}


# /staff/break-reasons/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: SignedInRequest) -> HttpResponse:
    return _keep(request, None)


# /staff/break-reasons/<id>/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: SignedInRequest, pk: int) -> HttpResponse:
    return _keep(request, get_object_or_404(BreakReason, pk=pk))


def _keep(request: SignedInRequest, known: BreakReason | None) -> HttpResponse:
    form = ReasonForm(request.POST or None, instance=known, initial={"is_active": True})
    if not form.is_valid():
        context = {"form": form, "known": known, "reasons": BreakReason.objects.order_by("-is_active", "name")}
        return render(request, "desk/break_reasons.html", context, status=422 if form.is_bound else 200)
    with transaction.atomic():
        kept = form.save()
        verb = "break_reason.added" if known is None else "break_reason.changed"
        journal.record(request.user, verb, kept, reason=kept.name, is_active=kept.is_active)
    messages.success(request, _("Saved: %(reason)s.") % {"reason": kept.name})
    return redirect("desk:break-reasons")
