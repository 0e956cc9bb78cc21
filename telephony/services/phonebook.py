"""What the link writes for the phone books of all desks, and tells them: a telephone is off, or does something else."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from dispatch.live import publish
from dispatch.staff.models import Person
from telephony.models import Extension
from telephony.recognition import is_short


def write_phones(off: Mapping[str, bool]) -> None:
    """Keep which extensions have no telephone now (`off`), and tell of those that changed. Inside a transaction."""
    there = Extension.objects.filter(number__in=off).values_list("number", "is_off")
    changed = {number for number, was_off in there if was_off != off[number]}
    for is_off in (True, False):
        numbers = [number for number in changed if off[number] is is_off]
        if numbers:
            Extension.objects.filter(number__in=numbers).update(is_off=is_off)
    tell(changed)


def tell(parties: Collection[str]) -> None:
    """Have those drawn anew who sit at these telephones, or have them as their own. One query, none for outsiders."""
    extensions = [party for party in parties if is_short(party)]
    if not extensions:
        return
    sits = Q(shifts__ended_at=None, shifts__extension__in=extensions)
    _tell(Person.objects.filter(sits | Q(own_extension__in=extensions)).values_list("pk", flat=True).distinct())


def tell_all() -> None:
    """After the rows were compared with the PBX: whoever is on shift may do something else than was known."""
    _tell(Person.objects.filter(shifts__ended_at=None, shifts__isnull=False).values_list("pk", flat=True).distinct())


def _tell(people: Collection[int]) -> None:
    publish.all_changed([("staff", "person", person_id) for person_id in sorted(people)])
