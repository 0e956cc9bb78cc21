"""The browser phone as a person sees it: its bar, and the page where it is set up. The line itself is no page."""

import json

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.selectors import roster
from orders.models import DeskSetup

ECHO = "600"  # of our dialplan (deploy/asterisk/dialplan/staff.conf)


# /phone/
@requires("desk.work")
@never_cache
@require_safe
def page(request: SignedInRequest) -> HttpResponse:
    """First use, devices, the check. One query: the shift."""
    context = {"shift": roster.open_shift(request.user), "is_offered": bool(settings.PHONE_URL), "echo": ECHO}
    return render(request, "phone/page.html", context)


# /phone/bar/
@requires("desk.work")
@never_cache
@require_safe
def bar(request: SignedInRequest) -> HttpResponse:
    """A fragment for the document that hosts the phone. Two queries: the shift, and one's own keys."""
    keys = DeskSetup.objects.filter(person=request.user).values_list("keys", flat=True).first()
    context = {
        "shift": roster.open_shift(request.user),
        "own_keys": json.dumps(keys or {}),
        "region": settings.PHONE_REGION,
    }
    return render(request, "phone/_bar.html", context)
