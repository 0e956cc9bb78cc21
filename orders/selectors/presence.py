"""Who else looks at an order, or changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import BoolOr
from django.utils import timezone

from dispatch.staff.models import Person
from orders.models import Presence


@dataclass(frozen=True)
class Other:
    person: Person
    is_changing: bool


def others(order_ids: Sequence[int], person_id: int) -> Mapping[int, Sequence[Other]]:
    """However many tabs somebody has open, he is there once. Those who change it first. Two queries."""
    there = Presence.objects.there(timezone.now()).filter(order__in=order_ids).exclude(person=person_id)
    rows = there.values_list("order_id", "person_id").annotate(changes=BoolOr("is_changing")).order_by("-changes")
    people = Person.objects.in_bulk({person for _order, person, _changes in rows})
    found: dict[int, list[Other]] = {}
    for order_id, person, changes in rows:
        found.setdefault(order_id, []).append(Other(people[person], changes))
    return found
