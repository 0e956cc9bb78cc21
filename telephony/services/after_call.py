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
    """These calls changed. Inside the transaction of the change. One query where nobody of the house talked in them,
    three where nobody's break or wrap-up begins or ends."""
    spoke = Leg.objects.filter(call__in=set(call_ids), answered_at__isnull=False).exclude(person=None)
    legs = list(spoke.exclude(call__direction=Call.Direction.INTERNAL).order_by("ended_at", "pk"))
    if not legs:
        return
    shifts = Shift.objects.filter(ended_at=None, person__in={leg.person_id for leg in legs}).select_related("person")
    paused = {pause.shift_id: pause for pause in ShiftBreak.objects.filter(ended_at=None, shift__in=shifts)}
    for shift in shifts.annotate(talks=Exists(_spoken(OuterRef("person_id"), OuterRef("extension")))):
        pause = paused.get(shift.pk)
        if shift.talks:
            if pause is not None and pause.kind == ShiftBreak.Kind.WRAP_UP:
                breaks.end_wrap_up(shift=shift)
        elif pause is None:
            _wrap_up(shift, [leg for leg in legs if leg.person_id == shift.person_id][-1])
        elif pause.started_at is None:
            breaks.begin_waiting(shift=shift)


def begin_waiting_breaks() -> int:
    """The net below `settle`: breaks that wait for a call that is over. Safe to run twice at once."""
    waiting = ShiftBreak.objects.filter(ended_at=None, started_at=None).select_related("shift")
    return sum(breaks.begin_waiting(shift=pause.shift) for pause in waiting if not talks(pause.shift))


def talks(shift: Shift) -> bool:
    """Whether its owner is in a call now."""
    return _spoken(shift.person_id, shift.extension).exists()


def _spoken(person: int | OuterRef, extension: str | OuterRef) -> QuerySet[Leg]:
    """What they talk in now: at a telephone they answered, or sit at."""
    talking = Leg.objects.filter(Q(person=person) | Q(party=extension), answered_at__isnull=False, ended_at=None)
    return talking.exclude(call__state=Call.State.ENDED)


def _wrap_up(shift: Shift, leg: Leg) -> None:
    ended_just_now = leg.ended_at is not None and leg.ended_at > timezone.now() - JUST_NOW
    if shift.person.wraps_up and settings.WRAP_UP_SECONDS > 0 and ended_just_now:
        breaks.wrap_up(shift=shift, seconds=settings.WRAP_UP_SECONDS, occasion=f"leg:{leg.pk}")
