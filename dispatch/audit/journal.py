"""Writing to the journal."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dispatch.audit.models import Entry


def record(actor: Any, verb: str, target: Any = None, *, address: str | None = None, **details: Any) -> Entry:
    """Write one line: `actor` (a person, or None for the system) did `verb` to `target` (a model row, or None).

    Runs in the caller's transaction: what is rolled back was not done, and is not journalled.
    """
    return Entry.objects.create(
        actor=actor,
        actor_name=str(actor) if actor else "system",
        verb=verb,
        target_kind=target._meta.model_name if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        details=details,
        address=address,
    )


def erase(lines: QuerySet[Entry]) -> int:
    """Take out of these lines what they say of a person; who did what and when stays. Returns how many lines.

    The only change that the database allows, and only of the details (docs/decisions/0009). In a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("select set_config('desk.erasing', 'on', true)")
        erased = lines.update(details={})
        cursor.execute("select set_config('desk.erasing', 'off', true)")
    return erased


def about(kind: str, keys: Iterable[object]) -> QuerySet[Entry]:
    """The lines whose target is one of these rows."""
    return Entry.objects.filter(target_kind=kind, target_id__in=[str(key) for key in keys])
