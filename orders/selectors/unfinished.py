"""Intake forms that were begun and not saved."""

from collections.abc import Sequence

from dispatch.staff.models import Person
from orders.models import Draft

MOST = 12


def of_person(person: Person) -> Sequence[Draft]:
    """Newest first; only those in which something was typed beyond the number. One query."""
    begun = Draft.objects.filter(owner=person, order=None).exclude(fields={}).order_by("-updated_at")[: MOST * 3]
    typed = [draft for draft in begun if any(draft.fields.get(f) for f in ("pickup", "destination", "comment", "when"))]
    return typed[:MOST]
