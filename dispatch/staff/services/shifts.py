"""Starting and ending a shift. Races are settled by the two partial unique constraints of `Shift`."""

from collections.abc import Collection

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.live import publish
from dispatch.staff.models import Person, Shift, ShiftBreak
from dispatch.staff.refusal import Refused
from dispatch.staff.selectors import roster
from dispatch.staff.services import statuses
from dispatch.staff.signals import shift_changed, shift_ending

LONGEST_REASON = 200


def start_shift(*, person: Person, extension: str, actor: Person) -> Shift:
    """Open a shift of `person` at `extension`. Raises Refused: the extension is taken, or he has a shift already."""
    try:
        with transaction.atomic():
            shift = Shift.objects.create(person=person, extension=extension, started_at=timezone.now())
            statuses.begin(person=person)
            _tell(shift, "shift.started", actor)
    except IntegrityError as error:
        raise Refused(_why_not(person, extension)) from error
    return shift


def end_shift(*, shift: Shift, actor: Person, reason: str = "") -> Shift:
    """Close the shift, by its owner or by somebody else who says why. Ending an ended shift changes nothing.

    Raises Refused: an upper room holds it back, since the owner is in a call.
    """
    with transaction.atomic():
        shift_ending.send(Shift, shift=shift, actor=actor)
        now = timezone.now()
        ended = Shift.objects.filter(pk=shift.pk, ended_at=None).update(
            ended_at=now, ended_by=actor, end_reason=reason[:LONGEST_REASON]
        )
        shift.refresh_from_db()
        if ended:
            ShiftBreak.objects.filter(shift=shift, ended_at=None).update(ended_at=now, ended_by=actor)
            statuses.leave(person=shift.person)
            _tell(shift, "shift.ended", actor, reason)
    return shift


def take_over(*, shift: Shift, extension: str, person: Person) -> Shift:
    """Sit down where a forgotten shift still is: end that one and start hers, or neither.

    Raises Refused: its owner is there after all, or what `start_shift` says.
    """
    with transaction.atomic():
        forgotten = Shift.objects.select_for_update(of=("self",)).filter(roster.stale(), pk=shift.pk).first()
        if forgotten is None:
            raise Refused(
                _("%(person)s is at extension %(extension)s after all.")
                % {"person": shift.person, "extension": shift.extension}
            )
        end_shift(shift=forgotten, actor=person, reason=_("forgotten; the place was taken over"))
        return start_shift(person=person, extension=extension, actor=person)


def seen(person_ids: Collection[int]) -> None:
    """Desks of these people listen now. Not written down at each look."""
    now = timezone.now()
    open_ones = Shift.objects.filter(person__in=person_ids, ended_at=None)
    open_ones.filter(Q(seen_at=None) | Q(seen_at__lt=now - statuses.seen_again())).update(seen_at=now)


def _tell(shift: Shift, verb: str, actor: Person, reason: str = "") -> None:
    said = {"reason": reason} if reason else {}
    journal.record(actor, verb, shift, extension=shift.extension, person=str(shift.person), **said)
    publish.changed("staff", "person", shift.person_id)
    shift_changed.send(Shift, shift=shift, actor=actor)
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('link_bell', '')")  # the link puts the phone into the queue, or takes it out


def _why_not(person: Person, extension: str) -> str:
    mine = Shift.objects.filter(person=person, ended_at=None).first()
    if mine is not None:
        return _("You are already on shift at extension %(extension)s.") % {"extension": mine.extension}
    taken = Shift.objects.select_related("person").filter(extension=extension, ended_at=None).first()
    if taken is None:  # ended between the refusal and this look
        return _("Extension %(extension)s was taken a moment ago and is free again. Try once more.") % {
            "extension": extension
        }
    return _("Extension %(extension)s is taken by %(person)s. Choose another one.") % {
        "extension": extension,
        "person": taken.person,
    }
