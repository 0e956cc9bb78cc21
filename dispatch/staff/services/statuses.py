"""Where a colleague is to be had: at the desk, on mobile, or not to be disturbed.

"At the desk" comes with the shift. "On mobile" comes when it ends, or when no desk of its owner has listened for longer
than the grace; who comes back then has what was before. What somebody chose stays until one of these, or the next
choice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import Person, Shift, Status, StatusChange
from dispatch.staff.refusal import Refused

LOOKS = timedelta(seconds=6)  # a desk that listens is written down at every second look of a web process, or sooner


def grace() -> timedelta:
    return timedelta(seconds=settings.STATUS_GRACE_SECONDS)


def choose(*, shift: Shift, status: str, actor: Person) -> bool:
    """Of its owner, by himself or a supervisor. False: it was so already. Raises Refused: the shift is over."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=shift.person_id)
        if not Shift.objects.filter(pk=shift.pk, ended_at=None).exists():
            raise Refused(_("This shift is over."))
        if not _set(person, status, actor):
            return False
        journal.record(actor, "status.chosen", person, person=str(person), status=status)
        _tell(shift)
        return True


def begin(*, person: Person) -> None:
    """His shift starts. Inside the transaction that starts it."""
    _set(Person.objects.select_for_update().get(pk=person.pk), Status.DESK, None)


def leave(*, person: Person) -> None:
    """His shift ends. Inside the transaction that ends it."""
    _set(Person.objects.select_for_update().get(pk=person.pk), Status.MOBILE, None)


def end_absent() -> int:
    """Who is on shift, and of whom no desk has listened for longer than the grace. Safe to run in several processes."""
    gone = Person.objects.filter(pk__in=_unseen(timezone.now()).values("person")).exclude(status=Status.MOBILE)
    return sum(_end_presence(person_id) for person_id in list(gone.values_list("pk", flat=True)))


def came_back(people: Iterable[Person]) -> None:
    """Desks of these listen. Asks nothing, as long as none of them is on mobile by mere absence."""
    absent = [person.pk for person in people if person.status == Status.MOBILE and not person.status_chosen]
    for shift in Shift.objects.filter(person__in=absent, ended_at=None) if absent else ():
        with transaction.atomic():
            person = Person.objects.select_for_update().get(pk=shift.person_id)
            if person.status == Status.MOBILE and not person.status_chosen:
                changes = StatusChange.objects.filter(person=person, at__gte=shift.started_at).select_related("by")
                before = next(iter(changes.order_by("-pk")[1:2]), None)
                _set(person, before.status if before else Status.DESK, before.by if before else None)
                _tell(shift)


def _unseen(now: datetime) -> QuerySet[Shift]:
    long_ago = now - grace() - seen_again() - LOOKS
    return Shift.objects.filter(Q(seen_at__lt=long_ago) | Q(seen_at=None, started_at__lt=long_ago), ended_at=None)


def seen_again() -> timedelta:
    """So often at most a desk that listens is written down."""
    return min(timedelta(seconds=30), grace() / 4)


def _end_presence(person_id: int) -> bool:
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        shift = _unseen(timezone.now()).filter(person=person).first()
        if shift is None or not _set(person, Status.MOBILE, None):
            return False
        _tell(shift)
        return True


def _set(person: Person, status: str, by: Person | None) -> bool:
    """`person` is locked."""
    chosen = by is not None
    if person.status == status and (person.status_chosen == chosen or not chosen):
        return False
    now = timezone.now()
    Person.objects.filter(pk=person.pk).update(status=status, status_since=now, status_chosen=chosen)
    StatusChange.objects.create(person=person, status=status, at=now, by=by)
    return True


def _tell(shift: Shift) -> None:
    """The phone book of all, her own desks, and the link, which asks the PBX."""
    publish.changed("staff", "person", shift.person_id)
    publish.changed(private(shift.person_id), "shift", shift.pk)
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('link_bell', '')")
