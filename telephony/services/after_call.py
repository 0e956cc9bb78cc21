"""What a call does to the shifts of those who talked in it: a break that waited begins, or the wrap-up does; and a new
call ends what was left of a wrap-up. See `dispatch.staff.services.breaks` for what wins over what.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dispatch.staff.models import Shift, ShiftBreak
from dispatch.staff.services import breaks
from telephony.models import Call, Leg

JUST_NOW = timedelta(seconds=30)  # a call that ended unseen long ago is nothing to write up now


def settle(call_ids: Iterable[int]) -> None:
    """These calls changed. Inside the transaction of the change. One query where nobody of the house talked in them."""
    spoke = Leg.objects.filter(call__in=set(call_ids), answered_at__isnull=False).exclude(person=None)
    legs = list(spoke.exclude(call__direction=Call.Direction.INTERNAL).order_by("ended_at", "pk"))
    if not legs:
        return
    for shift in Shift.objects.filter(ended_at=None, person__in={leg.person_id for leg in legs}).select_related(
        "person"
    ):
        mine = [leg for leg in legs if leg.person_id == shift.person_id]
        if talks(shift):
            breaks.end_wrap_up(shift=shift)
        elif not breaks.begin_waiting(shift=shift):
            _wrap_up(shift, mine[-1])


def begin_waiting_breaks() -> int:
    """The net below `settle`: breaks that wait for a call that is over. Safe to run twice at once."""
    waiting = ShiftBreak.objects.filter(ended_at=None, started_at=None).select_related("shift")
    return sum(breaks.begin_waiting(shift=pause.shift) for pause in waiting if not talks(pause.shift))


def talks(shift: Shift) -> bool:
    """Whether its owner is in a call now."""
    return conversations(shift).exists()


def conversations(shift: Shift) -> QuerySet[Call]:
    live = Call.objects.exclude(state=Call.State.ENDED)
    hers = Q(person=shift.person_id) | Q(party=shift.extension)
    legs = Leg.objects.filter(hers, call=OuterRef("pk"), answered_at__isnull=False, ended_at=None)
    return live.filter(Exists(legs))


def _wrap_up(shift: Shift, leg: Leg) -> None:
    ended_just_now = leg.ended_at is not None and leg.ended_at > timezone.now() - JUST_NOW
    if shift.person.wraps_up and settings.WRAP_UP_SECONDS > 0 and ended_just_now:
        breaks.wrap_up(shift=shift, seconds=settings.WRAP_UP_SECONDS, occasion=f"leg:{leg.pk}")
