"""Nobody ends his own shift in the middle of a call. A supervisor may end it for him: the call itself goes on."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext as _

from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.signals import shift_ending
from telephony.models import Call


@receiver(shift_ending)
def hold_back(shift: Shift, actor: Person, **_others: Any) -> None:
    if actor.pk == shift.person_id and _talks(shift):
        raise Refused(_("You are in a call. Finish it or hand it over, then end your shift."))


def _talks(shift: Shift) -> bool:
    live = Call.objects.exclude(state=Call.State.ENDED)
    in_talk = Q(legs__person=shift.person_id) | Q(legs__party=shift.extension)
    return live.filter(in_talk, legs__answered_at__isnull=False, legs__ended_at=None).exists()
