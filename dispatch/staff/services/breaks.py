"""Breaks of a shift and the wrap-up after a call. Which of two wins:

a break over a wrap-up, a call over a wrap-up, and the end of the shift over all. A break goes on, whatever rings,
until it is ended. Races are settled by the lock on the shift and by `one_open_break_a_shift`.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import Person, Shift, ShiftBreak
from dispatch.staff.refusal import Refused
from dispatch.staff.signals import shift_paused

BREAK, WRAP_UP = ShiftBreak.Kind.BREAK, ShiftBreak.Kind.WRAP_UP


def begin(*, shift: Shift, reason: str, note: str, actor: Person) -> ShiftBreak:
    """The break starts now. Raises Refused: no reason, the shift is over, or there is a break already."""
    with transaction.atomic():
        _make_room(shift, reason, note, actor)
        now = timezone.now()
        made = shift.breaks.create(kind=BREAK, reason=reason, note=note, asked_at=now, started_at=now)
        _journal(made, "break.started", actor)
        tell(shift)
    return made


def begin_after_call(*, shift: Shift, reason: str, note: str, actor: Person) -> ShiftBreak:
    """The break starts when its owner's call is over (`begin_waiting`). Raises Refused as `begin` does."""
    with transaction.atomic():
        _make_room(shift, reason, note, actor)
        made = shift.breaks.create(kind=BREAK, reason=reason, note=note, asked_at=timezone.now())
        _journal(made, "break.asked", actor)
        tell(shift)
    return made


def begin_waiting(*, shift: Shift) -> bool:
    """Her call is over: the break that waited for it starts. False when none waited."""
    with transaction.atomic():
        waiting = shift.breaks.filter(ended_at=None, started_at=None)
        if not waiting.update(started_at=timezone.now()):
            return False
        tell(shift)
    return True


def wrap_up(*, shift: Shift, seconds: int, occasion: str) -> bool:
    """So long the queue leaves her alone. Once for each occasion, and never beside a break. Says whether it began."""
    with transaction.atomic():
        if not _lock(shift) or shift.breaks.filter(ended_at=None).exists():
            return False
        if shift.breaks.filter(occasion=occasion).exists():
            return False
        now = timezone.now()
        until = now + timedelta(seconds=seconds)
        shift.breaks.create(kind=WRAP_UP, occasion=occasion, asked_at=now, started_at=now, until=until)
        tell(shift)
    return True


def end(*, shift: Shift, actor: Person | None) -> bool:
    """End the break or the wrap-up, or take back one that waits. False when there is none."""
    with transaction.atomic():
        _lock(shift)
        return _end_open(shift, actor)


def end_wrap_up(*, shift: Shift) -> bool:
    """She talks again: what was left of the wrap-up is over."""
    with transaction.atomic():
        if not shift.breaks.filter(ended_at=None, kind=WRAP_UP).update(ended_at=timezone.now()):
            return False
        tell(shift)
    return True


def end_due() -> int:
    """Wrap-ups whose time is over. Safe to run twice at once."""
    ended = 0
    due = ShiftBreak.objects.filter(ended_at=None, until__lte=timezone.now()).select_related("shift")
    for wrapped in due:
        with transaction.atomic():
            if ShiftBreak.objects.filter(pk=wrapped.pk, ended_at=None).update(ended_at=wrapped.until):
                tell(wrapped.shift)
                ended += 1
    return ended


def tell(shift: Shift) -> None:
    """Inside the transaction: her own desks, the phone book of all, and the link, which asks the PBX."""
    publish.changed("staff", "person", shift.person_id)
    publish.changed(private(shift.person_id), "shift", shift.pk)
    shift_paused.send(Shift, shift=shift)
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('link_bell', '')")


def _make_room(shift: Shift, reason: str, note: str, actor: Person) -> None:
    if not (reason or note):
        raise Refused(_("Give the reason for the break."))
    if not _lock(shift):
        raise Refused(_("This shift is over."))
    if shift.breaks.filter(ended_at=None, kind=BREAK).exists():
        raise Refused(_("There is a break already. End it first."))
    _end_open(shift, actor)


def _lock(shift: Shift) -> bool:
    return Shift.objects.select_for_update(of=("self",)).filter(pk=shift.pk, ended_at=None).first() is not None


def _end_open(shift: Shift, actor: Person | None) -> bool:
    open_one = shift.breaks.filter(ended_at=None).first()
    if open_one is None:
        return False
    open_one.ended_at, open_one.ended_by = timezone.now(), actor
    open_one.save(update_fields=["ended_at", "ended_by"])
    if open_one.kind == BREAK:
        _journal(open_one, "break.ended", actor)
    tell(shift)
    return True


def _journal(made: ShiftBreak, verb: str, actor: Person | None) -> None:
    journal.record(actor, verb, made.shift, person=str(made.shift.person), reason=made.why)
