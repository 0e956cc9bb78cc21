"""Intake forms that were begun and not saved."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from dispatch.staff.models import Person
from orders.models import Draft

MOST = 12
LASTS = timedelta(minutes=30)  # so long a call's form is within reach though nothing was typed in it
TYPED = ("pickup", "destination", "stop", "comment", "when", "office_note")


def of_person(person: Person) -> Sequence[Draft]:
    """Newest first; only those in which something was typed beyond the number. One query."""
    return [draft for draft in _begun(person) if _is_typed(draft)][:MOST]


def tabs(person: Person, shown: UUID | None) -> Sequence[Draft]:
    """What lies beside the form that is `shown`, itself among them: what was typed in, and the forms of the last calls.
    Oldest first, so that none changes its place. One query."""
    since = timezone.now() - LASTS
    wanted = [draft for draft in _begun(person) if draft.pk == shown or _is_typed(draft) or _is_of_call(draft, since)]
    first = sorted(wanted, key=lambda draft: draft.pk != shown)[:MOST]
    return sorted(first, key=lambda draft: draft.created_at)


def _begun(person: Person) -> Sequence[Draft]:
    return list(Draft.objects.filter(owner=person, order=None).order_by("-updated_at")[: MOST * 3])


def _is_typed(draft: Draft) -> bool:
    return any(draft.fields.get(name) for name in TYPED)


def _is_of_call(draft: Draft, since: datetime) -> bool:
    return draft.source.startswith("call:") and draft.created_at > since
