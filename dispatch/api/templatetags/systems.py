"""What the head of every page says to administrators."""

from collections.abc import Mapping
from typing import Any

from django import template

from dispatch.api import selectors
from dispatch.staff.access import may

register = template.Library()


@register.simple_tag(takes_context=True)
def stopped_webhooks(context: Mapping[str, Any]) -> int:
    """How many wait to be started again; for others than administrators none, and no query."""
    request = context.get("request")
    if request is None or not hasattr(request, "user") or not may(request.user, "staff.administer"):
        return 0
    return selectors.stopped().count()
