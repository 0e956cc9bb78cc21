"""A driver's papers."""

from django.db import transaction

from dispatch.audit import journal
from dispatch.staff.models import Person
from orders.models import DriverDocument


def save(*, document: DriverDocument, actor: Person) -> DriverDocument:
    with transaction.atomic():
        document.save()
        until = document.valid_until.isoformat() if document.valid_until else ""
        journal.record(actor, "driver.document_saved", document.driver, document=document.kind, valid_until=until)
    return document


def remove(*, document_id: int, actor: Person) -> None:
    """Asked twice, it is gone all the same."""
    with transaction.atomic():
        document = DriverDocument.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
        if document:
            journal.record(actor, "driver.document_removed", document.driver, document=document.kind)
            document.delete()
