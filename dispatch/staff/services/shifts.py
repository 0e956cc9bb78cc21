"""Starting and ending a shift. Races are settled by the two partial unique constraints of `Shift`."""

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.live import publish
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.signals import shift_changed, shift_ending


def start_shift(*, person: Person, extension: str, actor: Person) -> Shift:
    """Open a shift of `person` at `extension`. Raises Refused: the extension is taken, or he has a shift already."""
    try:
        with transaction.atomic():
            shift = Shift.objects.create(person=person, extension=extension, started_at=timezone.now())
            _tell(shift, "shift.started", actor)
    except IntegrityError as error:
        raise Refused(_why_not(person, extension)) from error
    return shift


def end_shift(*, shift: Shift, actor: Person) -> Shift:
    """Close the shift, by its owner or by a supervisor. Ending an ended shift changes nothing.

    Raises Refused: an upper room holds it back, since the owner is in a call.
    """
    with transaction.atomic():
        shift_ending.send(Shift, shift=shift, actor=actor)
        ended = Shift.objects.filter(pk=shift.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=actor)
        shift.refresh_from_db()
        if ended:
            _tell(shift, "shift.ended", actor)
    return shift


def _tell(shift: Shift, verb: str, actor: Person) -> None:
    journal.record(actor, verb, shift, extension=shift.extension, person=str(shift.person))
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
