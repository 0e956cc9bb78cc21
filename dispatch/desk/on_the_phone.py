"""Nobody ends a shift in the middle of its call. A supervisor may end another's: the call itself goes on."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from dispatch.staff.access import may
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.signals import shift_ending
from telephony.services import after_call


@receiver(shift_ending)
def hold_back(shift: Shift, actor: Person, **_others: Any) -> None:
    if actor.pk == shift.person_id and after_call.talks(shift):
        raise Refused(_("You are in a call. Finish it or hand it over, then end your shift."))
    if actor.pk != shift.person_id and not may(actor, "staff.control") and after_call.talks(shift):
        raise Refused(_("%(person)s is in a call.") % {"person": shift.person})
