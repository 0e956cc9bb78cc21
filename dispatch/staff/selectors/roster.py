"""Who is on shift: the phone book."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from dispatch.staff.models import Person, Shift, ShiftBreak


def on_shift() -> QuerySet[Shift]:
    """All open shifts with their people and their breaks, by surname and name. Two queries."""
    return with_breaks(
        Shift.objects.filter(ended_at=None).select_related("person").order_by("person__last_name", "person__first_name")
    )


def open_shift(person: Person) -> Shift | None:
    return Shift.objects.filter(person=person, ended_at=None).first()


def with_breaks(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    """One query more, and `Shift.pause` asks none."""
    return shifts.prefetch_related(Prefetch("breaks", ShiftBreak.objects.filter(ended_at=None), to_attr="open_breaks"))


def stale() -> Q:
    """Open shifts whose owner no desk has seen for long: somebody went home and forgot to say so."""
    long_ago = timezone.now() - timedelta(minutes=settings.SHIFT_STALE_MINUTES)
    return Q(ended_at=None) & (Q(seen_at__lt=long_ago) | Q(seen_at=None, started_at__lt=long_ago))
