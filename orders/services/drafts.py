"""Half-filled intake forms: kept with each pause in typing, found again after a crash, an order once."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, JSONField, Value
from django.db.models.expressions import CombinedExpression
from django.utils import timezone

from dispatch.staff.models import Person
from orders.models import Draft

FIELDS = ("phone", "pickup", "when", "destination", "comment", "name", "client", "fleet")
LONGEST = 2000  # characters of one field


def open_draft(*, owner: Person, source: str, fields: Mapping[str, str]) -> Draft:
    """The unfinished form of this person for this occasion (`source`), or a new one that begins with `fields`."""
    found = _unfinished(owner, source)
    if found:
        return found
    try:
        with transaction.atomic():
            return Draft.objects.create(owner=owner, source=source, fields=cleaned(fields))
    except IntegrityError:  # one_draft_a_source: another tab of hers was faster
        return Draft.objects.get(owner=owner, source=source, order=None)


def keep(*, draft_id: UUID, owner: Person, fields: Mapping[str, str], version: int) -> bool:
    """Merge what was typed since; fields that are not named stay. False when it is overtaken: a newer save is here
    already, or the form became an order, or it is not this person's."""
    kept = Draft.objects.filter(pk=draft_id, owner=owner, order=None, version__lt=version)
    return bool(kept.update(fields=_merged(fields), version=version, updated_at=timezone.now()))


def discard(*, draft_id: UUID, owner: Person) -> None:
    Draft.objects.filter(pk=draft_id, owner=owner, order=None).delete()


def cleaned(fields: Mapping[str, object]) -> dict[str, str]:
    """Only fields of the form, only text, without characters that the database cannot keep."""
    texts = {name: fields[name] for name in FIELDS if isinstance(fields.get(name), str)}
    return {name: str(text).replace("\x00", "")[:LONGEST] for name, text in texts.items()}


def _unfinished(owner: Person, source: str) -> Draft | None:
    return Draft.objects.filter(owner=owner, source=source, order=None).order_by("-created_at").first()


def _merged(fields: Mapping[str, object]) -> CombinedExpression:
    """`fields || …` in SQL: two tabs that fill different fields at once lose nothing."""
    return CombinedExpression(F("fields"), "||", Value(cleaned(fields), JSONField()), JSONField())
