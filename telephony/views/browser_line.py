"""A tab asks for the line of its person's telephone in the browser, and gives it back."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest, address_of, requires
from dispatch.staff.refusal import Refused
from telephony import ice
from telephony.models import BrowserLine
from telephony.services import browser_line

SCRIPT = "dist/jssip.js"  # made by bin/bundle
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("Linux", "Linux"))  # fmt: skip


# /phone/line/
@requires("calls.take")
@require_http_methods(["POST", "DELETE"])
def line(request: SignedInRequest) -> HttpResponse:
    """POST tab=…&take=1: 200 with what to register with, or 409 with `taken` or `refused`; DELETE tab=…: given back."""
    said = request.POST if request.method == "POST" else QueryDict(request.body)
    tab = said.get("tab", "")
    if not browser_line.TAB.fullmatch(tab):
        return HttpResponse(status=400)
    if request.method == "DELETE":
        browser_line.give_back(person=request.user, tab=tab)
        return HttpResponse(status=204)
    if why := _why_none():
        return _answer({"refused": why}, status=409)
    try:
        given = browser_line.give(
            person=request.user,
            tab=tab,
            session_key=request.session.session_key or "",
            device=device_of(request.headers.get("User-Agent", "")),
            take=said.get("take") == "1",
            address=address_of(request),
        )
    except Refused as refused:
        return _answer({"refused": refused.sentence}, status=409)
    except browser_line.Taken as taken:
        where = {"device": taken.device, "since": taken.since.isoformat()}
        return _answer({"taken": where | {"sentence": browser_line.moved_to(taken.device)}}, status=409)
    return _answer(registration(given))


def _why_none() -> str:
    if not settings.PHONE_URL:
        return _("This office has no telephone in the browser.")
    if finders.find(SCRIPT) is None:
        return _("The telephone in the browser is not installed here: ask the administrator to run bin/bundle.")
    return ""


def registration(given: BrowserLine) -> dict[str, object]:
    """What a tab registers with, as static/js/phone/line.js takes it."""
    return {
        "extension": given.extension,
        "uri": f"sip:{given.login}@{settings.PHONE_REALM}",
        "login": given.login,
        "realm": settings.PHONE_REALM,
        "ha1": given.ha1,
        "url": settings.PHONE_URL,
        "valid_for": settings.PHONE_LINE_SECONDS,
        "ice": ice.servers_for(given.login),
    }


def _answer(what: dict[str, object], status: int = 200) -> JsonResponse:
    answer = JsonResponse(what, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def device_of(user_agent: str) -> str:
    """Browser and system, for a person's eyes: "Firefox, Windows"."""
    found = [next((name for mark, name in names if mark in user_agent), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(part for part in found if part)
