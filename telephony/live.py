"""How the things of telephony are drawn for the live push, and what of other rooms changes them."""

from collections.abc import Sequence

from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.html import escape

from dispatch.live.registry import Viewer, once, renderer, together
from orders.signals import client_anonymised, client_anonymising, client_merged, order_moved, order_placed
from telephony.models import BrowserLine, Intent
from telephony.selectors import missed, panel, phonebook, talks
from telephony.services import browser_line, calls, clients
from telephony.services.missed import ordered

order_placed.connect(calls.tie_to_order, dispatch_uid="telephony.tie_to_order")
order_placed.connect(ordered, dispatch_uid="telephony.ordered")
order_moved.connect(calls.redraw_calls, dispatch_uid="telephony.redraw_calls")
client_merged.connect(clients.move_calls, dispatch_uid="telephony.move_calls")
client_anonymising.connect(clients.refuse_while_talking, dispatch_uid="telephony.refuse_while_talking")
client_anonymised.connect(clients.forget, dispatch_uid="telephony.forget")


@renderer("call")
def render_calls(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """A call on the list of every desk. None: it ended, or the viewer may not know of it."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    with translation.override(viewer.language):
        for card in panel.cards([int(key) for key in keys], viewer):
            drawn[str(card.call.pk)] = render_to_string("telephony/_card.html", {"card": card})
    return drawn


@renderer("talk")
def render_talks(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """The viewer's own conversation. None: he has no part in that call (any more)."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    if viewer.person_id is None:
        return drawn
    ids = [int(key) for key in together("talk", keys)]
    with translation.override(viewer.language):
        for talk in talks.of_batch(viewer.person_id, ids):
            if (key := str(talk.call.pk)) in drawn:
                drawn[key] = render_to_string("telephony/_talk.html", {"talk": talk})
    return drawn


@renderer("person")
def render_people(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """A line of the phone book. None: he does not work here (any more)."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    with translation.override(viewer.language):
        template = get_template("telephony/_person.html")
        for entry in phonebook.entries([int(key) for key in keys], viewer):
            drawn[str(entry.person.pk)] = template.render({"entry": entry})
    return drawn


@renderer("parked")
def render_parked(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """Who waits in a parking slot. None: he does not (any more)."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    with translation.override(viewer.language):
        for parked in panel.parked([int(key) for key in keys]):
            drawn[str(parked.call.pk)] = render_to_string("telephony/_parked.html", {"parked": parked})
    return drawn


@renderer("missed")
def render_missed(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """How many callers are to be called back."""
    waiting = once("missed", missed.how_many)
    with translation.override(viewer.language):
        return dict.fromkeys(keys, render_to_string("telephony/_missed_count.html", {"missed": waiting}))


@renderer("intent")
def render_intents(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """What became of the viewer's own click. None: it is not his."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    every = together("intent", keys)
    found = once(("intents", *every), lambda: list(Intent.objects.filter(pk__in=every).select_related("call")))
    with translation.override(viewer.language):
        for intent in found:
            if str(intent.pk) in drawn and intent.actor_id == viewer.person_id:
                drawn[str(intent.pk)] = render_to_string("telephony/_intent.html", {"intent": intent})
    return drawn


@renderer("line")
def render_lines(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """Key: the tab that has the viewer's telephone now; all others read where it is. None: no longer."""
    if viewer.person_id is None:
        return dict.fromkeys(keys)
    line = BrowserLine.objects.filter(person_id=viewer.person_id, holder__in=keys).first()
    with translation.override(viewer.language):
        told = {} if line is None else {line.holder: escape(browser_line.moved_to(line.device))}
    return dict.fromkeys(keys) | told
