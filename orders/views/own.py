"""A driver's own page on his telephone. Another's order does not exist for him.

Each press is a POST that a form makes, too. The page's script gives it a key and the time at which it was pressed, and
sends it again until it is answered: {"sentence": why not, or empty, "html": the page's content as it is now}.
"""

from collections.abc import Callable
from datetime import datetime
from math import isfinite
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dispatch.live import numbers
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from orders import actors
from orders.flow import TRANSITIONS, ActorKind
from orders.models import Driver, Offer, Order
from orders.selectors import driving
from orders.services import acts, driver_shifts, lifecycle, offers, reservations
from orders.views.answers import wants_fragment
from orders.when import read

WORKER = Path(__file__).resolve().parent.parent.parent / "static" / "js" / "drive-worker.js"
ICONS = (("img/driver-192.png", "192x192", "any"), ("img/driver-512.png", "512x512", "any maskable"))


# /driver/
@requires("orders.drive")
@never_cache
@require_safe
def own(request: SignedInRequest) -> HttpResponse:
    return _show(request)


# /driver/state/
@requires("orders.drive")
@never_cache
@require_safe
def state(request: SignedInRequest) -> HttpResponse:
    """{"numbers": {topic: number}, "html": the page's content}."""
    told = _numbers(request)  # before what they stand for
    return JsonResponse({"numbers": told, "html": _content(request)})


# /driver/shift/
@requires("orders.drive")
@require_POST
def shift(request: SignedInRequest) -> HttpResponse:
    """`act`: start, end, break, resume, next, no_next."""
    return _done(request, lambda: _change_shift(request, _driver(request)))


# /driver/offers/<offer>/<answer>/
@requires("orders.drive")
@require_POST
def offer(request: SignedInRequest, pk: int, answer: str) -> HttpResponse:
    """`answer`: seen, accept, refuse."""
    get_object_or_404(Offer, pk=pk, driver__person=request.user)
    actor = _actor(request)
    verbs: dict[str, Callable[[], object]] = {
        "seen": lambda: offers.seen(offer_id=pk, actor=actor),
        "accept": lambda: offers.accept(offer_id=pk, actor=actor),
        "refuse": lambda: offers.refuse(offer_id=pk, actor=actor, reason=request.POST.get("reason", "")),
    }
    if answer not in verbs:
        raise Http404
    return _done(request, verbs[answer])


# /driver/reservations/<order>/<answer>/
@requires("orders.drive")
@require_POST
def reservation(request: SignedInRequest, pk: int, answer: str) -> HttpResponse:
    """`answer`: confirm, free. Of one that he has lost meanwhile he is told so."""
    his = Q(reserved_for__person=request.user) | Q(events__transition="reserve", events__driver__person=request.user)
    if not Order.objects.filter(his, pk=pk).exists():
        raise Http404
    actor = _actor(request)
    verbs: dict[str, Callable[[], object]] = {
        "confirm": lambda: reservations.confirm(order_id=pk, actor=actor),
        "free": lambda: reservations.free(order_id=pk, actor=actor, reason=request.POST.get("reason", "")),
    }
    if answer not in verbs:
        raise Http404
    return _done(request, verbs[answer])


# /driver/<order>/<transition>/
@requires("orders.drive")
@require_POST
def move(request: SignedInRequest, pk: int, transition: str) -> HttpResponse:
    order = get_object_or_404(Order, pk=pk, driver__person=request.user)
    step = TRANSITIONS.get(transition)
    if step is None or ActorKind.DRIVER not in step.actors:
        raise Http404
    return _done(request, lambda: _move(request, order, transition))


