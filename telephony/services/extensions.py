"""The telephones of the office, as the administrator keeps them. Every change is journalled with before → after."""

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.audit import journal, verbs
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from telephony.models import Extension

JOURNALLED = ("number", "interface", "label", "is_active", "owner")

verbs.register(
    {
        "extension.added": gettext_lazy("added an extension"),
        "extension.changed": gettext_lazy("changed an extension"),
    }
)


def add_extension(*, extension: Extension, actor: Person) -> Extension:
    with transaction.atomic():
        extension.save()
        journal.record(actor, "extension.added", extension, changes=_differences(Extension(), extension))
    return extension


def change_extension(*, extension: Extension, actor: Person) -> Extension:
    """Save the changed fields. Raises Refused while somebody sits there: his calls would go to another telephone."""
    with transaction.atomic():
        before = Extension.objects.select_for_update().get(pk=extension.pk)
        changes = _differences(before, extension)
        if not changes:
            return extension
        if {"number", "interface", "is_active"} & set(changes):
            _nobody_sits_at(before.number)
        extension.save()
        journal.record(actor, "extension.changed", extension, changes=changes)
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify('link_bell', '')")
    return extension


def _differences(before: Extension, after: Extension) -> dict[str, list[object]]:
    pairs = {field: [_plain(getattr(before, field)), _plain(getattr(after, field))] for field in JOURNALLED}
    return {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Person) else value


def _nobody_sits_at(number: str) -> None:
    shift = Shift.objects.select_related("person").filter(extension=number, ended_at=None).first()
    if shift is not None:
        raise Refused(
            _("%(person)s is on shift at extension %(extension)s. Change it when the shift has ended.")
            % {"person": shift.person, "extension": number}
        )
