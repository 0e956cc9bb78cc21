"""What a call was about: chosen while one talks, or afterwards."""

from django.db import transaction

from dispatch.audit import journal
from dispatch.staff.models import Person
from telephony.models import Call, CallClass
from telephony.services import calls


def classify(*, call: Call, chosen: CallClass | None, actor: Person) -> None:
    """None: of no class. The same again changes nothing."""
    with transaction.atomic():
        row = Call.objects.select_for_update().get(pk=call.pk)
        key = chosen.pk if chosen else None
        if row.call_class_id == key:
            return
        row.call_class = chosen
        row.save(update_fields=["call_class"])
        journal.record(actor, "call.classified", row, reason=chosen.name if chosen else "")
        calls.tell([row.pk])