# /driver/position/
@requires("orders.drive")
@require_POST
def position(request: SignedInRequest) -> HttpResponse:
    """`latitude`, `longitude` in degrees, `accuracy` in metres, `at`. 204: written down; 409: not on shift."""
    latitude, longitude, accuracy = (_number(request.POST.get(n)) for n in ("latitude", "longitude", "accuracy"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return HttpResponse(status=400)
    known = driver_shifts.report(
        driver_id=_driver(request).pk,
        latitude=latitude,
        longitude=longitude,
        accuracy_m=None if accuracy is None else min(int(abs(accuracy)), 100_000),
        at=_pressed_at(request),
    )
    return HttpResponse(status=204 if known else 409)


# /driver/app.webmanifest
@requires("orders.drive")
@require_safe
def manifest(request: SignedInRequest) -> HttpResponse:
    """What makes the page installable."""
    return JsonResponse(
        {
            "name": _("Taxi driver"),
            "short_name": _("Taxi"),
            "lang": get_language(),
            "dir": "rtl" if get_language_bidi() else "ltr",
            "id": reverse("orders:own"),
            "start_url": reverse("orders:own"),
            "scope": reverse("orders:own"),
            "display": "standalone",
            "background_color": "#0f151b",
            "theme_color": "#182028",
            "icons": [
                {"src": static(file), "sizes": size, "type": "image/png", "purpose": purpose}
                for file, size, purpose in ICONS
            ],
        },
        content_type="application/manifest+json",
    )


# /driver/worker.js
@requires("orders.drive")
@never_cache
@require_safe
def worker(request: SignedInRequest) -> HttpResponse:
    """The service worker: it must be served from where it works."""
    return HttpResponse(WORKER.read_text(), content_type="text/javascript; charset=utf-8")


def _show(request: SignedInRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    told = _numbers(request)
    context = _context(request) | {"sentence": sentence, "numbers": told, "time_zone": settings.TIME_ZONE}
    return render(request, "orders/own.html", context, status=status)


def _done(request: SignedInRequest, act: Callable[[], object]) -> HttpResponse:
    sentence = acts.once(
        key=_key(request),
        person=request.user,
        name=request.path,
        pressed_at=_pressed_at(request),
        act=act,
    )
    status = 409 if sentence else 200
    if wants_fragment(request):
        return JsonResponse({"sentence": sentence, "html": _content(request)}, status=status)
    return _show(request, sentence=sentence, status=status) if sentence else redirect("orders:own")


def _change_shift(request: SignedInRequest, driver: Driver) -> None:
    pk, by = driver.pk, request.user
    match request.POST.get("act"):
        case "start":
            vehicle = request.POST.get("vehicle", "")
            vehicle_id = int(vehicle) if vehicle.isascii() and vehicle.isdigit() else None
            driver_shifts.start(driver_id=pk, by=by, vehicle_id=vehicle_id, ends_at=_until(request))
        case "end":
            driver_shifts.end(driver_id=pk, by=by)
        case "break":
            driver_shifts.begin_break(driver_id=pk, by=by, reason=request.POST.get("reason", ""))
        case "resume":
            driver_shifts.end_break(driver_id=pk, by=by)
        case "next" | "no_next" as wish:
            driver_shifts.want_next(driver_id=pk, by=by, wants=wish == "next")
        case _:
            raise Refused(_("There is no such action."))


def _move(request: SignedInRequest, order: Order, transition: str) -> None:
    reason = request.POST.get("reason", "")
    event = lifecycle.move(order_id=order.pk, name=transition, actor=_actor(request), reason=reason)
    if event.driver:
        offers.begin_next(event.driver)


def _until(request: SignedInRequest) -> datetime | None:
    """When he means to stop driving, as it was typed."""
    try:
        return read(request.POST.get("until", ""), timezone.localtime())
    except ValueError:
        raise Refused(_("Write a time like 18:30.")) from None


def _actor(request: SignedInRequest) -> actors.Actor:
    return actors.driver(request.user)


def _driver(request: SignedInRequest) -> Driver:
    return get_object_or_404(Driver, person=request.user)


def _context(request: SignedInRequest) -> dict[str, object]:
    return {"own": driving.read(request.user.pk), "person": request.user}


def _content(request: SignedInRequest) -> str:
    return render_to_string("orders/_own.html", _context(request), request=request)


def _numbers(request: SignedInRequest) -> dict[str, int]:
    return numbers.current((numbers.private(request.user.pk),))


def _key(request: SignedInRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _pressed_at(request: SignedInRequest) -> datetime:
    now = timezone.now()
    try:
        told = parse_datetime(request.POST.get("at", ""))
    except ValueError:
        return now
    return min(told, now) if told and timezone.is_aware(told) else now


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) else None
