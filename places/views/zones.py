"""Zones and stands: the map, the lists, the forms."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dispatch.staff.access import SignedInRequest, may, requires
from dispatch.staff.refusal import Refused
from places.forms.zones import StandForm, ZoneForm
from places.models import Stand, Zone
from places.selectors import overview
from places.services import zones as services
from places.views.answers import refusal


# /places/
@requires("places.see")
@require_safe
def zones(request: SignedInRequest) -> HttpResponse:
    shown, waiting = overview.zones(), overview.stands()
    context = {
        "zones": shown,
        "stands": waiting,
        "chart": overview.chart(shown, waiting),
        "may_edit": may(request.user, "places.edit"),
    }
    return render(request, "places/zones.html", context)


# /places/zones/new/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    return refusal(request) or _edit(request, Zone())


# /places/zones/<id>/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Zone, pk=pk)
    return refusal(request) or _edit(request, found)


def _edit(request: SignedInRequest, zone: Zone) -> HttpResponse:
    form = ZoneForm(request.POST or None, request.FILES or None, instance=zone)
    if not form.is_valid():
        return _form_page(request, form)
    if len(form.found) == 1:
        try:
            services.save_zone(zone=form.zone(), actor=request.user)
        except Refused as refused:
            form.add_error("name", refused.sentence)
            return _form_page(request, form)
        messages.success(request, _("Saved."))
        return redirect("places:zones")
    try:
        taken = services.take_drawings(drawings=form.found, actor=request.user)
    except Refused as refused:
        form.add_error("file", refused.sentence)
        return _form_page(request, form)
    said = ngettext("%(count)d zone is saved.", "%(count)d zones are saved.", len(taken))
    messages.success(request, said % {"count": len(taken)})
    return redirect("places:zones")


def _form_page(request: SignedInRequest, form: ZoneForm) -> HttpResponse:
    others = [zone for zone in overview.zones() if zone.pk != form.instance.pk]
    here = [Zone.objects.get(pk=form.instance.pk)] if form.instance.pk else []
    chart = overview.chart([*others, *here], overview.stands())
    context = {"form": form, "chart": chart, "own": form.instance.pk}
    return render(request, "places/zone.html", context, status=422 if form.is_bound else 200)


# /places/stands/new/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add_stand(request: SignedInRequest) -> HttpResponse:
    return refusal(request) or _edit_stand(request, Stand())


# /places/stands/<id>/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def stand(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Stand, pk=pk)
    return refusal(request) or _edit_stand(request, found)


def _edit_stand(request: SignedInRequest, stand: Stand) -> HttpResponse:
    form = StandForm(request.POST or None, instance=stand)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "places/form.html", {"form": form, "title": _("Stand")}, status=status)
    services.save_stand(stand=form.save(commit=False), actor=request.user)
    messages.success(request, _("Saved."))
    return redirect("places:zones")
