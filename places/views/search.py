"""What an address field offers while somebody types."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, requires
from places import geo
from places.geo import Point
from places.selectors import directory

LONGEST = 250


# /places/search/?q=&near=55.75,37.61
@requires("orders.see")
@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """A fragment of options; empty when nothing is found. `near`: of equals the nearest to it comes first."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    found = directory.search(text, near=point(request.GET.get("near", "")))
    return render(request, "places/_found.html", {"found": found})


def point(text: str) -> Point | None:
    """What "55.75,37.61" says; None for anything else."""
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError:
        return None
    return Point(latitude, longitude) if geo.on_earth(latitude, longitude) else None
