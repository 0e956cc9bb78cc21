"""How orders are written on the screen."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from orders import numbers, reasons, sight, spots, wording
from orders.columns import COLUMNS, Column
from orders.filters import TABS
from orders.flow import OPEN_STATES
from orders.models import Order, OrderEvent, Payment, ServiceClass, TripOption
from orders.selectors import counting, listing, matching
from orders.selectors.addresses import Likely
from orders.services.outlook import Outlook
from orders.spots import Spot
from places import folding

register = template.Library()
JUST_NOW = timedelta(minutes=1)
LONG_NUMBER = 6  # digits: a telephone's
NUMBERS = ("phone", "callback_phone")
HOLDS = ("hold", "resume")  # what they change stands in their name
LABELS = {"service_class": ServiceClass, "options": TripOption, "payment": Payment}


@register.filter
def state_words(state: str) -> str:
    return str(wording.STATES.get(state, state))


@register.filter
def action_words(name: str) -> str:
    return str(wording.ACTIONS.get(name, name))


@register.filter
def event_words(event: OrderEvent) -> str:
    return str(wording.HAPPENED.get(event.transition, event.transition))


@register.filter
def actor_words(event: OrderEvent) -> str:
    return str(event.actor) if event.actor else str(wording.ACTORS.get(event.actor_kind, ""))


@register.filter
def field_words(name: str) -> str:
    return str(wording.FIELDS.get(name, name))


@register.filter
def reason(order: Order) -> str:
    """Why an open order stands high in the list; empty when there is nothing to say."""
    why = listing.reason_of(order, timezone.now())
    return why if why in wording.URGENCY else ""


@register.filter
def reason_words(why: str) -> str:
    return str(wording.URGENCY.get(why, ""))


@register.filter
def client_groups(order: Order) -> str:
    """As the filter names them, parted by blanks."""
    client = order.client
    groups = [str(client.mark_now)] if client and client.mark_now else []
    if order.account_id:
        groups.append("corporate")
    if client and client.created_at >= order.created_at - matching.NEW_CLIENT:
        groups.append("new")
    return " ".join(groups)


@register.filter
def class_words(name: str) -> str:
    return str(ServiceClass(name).label)


@register.filter
def option_words(name: str) -> str:
    return str(TripOption(name).label)


@register.filter
def wishes(order: Order) -> str:
    """What the trip asks for: options, and more passengers than one."""
    names = dict(TripOption.choices)
    return ", ".join(str(names.get(option, option)) for option in order.options)


@register.filter
def searched_text(order: Order, eye: sight.Sight) -> str:
    """What the browser looks for a free text in; without the number for those who do not see it."""
    key = order.search_key.strip()
    return key if eye is not sight.Sight.MASKED else " ".join(word for word in key.split() if len(word) < LONG_NUMBER)


@register.filter
def client_number(order: Order, eye: sight.Sight) -> str:
    """The number the order was made from: whole while it is open, for those who may see it."""
    shown = sight.live_number if order.state in OPEN_STATES else sight.resting_number
    return shown(order.phone, eye)


@register.filter
def copied_number(order: Order, eye: sight.Sight) -> str:
    """E.164, for whoever may see it whole; else empty: a masked number is of no use elsewhere."""
    return order.phone if sight.sees_whole(eye, is_open=order.state in OPEN_STATES) else ""


@register.filter
def callback_number(order: Order, eye: sight.Sight) -> str:
    shown = sight.live_number if order.state in OPEN_STATES else sight.resting_number
    return shown(order.callback_phone, eye)


@register.filter
def resting_number(number: str, eye: sight.Sight) -> str:
    return sight.resting_number(number, eye)


@register.filter
def national(number: str) -> str:
    return numbers.national(number)


@register.filter
def ago(moment: datetime) -> str:
    """For the first drawing, "3 minutes"; a behaviour keeps it ticking."""
    return _("just now") if timezone.now() - moment < JUST_NOW else timesince(moment, depth=1)


@register.filter
def pickup_time(moment: datetime | None) -> str:
    """As soon as possible; today's time; else day and time."""
    if moment is None:
        return _("now")
    local = timezone.localtime(moment)
    return _on_its_day(local, f"{local:%H:%M}")


