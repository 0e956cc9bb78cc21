"""The houses of a street, one by one: corrected, added, closed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from places.forms.directory import HouseForm
from places.models import House, Street
from places.services import directory as services
from places.views.answers import refusal


# /places/directory/streets/<id>/houses/new/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    street = get_object_or_404(Street, pk=pk)
    return refusal(request) or _edit(request, House(street=street))


# /places/directory/houses/<id>/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def house(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(House.objects.select_related("street"), pk=pk)
    return refusal(request) or _edit(request, found)


def _edit(request: SignedInRequest, house: House) -> HttpResponse:
    """A new one begins at the middle of its street."""
    middle = {"latitude": house.street.latitude, "longitude": house.street.longitude}
    form = HouseForm(request.POST or None, instance=house, initial={} if house.pk else middle)
    if form.is_valid():
        try:
            services.save_house(house=form.save(commit=False), actor=request.user)
        except Refused as refused:
            form.add_error("number", refused.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("places:street", pk=house.street_id)
    title = _("Change the house") if house.pk else _("New house")
    context = {"form": form, "street": house.street, "title": title}
    return render(request, "places/house.html", context, status=422 if form.is_bound else 200)
