"""How the live push draws an order's row, and how many orders are in each group. Closed orders leave the list."""

import json
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import translation

from dispatch.live import registry
from dispatch.live.registry import Viewer
from orders import sight
from orders.flow import OPEN_STATES
from orders.models import Order
from orders.selectors import counting, driving, listing, presence
from orders.services import presence as presences


@registry.renderer("order")
def render_orders(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """One query, however many keys and viewers; one drawing for all in a language who see the same."""
    eye = sight.of_audience(viewer.audience)
    sees_numbers = eye is not sight.Sight.MASKED  # of open orders, and no others are drawn
    return registry.once(
        ("order rows", tuple(keys), viewer.language, sees_numbers), lambda: _rows(keys, viewer.language, eye)
    )


def _rows(keys: Sequence[str], language: str, eye: sight.Sight) -> dict[str, str | None]:
    found = registry.once(("orders", tuple(keys)), lambda: listing.by_keys([int(key) for key in keys]))
    with translation.override(language):
        return {key: _row(found.get(int(key)), eye) for key in keys}


@registry.renderer("drive")
def render_drive(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """A driver's own page, for himself. Ten queries at most."""
    own = driving.read(viewer.person_id) if viewer.person_id is not None else None
    if own is None:
        return dict.fromkeys(keys)
    with translation.override(viewer.language):
        html = render_to_string("orders/_own_content.html", {"own": own})
    return {key: html if key == str(own.driver.pk) else None for key in keys}


registry.attendant(presences.attend)


@registry.renderer("timeline")
def hear_of_timelines(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """Something new happened to those orders, that another room tells of: whoever looks at one reads it anew."""
    return dict.fromkeys(keys)


@registry.renderer("presence")
def render_others(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """Who else looks at those orders, for one who looks at them herself. Two queries."""
    if viewer.person_id is None:
        return dict.fromkeys(keys)
    found = presence.others([int(key) for key in keys], viewer.person_id)
    with translation.override(viewer.language):
        return {key: render_to_string("orders/_others.html", {"others": found.get(int(key), ())}) for key in keys}


@registry.renderer("order-counts", beside="order")
def render_counts(keys: Sequence[str], viewer: Viewer) -> dict[str, str | None]:
    """The same for everybody: two queries for a whole batch of changes, however many viewers."""
    counted = registry.once("order-counts", counting.counts)
    return dict.fromkeys(keys, render_to_string("orders/_counts.html", {"counts": json.dumps(counted)}))


def _row(order: Order | None, eye: sight.Sight) -> str | None:
    if order is None or order.state not in OPEN_STATES:
        return None
    return render_to_string("orders/_row.html", {"order": order, "sight": eye, "may_act": True})
