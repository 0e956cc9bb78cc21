"""Who may do what: the table of roles, and its only doors. Checked on the server for every view and object."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from axes.helpers import get_client_ip_address
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from dispatch.audit import journal
from dispatch.staff.models import Person, Role

D, S, M, A, R = Role.DISPATCHER, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR, Role.DRIVER

ABILITIES: dict[str, frozenset[str]] = {
    "desk.work": frozenset({D, S}),
    "orders.see": frozenset({D, S, M}),
    "orders.act": frozenset({D, S}),
    "orders.correct": frozenset({S}),
    "orders.drive": frozenset({R}),  # one's own order, a driver's actions
    "clients.edit": frozenset({D, S}),
    "clients.see": frozenset({D, S, M}),
    "clients.propose": frozenset({D, S}),  # that somebody be put on the black list
    "clients.blacklist": frozenset({S, M}),
    "clients.exchange": frozenset({M}),  # spreadsheets in and out
    "drivers.exchange": frozenset({M, A}),
    "clients.merge": frozenset({S, M}),
    "clients.anonymise": frozenset({M}),
    "accounts.see": frozenset({D, S, M}),
    "accounts.edit": frozenset({M}),
    "drivers.see": frozenset({D, S, M, A}),
    "drivers.shift": frozenset({D, S}),  # begun and ended for one who phones in
    "drivers.edit": frozenset({S, M, A}),
    "places.see": frozenset({D, S, M}),  # zones, stands, the directory of addresses
    "places.edit": frozenset({M}),
    "tariffs.see": frozenset({D, S, M}),  # and fleets
    "tariffs.edit": frozenset({M}),
    "reasons.edit": frozenset({M, A}),  # for which orders are cancelled
    "numbers.whole": frozenset({S}),
    "numbers.whole_while_live": frozenset({D, S}),
    "numbers.reveal": frozenset({M}),  # journalled
    "calls.take": frozenset({D, S}),
    "calls.control_any": frozenset({S}),
    "calls.who_talks": frozenset({S}),
    "calls.watch": frozenset({S}),  # listen, whisper, join, take over
    "ledger.see": frozenset({S, A}),  # every click that asked the PBX for something
    "history.see": frozenset({D, S, M}),  # a dispatcher: own and missed
    "history.all": frozenset({S, M}),
    "recordings.play": frozenset({D, S, M}),  # a dispatcher: own calls and calls of live orders
    "recordings.play_all": frozenset({S, M}),
    "recordings.download": frozenset({M}),
    "staff.control": frozenset({S}),  # pause another, end another's shift
    "shifts.see": frozenset({D, S, M}),  # a dispatcher: own figures
    "shifts.see_all": frozenset({S, M}),
    "staff.administer": frozenset({A}),  # people, roles, extensions, PBX
    "reports.see": frozenset({D, S, M}),  # a dispatcher: own figures
    "reports.shift": frozenset({S}),  # of the whole office, during her own shifts
    "reports.all": frozenset({M}),
    "journal.see": frozenset({S, M, A}),  # a supervisor: his own shift's
}


class SignedInRequest(HttpRequest):
    """What a view gets behind the sign-in wall (`dispatch.middleware`): there is a person."""

    user: Person
    htmx: HtmxDetails


def may(person: Any, ability: str) -> bool:
    """Whether one of the person's roles has `ability`; an unknown ability is a programming error (KeyError)."""
    holders = ABILITIES[ability]
    return isinstance(person, Person) and person.is_active and not holders.isdisjoint(person.roles)


def requires(ability: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for those who have `ability`; to all others it does not exist (404)."""
    assert ability in ABILITIES

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user, ability):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.ability = ability  # type: ignore[attr-defined]
        return guarded

    return decorate


def refuse(request: HttpRequest, sentence: str, *, target: Any = None) -> HttpResponse:
    """Answer 403 with the sentence, as a page or (asked for by htmx) a fragment; `target` is the row it is about.

    For what the person may know of but may not do; what he may not know of is a 404. Journalled.
    """
    journal.record(
        request.user,
        "access.refused",
        target,
        address=address_of(request),
        method=request.method,
        path=request.path,
        sentence=str(sentence),
    )
    template = "staff/_refused.html" if request.htmx else "staff/refused.html"  # type: ignore[attr-defined]
    return render(request, template, {"sentence": sentence}, status=403)


def address_of(request: HttpRequest) -> str | None:
    """The caller's IP address, behind a proxy too; None when it cannot be known."""
    return get_client_ip_address(request)
