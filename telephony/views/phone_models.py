"""Administration: makes of telephone, and how each is made to answer by itself."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dispatch.staff.access import SignedInRequest, requires
from telephony.core.hands_free import Way
from telephony.models import Extension, PhoneModel
from telephony.services import phone_models

LEARN = "learn"


# /staff/phone-models/
@requires("staff.administer")
@require_safe
def every(request: SignedInRequest) -> HttpResponse:
    at = Prefetch("extensions", Extension.objects.order_by("number"))
    context = {"models": PhoneModel.objects.order_by("name").prefetch_related(at), "ways": PhoneModel.Way.choices}
    return render(request, "telephony/phone_models.html", context)


# /staff/phone-models/<id>/
@requires("staff.administer")
@require_POST
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """`way`: one of the ways, or "learn"."""
    model, way = get_object_or_404(PhoneModel, pk=pk), request.POST.get("way", "")
    if way == LEARN:
        phone_models.learn_anew(model_id=pk, actor=request.user)
    elif way in PhoneModel.Way.values:
        phone_models.fix(model_id=pk, way=Way(way), actor=request.user)
    else:
        return HttpResponseBadRequest(_("Choose one of the list."))
    messages.success(request, _("%(model)s: saved.") % {"model": model.name})
    return redirect("telephony:phone-models")