@register.filter
def event_time(moment: datetime) -> str:
    """To the second; with the day, unless it is today."""
    local = timezone.localtime(moment)
    return _on_its_day(local, f"{local:%H:%M:%S}")


@register.filter
def weekday_words(weekdays: Sequence[int]) -> str:
    """The days of a recurring order, shortened, Monday first."""
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in sorted(weekdays))


def _on_its_day(local: datetime, clock: str) -> str:
    if local.date() == timezone.localdate():
        return clock
    return f"{formats.date_format(local, 'SHORT_DATE_FORMAT')} {clock}"


@register.filter
def written_value(text: str, name: str) -> str:
    """A field as the history keeps it, for reading."""
    if name == "pickup_at" or (name == "held_until" and text):
        return pickup_time(datetime.fromisoformat(text) if text else None)
    if name in NUMBERS:
        return numbers.national(text) or "—"
    if name == "price":
        return wording.price_text(text)
    if name in LABELS:
        labels = dict(LABELS[name].choices)
        return ", ".join(str(labels.get(part, part)) for part in text.splitlines()) or "—"
    if name in ("waits_and_returns", "is_on_hold"):
        return _("yes") if text else _("no")
    return " · ".join(text.splitlines()) or "—"


@register.simple_tag
def group_tabs(counts: dict[str, int]) -> list[tuple[str, str, str]]:
    """(group, its name, how many) of each tab."""
    return [(group, str(wording.GROUPS[group]), _said(counts.get(group))) for group in TABS]


def _said(count: int | None) -> str:
    if count is None:
        return ""
    return f"{counting.MANY}+" if count > counting.MANY else str(count)


@register.simple_tag
def all_columns() -> list[Column]:
    return list(COLUMNS.values())


@register.simple_tag
def urgency_words() -> dict[str, str]:
    return {reason.value: str(words) for reason, words in wording.URGENCY.items()}  # type: ignore[attr-defined]


@register.simple_tag
def urgency_seconds() -> str:
    """From when on an order is urgent, for the browser."""
    return json.dumps({name: minutes * 60 for name, minutes in settings.LIST_URGENCY_MINUTES.items()})


@register.filter
def readings(text: str) -> str:
    """As what a free text is read, for the browser to look for in new rows."""
    return json.dumps(folding.keys(text))


@register.filter
def as_json(value: object) -> str:
    return json.dumps(value)


@register.simple_tag
def changes_of(event: OrderEvent, eye: sight.Sight) -> list[tuple[str, str, str]]:
    """(field, before, after) of an edit, in words; numbers as this eye may see them."""
    lines = []
    for name, (before, after) in event.changes.items():
        if event.transition in HOLDS and not (name == "held_until" and after):
            continue
        if name in NUMBERS:
            before, after = (sight.resting_number(number, eye) for number in (before, after))
        else:
            before, after = written_value(before, name), written_value(after, name)
        lines.append((field_words(name), before, after))
    return lines


@register.filter
def mark(spot: Spot | Likely | str) -> str:
    """What a form keeps beside an address, so that it knows the place again."""
    if isinstance(spot, Likely):
        return spots.mark(spots.at(spot.address, spot.latitude, spot.longitude))
    return spots.mark(spot) if isinstance(spot, Spot) else ""


@register.filter
def all_option_words(options: list[str]) -> str:
    labels = dict(TripOption.choices)
    return ", ".join(str(labels.get(option, option)) for option in options)


@register.filter
def why_anew(found: Outlook) -> str:
    return reasons.why_anew(found.moved, found.doubts)
