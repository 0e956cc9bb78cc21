"""What a person has set up for the conveyor, and what the filter panel offers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dispatch.staff.models import Person, Role
from orders import columns
from orders.models import DeskSetup, Fleet, SavedFilter, Tariff
from places.models import Zone


@dataclass(frozen=True)
class Setup:
    """`keys`: default key → own key. `filters`: one's own first, then those that colleagues share."""

    columns: tuple[str, ...]
    keys: dict[str, str]
    filters: Sequence[SavedFilter]
    default: SavedFilter | None


@dataclass(frozen=True)
class Offered:
    """What can be chosen in the filter panel."""

    fleets: Sequence[Fleet]
    tariffs: Sequence[Tariff]
    zones: Sequence[Zone]
    takers: Sequence[Person]


def of_person(person: Person) -> Setup:
    """Two queries."""
    setup = DeskSetup.objects.filter(person=person).select_related("default_filter").first() or DeskSetup(person=person)
    default = setup.default_filter
    if default and default.owner_id != person.pk and not default.is_shared:
        default = None  # its owner shares it no longer
    filters = sorted(usable(person), key=lambda saved: (saved.owner_id != person.pk, saved.name.casefold()))
    return Setup(columns.chosen(setup.columns), setup.keys, filters, default)


def offered() -> Offered:
    """Four queries."""
    return Offered(
        fleets=list(Fleet.objects.filter(is_active=True)),
        tariffs=list(Tariff.objects.filter(is_active=True).select_related("fleet")),
        zones=list(Zone.objects.filter(is_active=True)),
        takers=list(
            Person.objects.filter(
                is_active=True, roles__overlap=[Role.DISPATCHER.value, Role.SUPERVISOR.value]
            ).order_by("last_name", "first_name")
        ),
    )


def usable(person: Person) -> QuerySet[SavedFilter]:
    """One's own and the shared ones."""
    return SavedFilter.objects.filter(Q(owner=person) | Q(is_shared=True)).select_related("owner")
