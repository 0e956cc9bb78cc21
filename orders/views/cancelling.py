"""The list of reasons for cancelling, kept by the manager or the administrator."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, requires
from orders.models import CancelReason
from orders.selectors import cancelling as selectors
from orders.services import cancelling


class CancelReasonForm(forms.ModelForm):
    class Meta:
        model = CancelReason
        fields = ("text", "by_whom", "fleet", "is_active")
        labels = {
            "text": gettext_lazy("Reason"),
            "by_whom": gettext_lazy("Whose doing it is"),
            "fleet": gettext_lazy("Only for the fleet"),
            "is_active": gettext_lazy("In use"),
        }


# /cancel-reasons/
@requires("reasons.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: SignedInRequest) -> HttpResponse:
    return _keep(request, None)


# /cancel-reasons/<id>/
@requires("reasons.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: SignedInRequest, pk: int) -> HttpResponse:
    return _keep(request, get_object_or_404(CancelReason, pk=pk))


def _keep(request: SignedInRequest, known: CancelReason | None) -> HttpResponse:
    form = CancelReasonForm(request.POST or None, instance=known, initial={"is_active": True})
    if form.is_valid():
        kept = cancelling.keep_reason(reason=form.save(commit=False), actor=request.user)
        messages.success(request, _("Saved: %(reason)s.") % {"reason": kept.text})
        return redirect("orders:cancel-reasons")
    context = {"form": form, "known": known, "reasons": selectors.every()}
    return render(request, "orders/cancel_reasons.html", context, status=422 if form.is_bound else 200)
