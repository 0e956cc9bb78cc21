"""How drivers, offers and what speaks for and against them are written."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from orders import phones, reasons
from orders.matching import Doubt
from orders.models import Order, TripOption

register = template.Library()


@register.filter
def why_words(reason: Mapping[str, Any]) -> str:
    return reasons.why(reason)


@register.filter
def why_not(doubt: Doubt) -> str:
    return reasons.why_not(doubt)


@register.filter
def kilometres(metres: int) -> str:
    return _("%(km)s km") % {"km": reasons.kilometres(metres)}


@register.filter
def options_words(options: list[str]) -> str:
    return ", ".join(str(TripOption(option).label) for option in options)


@register.filter
def masked_number(order: Order) -> str:
    return phones.masked(order.phone)
