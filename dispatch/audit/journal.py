"""Writing to the journal."""

from typing import Any

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
