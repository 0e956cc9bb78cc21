"""Which extensions the PBX rings for nobody: its AstDB says so (`desk-dnd/<extension>`), and its dialplan looks there.

Who shall not be disturbed is ours to say; that it is so is the PBX's: `saw` keeps what it says.
"""

from collections.abc import Collection
from dataclasses import dataclass

from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import Shift
from telephony.lease import Tenure
from telephony.models import Extension
from telephony.services import phonebook

FAMILY = "desk-dnd"


@dataclass(frozen=True)
class Plan:
    put: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.drop)


def plan(wanted: Collection[str], there: Collection[str]) -> Plan:
    return Plan(tuple(sorted(set(wanted) - set(there))), tuple(sorted(set(there) - set(wanted))))


def saw(tenure: Tenure, there: Collection[str]) -> None:
    """Keep what the PBX says, and tell all desks what changed. Writes only then."""
    changed = [one for one in Extension.objects.only("number", "refuses") if one.refuses != (one.number in there)]
    if not changed:
        return
    with tenure.writing():
        for extension in changed:
            extension.refuses = not extension.refuses
            extension.save(update_fields=["refuses"])
        numbers = [extension.number for extension in changed]
        phonebook.tell(numbers)
        for shift in Shift.objects.filter(extension__in=numbers, ended_at=None):
            publish.changed(private(shift.person_id), "shift", shift.pk)
