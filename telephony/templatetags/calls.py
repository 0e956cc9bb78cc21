"""How numbers, times and lengths of calls are written on the screen."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dispatch.audit import verbs
from orders import numbers, phones, wording
from telephony.models import Intent
from telephony.selectors.breakdown import Party
from telephony.selectors.who import Who
from telephony.sentences import sentence

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """A number on the wire as people of this country write it; an extension or a name stays as it is."""
    return numbers.national(numbers.e164(number) or number)


@register.filter
def dialling_words(value: object) -> str:
    """One value of the dialling rules in the journal: beginnings are pairs, short numbers a list."""
    if not isinstance(value, list):
        return str(value) or "–"
    return ", ".join(" = ".join(item) if isinstance(item, list) else str(item) for item in value) or "–"


@register.filter
def party(one: Party) -> SafeString:
    """One of a call, by his name, or by the number as the reader may see it."""
    if one.name[:1].isdigit() or one.name.startswith("+"):
        return number(one.name)
    return format_html("<bdi>{}</bdi>", one.name or gettext("hidden number"))


@register.filter
def number(shown: str) -> SafeString:
    """In a sentence of any direction, a number goes from left to right."""
    return format_html('<bdi class="phone">{}</bdi>', shown)


@register.filter
def parties(several: Iterable[Party]) -> SafeString:
    return format_html_join(", ", "{}", ((party(one),) for one in several)) or SafeString("…")


@register.filter
def whole_number(who: Who) -> str:
    return numbers.national(who.number)


@register.filter
def number_for_history(who: Who) -> str:
    """A client's number masked, anybody else's as it is."""
    return phones.masked(who.number) if who.is_outsider else numbers.national(who.number)


@register.filter
def outcome(intent: Intent) -> str:
    """Why a click came to nothing."""
    return sentence(intent.reason, intent.reason_args)


@register.filter
def pair_said(stage: str) -> str:
    """How far it is with two who are to be connected, or what has become of it: of a row of the history, its `pair`."""
    said = {
        "first": gettext("The driver is being called…"),
        "second": gettext("The driver is on the line, the client is being called…"),
        "talk": gettext("Client and driver are talking."),
        "talked": "",
    }
    return said[stage] if stage in said else sentence(stage, {})


@register.filter
def did(intent: Intent) -> str:
    """What the click asked for."""
    return verbs.say(f"call.{intent.verb}")


@register.filter
def state_word(intent: Intent, words: Mapping[str, str]) -> str:
    return str(words.get(intent.state, intent.state))


@register.filter
def took(intent: Intent) -> str:
    """How long the outcome was waited for; empty while it is."""
    return f"{(intent.resolved_at - intent.asked_at).total_seconds():.2f} s" if intent.resolved_at else ""


@register.filter
def order_state(state: str) -> str:
    return str(wording.STATES.get(state, state))


@register.filter
def clock(length: timedelta | float | None) -> str:
    """A length as 0:07, 12:30 or 1:02:03; empty where there is none."""
    if length is None:
        return ""
    seconds = round(length.total_seconds() if isinstance(length, timedelta) else length)
    minutes, seconds = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


@register.filter
def since(moment: datetime | None) -> str:
    """How long ago, as a clock; a behaviour keeps it ticking."""
    return clock(timezone.now() - moment) if moment else ""
