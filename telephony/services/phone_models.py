"""Which makes of telephone answer by themselves: learned from calls, or said by the administrator."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dispatch.audit import journal, verbs
from dispatch.staff.models import Person
from telephony.core.hands_free import Record, Way
from telephony.lease import Tenure
from telephony.models import Extension, PhoneModel

verbs.register(
    {
        "phonemodel": _("make of telephone"),
        "phone_model.fixed": _("said how a make of telephone answers"),
        "phone_model.learns": _("had it learned anew how a make of telephone answers"),
    }
)


def record(name: str) -> Record:
    """What is known of that model; of one that was never seen: nothing. One query."""
    known = PhoneModel.objects.filter(name=name).first() if name else None
    return known.record if known else Record()


def learn(tenure: Tenure, extension: str, name: str, shown: Way) -> None:
    """A telephone of that model has answered, or rung on, in that way."""
    with tenure.writing():
        known = PhoneModel.objects.select_for_update().filter(name=name).first() or PhoneModel(name=name)
        after = (known.record if known.way else Record()).after(shown)
        known.way, known.streak, known.seen_at = str(after.way), after.streak, timezone.now()
        known.save()
        Extension.objects.filter(number=extension).exclude(phone_model=known).update(phone_model=known)


def fix(*, model_id: int, way: Way, actor: Person) -> None:
    """From now on calls go by that. Raises PhoneModel.DoesNotExist."""
    with transaction.atomic():
        model = PhoneModel.objects.select_for_update().get(pk=model_id)
        before = model.way if model.is_fixed else ""
        if before == way:
            return
        model.way, model.streak, model.is_fixed = str(way), 0, True
        model.save()
        journal.record(actor, "phone_model.fixed", model, changes={"way": [before, str(way)]})


def learn_anew(*, model_id: int, actor: Person) -> None:
    """Forget what was said or learned: the next call tries every way. Raises PhoneModel.DoesNotExist."""
    with transaction.atomic():
        model = PhoneModel.objects.select_for_update().get(pk=model_id)
        model.streak, model.is_fixed = 0, False
        model.save()
        journal.record(actor, "phone_model.learns", model)
