"""The directory of addresses: looking up, correcting, other names."""

from django.contrib import messages
from django.db.models.functions import Length
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.staff.access import SignedInRequest, may, requires
from dispatch.staff.refusal import Refused
from places.forms.directory import AliasForm, PlaceForm, StreetForm
from places.models import House, Name, Place, Street
from places.selectors import directory
from places.services import directory as services
from places.views.answers import refusal

FOUND, HOUSES = 30, 400
FORMS: dict[type, type[StreetForm]] = {Street: StreetForm, Place: PlaceForm}


# /places/directory/?q=
@requires("places.see")
@require_safe
def lookup(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:250]
    context = {
        "text": text,
        "found": [(found, _card_url(found)) for found in directory.search(text, limit=FOUND)],
        "counts": (Street.objects.count(), House.objects.count(), Place.objects.count()),
        "may_edit": may(request.user, "places.edit"),
    }
    return render(request, "places/_lookup.html" if request.htmx else "places/directory.html", context)


# /places/directory/places/new/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add_place(request: SignedInRequest) -> HttpResponse:
    return refusal(request) or _edit(request, Place())


# /places/directory/streets/new/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def add_street(request: SignedInRequest) -> HttpResponse:
    return refusal(request) or _edit(request, Street())


# /places/directory/places/<id>/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Place, pk=pk)
    return refusal(request) or _edit(request, found)


# /places/directory/streets/<id>/
@requires("places.see")
@require_http_methods(["GET", "HEAD", "POST"])
def street(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Street, pk=pk)
    return refusal(request) or _edit(request, found)


# /places/directory/places/<id>/names/
@requires("places.see")
@require_POST
def name_place(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Place, pk=pk)
    return refusal(request) or _name(request, found)


# /places/directory/streets/<id>/names/
@requires("places.see")
@require_POST
def name_street(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Street, pk=pk)
    return refusal(request) or _name(request, found)


# /places/directory/names/<id>/remove/
@requires("places.see")
@require_POST
def remove_name(request: SignedInRequest, pk: int) -> HttpResponse:
    name = get_object_or_404(Name.objects.select_related("street", "place"), pk=pk)
    if answer := refusal(request):
        return answer
    thing = name.street or name.place
    try:
        services.remove_alias(name=name, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return _to_card(thing)


def _card_url(found: directory.Found) -> str:
    """Of the house, the street or the place."""
    if found.kind in ("house", "place"):
        return reverse(f"places:{found.kind}", args=[found.key.split(":")[1]])
    return reverse("places:street", args=[found.street_id])


def _edit(request: SignedInRequest, thing: Street | Place) -> HttpResponse:
    form = FORMS[type(thing)](request.POST or None, instance=thing)
    if not form.is_valid():
        return _card(request, thing, form, status=422 if form.is_bound else 200)
    saved = form.save(commit=False)
    try:
        if isinstance(saved, Street):
            services.save_street(street=saved, actor=request.user)
        else:
            services.save_place(place=saved, actor=request.user)
    except Refused as refused:
        form.add_error("name", refused.sentence)
        return _card(request, thing, form, status=422)
    messages.success(request, _("Saved."))
    return _to_card(saved)


def _name(request: SignedInRequest, thing: Street | Place) -> HttpResponse:
    form = AliasForm(request.POST)
    if form.is_valid():
        try:
            services.add_alias(thing=thing, text=form.cleaned_data["text"], actor=request.user)
            return _to_card(thing)
        except Refused as refused:
            form.add_error("text", refused.sentence)
    return _card(request, thing, FORMS[type(thing)](instance=thing), alias_form=form, status=422)


def _card(
    request: SignedInRequest,
    thing: Street | Place,
    form: StreetForm,
    *,
    alias_form: AliasForm | None = None,
    status: int = 200,
) -> HttpResponse:
    is_street = isinstance(thing, Street)
    houses = House.objects.filter(street=thing.pk).order_by(Length("search"), "search")[:HOUSES]
    context = {
        "form": form,
        "thing": thing,
        "is_street": is_street,
        "names": thing.names.all() if thing.pk else [],
        "houses": houses if is_street else [],
        "alias_form": alias_form or AliasForm(),
    }
    return render(request, "places/card.html", context, status=status)


def _to_card(thing: Street | Place | None) -> HttpResponse:
    if thing is None:
        return redirect("places:directory")
    return redirect("places:street" if isinstance(thing, Street) else "places:place", pk=thing.pk)
