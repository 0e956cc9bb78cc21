"""Half-filled intake forms: kept with each pause in typing, found again after a crash, an order once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, JSONField, Value
from django.db.models.expressions import CombinedExpression
from django.utils import timezone

from dispatch.staff.models import Person
from orders.models import Draft

TEXTS = (
    "phone",
    "name",
    "client",
    "pickup",
    "pickup_point",
    "pickup_entrance",
    "pickup_flat",
    "when",
    "destination",
    "destination_point",
    "comment",
    "cars",
    "passengers",
    "service_class",
    "payment",
    "account",
    "waits_and_returns",
    "passenger_name",
    "callback_phone",
    "flight",
    "fleet",
    "release_minutes",
    "is_on_hold",
    "office_note",
    "returns",
    "return_when",
    "quote",
)  # as the form names them; a box that is not ticked is empty
LISTS = ("stop", "stop_point", "options")
LONGEST = 2000  # characters of one field, or of one line of a list
MOST_LINES = 20


def open_draft(*, owner: Person, source: str, fields: Mapping[str, object]) -> Draft:
    """The unfinished form of this person for this occasion (`source`), or a new one that begins with `fields`."""
    found = _unfinished(owner, source)
    if found:
        return found
    try:
        with transaction.atomic():
            return Draft.objects.create(owner=owner, source=source, fields=cleaned(fields))
    except IntegrityError:  # one_draft_a_source: another tab of hers was faster
        return Draft.objects.get(owner=owner, source=source, order=None)


def keep(*, draft_id: UUID, owner: Person, fields: Mapping[str, object], version: int) -> bool:
    """Merge what was typed since; fields that are not named stay. False when it is overtaken: a newer save is here
    already, or the form became an order, or it is not this person's."""
    kept = Draft.objects.filter(pk=draft_id, owner=owner, order=None, version__lt=version)
    return bool(kept.update(fields=_merged(fields), version=version, updated_at=timezone.now()))


def discard(*, draft_id: UUID, owner: Person) -> None:
    Draft.objects.filter(pk=draft_id, owner=owner, order=None).delete()


def hand_over(*, draft_id: UUID, to_person: Person) -> Draft:
    """The unfinished form goes to a colleague, as the call does. One of the same call that she has begun stays hers
    beside it: nothing typed is lost. Raises Draft.DoesNotExist: there is none, or it is an order by now."""
    with transaction.atomic():
        draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft_id, order=None)
        if draft.source:
            begun = Draft.objects.filter(owner=to_person, source=draft.source, order=None).exclude(pk=draft_id)
            begun.update(source="")
        draft.owner = to_person
        draft.save(update_fields=["owner", "updated_at"])
    return draft


def cleaned(fields: Mapping[str, object]) -> dict[str, Any]:
    """Only fields of the form, only text and lists of text, without characters that the database cannot keep."""
    texts = {name: _text(value) for name in TEXTS if isinstance(value := fields.get(name), str)}
    lists = {name: _lines(value) for name in LISTS if isinstance(value := fields.get(name), list)}
    return texts | lists


def _text(value: str) -> str:
    whole = value.encode("utf-8", "ignore").decode()  # a field that is full cuts an emoji in half
    return whole.replace("\x00", "")[:LONGEST]


def _lines(values: list[Any]) -> list[str]:
    return [_text(value) for value in values[:MOST_LINES] if isinstance(value, str)]


def _unfinished(owner: Person, source: str) -> Draft | None:
    return Draft.objects.filter(owner=owner, source=source, order=None).order_by("-created_at").first()


def _merged(fields: Mapping[str, object]) -> CombinedExpression:
    """`fields || …` in SQL: two tabs that fill different fields at once lose nothing."""
    return CombinedExpression(F("fields"), "||", Value(cleaned(fields), JSONField()), JSONField())
