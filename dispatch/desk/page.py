"""The dispatcher's page, and its state for a desk that reads it anew."""

from dataclasses import dataclass, fields

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dispatch.desk import state
from dispatch.staff.access import SignedInRequest, may, requires
from dispatch.staff.refusal import say
from dispatch.staff.selectors import roster
from orders.selectors import saved
from orders.views.furniture import furniture


@dataclass(frozen=True)
class Part:
    """A part of the house that has a pulse. `server` is the beat itself."""

    name: str
    label: Promise
    phone: bool = False  # without it no command for the telephones is taken
    every: bool = False  # without it no command at all is taken


PARTS = (
    Part("server", _("Server"), every=True),
    Part("database", _("Database"), every=True),
    Part("link", _("Telephony link"), phone=True),
    Part("pbx", _("Telephone exchange"), phone=True),
    Part("redis", _("Redis")),
    Part("worker", _("Timers")),
)


# /desk/
@requires("desk.work")
@never_cache
@require_safe
def desk(request: SignedInRequest) -> HttpResponse:
    """The page. Without an open shift: its start."""
    shift = roster.open_shift(request.user)
    if shift is None:
        return redirect("desk:shift")
    around = _furniture() | furniture(request.user, saved.of_person(request.user))
    around["may_watch"] = may(request.user, "calls.watch")
    return render(request, "desk/desk.html", _context(state.read(request.user, shift)) | around)


# /desk/state/
@requires("desk.work")
@never_cache
@require_safe
def whole(request: SignedInRequest) -> HttpResponse:
    """{"numbers": {topic: number}, "html": all live containers}; 409 when the shift is over."""
    shift = roster.open_shift(request.user)
    if shift is None:
        return say(gettext("Your shift is over."))
    read = state.read(request.user, shift)
    return JsonResponse(
        {"numbers": read.numbers, "html": render_to_string("desk/_live.html", _context(read), request=request)}
    )


# /desk/strip/
@requires("desk.work")
@never_cache
@require_safe
def strip(request: SignedInRequest) -> HttpResponse:
    """A fragment for the head of every other page: who waits, what is alive, where I sit."""
    shift = roster.open_shift(request.user)
    if shift is None:
        return render(request, "desk/_off_shift.html")
    return render(request, "desk/_strip.html", _context(state.read(request.user, shift)) | _furniture())


def _furniture() -> dict[str, object]:
    return {"parts": PARTS, "time_zone": settings.TIME_ZONE, "park_remind": settings.PARK_REMIND_SECONDS}


def _context(read: state.State) -> dict[str, object]:
    return {field.name: getattr(read, field.name) for field in fields(read)}
