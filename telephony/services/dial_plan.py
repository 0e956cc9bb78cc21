"""The office's dialling rules: how a number is dialled and read back, and the one verb that changes them."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.audit import journal, verbs
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders import numbers
from telephony import dialling
from telephony.models import DialPlan, Extension

JOURNALLED = ("outside", "beginnings", "untouched")

verbs.register(
    {
        "dialplan": gettext_lazy("dialling rules"),
        "dialling.changed": gettext_lazy("changed the dialling rules"),
    }
)


def current() -> DialPlan:
    """One query."""
    return DialPlan.objects.first() or DialPlan()


def dialled(typed: str) -> dialling.Dialled:
    """What the PBX dials for a number of the street. Raises Refused with the sentence. One query."""
    made = dialling.dialled(typed, current().rules, numbers.e164)
    if made is None:
        shown = "".join(sign for sign in typed if sign.isprintable()).strip()[:40]
        raise Refused(_("“%(text)s” is no telephone number.") % {"text": shown})
    return made


def read_back(number: str) -> str:
    """E.164 of what the PBX says that it dialled, or "" where no rule has made it. One query."""
    rules = current().rules
    return dialling.read_back(number, rules, numbers.e164) if rules.outside or rules.beginnings else ""


def change(*, plan: DialPlan, actor: Person) -> DialPlan:
    """Keep the rules. Raises Refused where a short number is an extension of the house."""
    with transaction.atomic():
        DialPlan.objects.get_or_create(pk=1)
        before = DialPlan.objects.select_for_update().get(pk=1)
        changes = {
            field: [getattr(before, field), getattr(plan, field)]
            for field in JOURNALLED
            if getattr(before, field) != getattr(plan, field)
        }
        if not changes:
            return before
        ours = Extension.objects.filter(number__in=plan.untouched, is_active=True).order_by("number").first()
        if ours is not None:
            raise Refused(_("%(number)s is an extension of the office.") % {"number": ours.number})
        plan.pk = 1
        plan.save(force_update=True)
        journal.record(actor, "dialling.changed", plan, changes=changes)
    return plan
