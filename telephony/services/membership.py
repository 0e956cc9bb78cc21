"""The members of the desk's queue are the telephones of those who are on shift, and nobody else of the house."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dispatch.staff.models import Shift
from telephony.models import Extension


@dataclass(frozen=True)
class Roster:
    """`on_shift`: device → who sits there. `ours`: every device of the house; others in the queue are none of ours."""

    on_shift: Mapping[str, str]
    ours: frozenset[str]


@dataclass(frozen=True)
class Plan:
    remove: tuple[str, ...]
    add: tuple[tuple[str, str], ...]  # device, name


def roster() -> Roster:
    """Two queries."""
    people = {shift.extension: shift.person.full_name for shift in _open_shifts()}
    devices = list(Extension.objects.values_list("number", "interface", "is_active"))
    on_shift = {device: people[number] for number, device, in_use in devices if in_use and number in people}
    return Roster(on_shift, frozenset(device for _, device, _ in devices))


def plan(roster: Roster, members: Mapping[str, str]) -> Plan:
    """What makes the queue's `members` (device → name) those of the roster. A new name is a new member."""
    stay = {device for device, name in members.items() if roster.on_shift.get(device) == name}
    remove = sorted(device for device in members if device in roster.ours and device not in stay)
    add = sorted((device, name) for device, name in roster.on_shift.items() if device not in stay)
    return Plan(tuple(remove), tuple(add))


def _open_shifts() -> Collection[Shift]:
    return Shift.objects.filter(ended_at=None).select_related("person")
