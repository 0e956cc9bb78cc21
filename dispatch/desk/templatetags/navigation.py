"""The pages of the header: those that exist and that this person may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from dispatch.staff.access import may

register = template.Library()

PAGES = (
    ("desk:desk", "desk.work", _("Desk")),
    ("orders:list", "orders.see", _("Orders")),
    ("telephony:history", "history.see", _("Calls")),
    ("orders:clients", "clients.see", _("Clients")),
    ("orders:drivers", "drivers.see", _("Drivers")),
    ("places:zones", "places.see", _("Places")),
    ("orders:tariffs", "tariffs.see", _("Tariffs")),
    ("desk:shifts", "shifts.see_all", _("Shifts")),
    ("reports:report", "reports.see", _("Reports")),
    ("audit:journal", "journal.see", _("Journal")),
    ("telephony:ledger", "ledger.see", _("Commands")),
    ("staff:people", "staff.administer", _("Staff")),
)


@dataclass(frozen=True)
class Link:
    url: str
    label: str
    current: bool


@register.simple_tag(takes_context=True)
def navigation(context: Mapping[str, Any]) -> list[Link]:
    request = context.get("request")
    if request is None or not hasattr(request, "user"):
        return []
    links = ((address(name), label) for name, ability, label in PAGES if may(request.user, ability))
    return [Link(url, str(label), request.path.startswith(url)) for url, label in links if url]


@register.simple_tag(takes_context=True)
def works_at_desk(context: Mapping[str, Any]) -> bool:
    """Whether who reads this page takes calls: then the page shows how many wait, and rings."""
    request = context.get("request")
    return request is not None and hasattr(request, "user") and may(request.user, "desk.work")


@register.simple_tag(takes_context=True)
def browser_phone(context: Mapping[str, Any]) -> str:
    """Where the bar of the browser phone is read; empty: there is none, or who reads this page takes no calls."""
    return reverse("telephony:phone-bar") if settings.PHONE_URL and works_at_desk(context) else ""


@register.simple_tag
def address(name: str) -> str:
    """The URL of that name, or empty when no room serves it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
