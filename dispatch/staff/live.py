"""How a person is drawn in the phone book of every desk."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import translation

from dispatch.live import registry
from dispatch.staff.selectors import roster


@registry.renderer("person")
def render_people(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    """Two queries for all. None: not on shift, so not in the phone book."""
    drawn: dict[str, str | None] = dict.fromkeys(keys)
    with translation.override(viewer.language):
        for shift in roster.open_shifts_of([int(key) for key in keys]):
            drawn[str(shift.person_id)] = render_to_string("staff/_person.html", {"shift": shift})
    return drawn
