"""Who is on shift: the phone book."""

from collections.abc import Sequence

from django.db.models import QuerySet

from dispatch.staff.models import Person, Shift


def on_shift() -> QuerySet[Shift]:
    """All open shifts with their people, by surname and name. One query."""
    return (
        Shift.objects.filter(ended_at=None).select_related("person").order_by("person__last_name", "person__first_name")
    )


def open_shifts_of(person_ids: Sequence[int]) -> QuerySet[Shift]:
    """The open shifts of these people. One query."""
    return on_shift().filter(person_id__in=person_ids)


def open_shift(person: Person) -> Shift | None:
    return Shift.objects.filter(person=person, ended_at=None).first()
