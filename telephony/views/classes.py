"""The classes of calls, kept by the administrator, and the class of one call."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, refuse, requires
from dispatch.staff.views.named_list import NamedList
from telephony.forms import ClassForm
from telephony.models import Call, CallClass
from telephony.selectors import privacy
from telephony.services import classes as services

CLASSES = NamedList(
    CallClass,
    "call_class",
    "telephony:classes",
    "telephony:class",
    title=gettext_lazy("Classes of calls"),
    add=gettext_lazy("Add a class"),
    label=pgettext_lazy("call", "Class"),
    none=gettext_lazy("No class is set up yet."),
)


# /staff/call-classes/ …/<id>/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def every(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    return CLASSES.keep(request, pk)


# /calls/<id>/class/
@requires("calls.take")
@require_http_methods(["GET", "HEAD", "POST"])
def of_call(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form, as a fragment for the dialog of the call; when it was sent: 204, or the call's page."""
    call = get_object_or_404(Call, pk=pk)
    if not privacy.visible_to(request.user).filter(pk=pk).exists():
        return refuse(request, _("This is a colleague's call: you see your own and the missed ones."), target=call)
    form = ClassForm(request.POST if request.method == "POST" else None, call)
    form.fields["chosen"].widget.attrs["autofocus"] = True
    if not form.is_valid():
        context = {"form": form, "call": call}
        return render(request, "telephony/_class.html", context, status=422 if form.is_bound else 200)
    services.classify(call=call, chosen=form.cleaned_data["chosen"], actor=request.user)
    return HttpResponse(status=204) if request.htmx else redirect("telephony:call", pk)
