"""How orders are written on the screen."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from orders import numbers, sight, wording
from orders.flow import OPEN_STATES
from orders.models import Order, OrderEvent, ServiceClass, TripOption
from orders.selectors import listing

register = template.Library()
JUST_NOW = timedelta(minutes=1)


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
def class_words(name: str) -> str:
    return str(ServiceClass(name).label)


@register.filter
def option_words(name: str) -> str:
    return str(TripOption(name).label)


@register.filter
def sort_key(order: Order) -> str:
    return listing.sort_key(order)


@register.filter
def client_number(order: Order, eye: sight.Sight) -> str:
    """The number the order was made from: whole while it is open, for those who may see it."""
    shown = sight.live_number if order.state in OPEN_STATES else sight.resting_number
    return shown(order.phone, eye)


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
    if name == "pickup_at":
        return pickup_time(datetime.fromisoformat(text) if text else None)
    if name == "phone":
        return numbers.national(text)
    if name == "price":
        return wording.price_text(text)
    return text or "—"


@register.simple_tag
def changes_of(event: OrderEvent, eye: sight.Sight) -> list[tuple[str, str, str]]:
    """(field, before, after) of an edit, in words; numbers as this eye may see them."""
    lines = []
    for name, (before, after) in event.changes.items():
        if name == "phone":
            before, after = (sight.resting_number(number, eye) for number in (before, after))
        else:
            before, after = written_value(before, name), written_value(after, name)
        lines.append((field_words(name), before, after))
    return lines
