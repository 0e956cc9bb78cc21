"""The members of the desk's queue are the telephones of those who are on shift, and nobody else of the house. In a
break or a wrap-up, and while nobody shall disturb him, a member is paused: it stays in the queue, and the queue does
not ring it.

Who is on shift, and in a break, is ours to say; whether a telephone rings is the PBX's: `saw` keeps what it says.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import Shift, Status
from dispatch.staff.selectors import roster as shifts
from telephony.core.party import BROWSER
from telephony.core.pbx import QueueMemberSeen
from telephony.lease import Tenure
from telephony.models import Extension

DO_NOT_DISTURB = "do not disturb"
TALKS = "talks at the other telephone"  # no break: the queue would ring the one while he talks at the other
ABSENT = (4, 5)  # status of a member: no such device, none registered
LONGEST_REASON = 60  # bytes: the queue has room for 79


@dataclass(frozen=True)
class Seat:
    """`paused`: why the queue shall not ring this telephone now; empty: it shall. `until`: when that ends by itself."""

    name: str
    paused: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Roster:
    """`on_shift`: device → who sits there. `ours`: every device of the house; others in the queue are none of ours.
    `for_own`: person → the extension where her own clients reach her now, if she wants them and is not paused.
    `refusing`: extensions that shall ring for nobody."""

    on_shift: Mapping[str, Seat]
    ours: frozenset[str]
    for_own: Mapping[str, str] = field(default_factory=dict)
    refusing: frozenset[str] = frozenset()

    @property
    def next_end(self) -> float | None:
        """Seconds until the next wrap-up is over; None: there is none."""
        ends = [seat.until for seat in self.on_shift.values() if seat.until]
        return max(0.0, (min(ends) - timezone.now()).total_seconds()) if ends else None


@dataclass(frozen=True)
class Plan:
    remove: tuple[str, ...] = ()
    add: tuple[tuple[str, str, str], ...] = ()  # device, name, why it is paused
    pause: tuple[tuple[str, str], ...] = ()  # device, why
    resume: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.remove or self.add or self.pause or self.resume)


def roster(talking: Collection[str] = (), members: Iterable[QueueMemberSeen] = ()) -> Roster:
    """Three queries. `talking`: extensions; `members`: of the queue, to see who has two telephones."""
    open_ones = list(shifts.on_shift())
    people = {shift.extension: _seat(shift) for shift in open_ones}
    devices = list(Extension.objects.values_list("number", "interface", "is_active"))
    there = {member.interface for member in members if member.status not in ABSENT}
    on_shift: dict[str, Seat] = {}
    for number, device, serves in devices:
        if not serves or number not in people:
            continue
        seat, both = people[number], _both(device)
        if number in talking and not seat.paused and there.issuperset(both):
            seat = Seat(seat.name, TALKS)
        on_shift |= dict.fromkeys(both, seat)
    in_use = {number for number, _, in_use in devices if in_use}
    for_own = {
        str(shift.person_id): shift.extension
        for shift in open_ones
        if shift.person.own_clients and shift.extension in in_use and not people[shift.extension].paused
    }
    refusing = {shift.extension for shift in open_ones if shift.person.status == Status.DND} & in_use
    ours = frozenset(each for _, device, _ in devices for each in _both(device))
    return Roster(on_shift, ours, for_own, frozenset(refusing))


def plan(roster: Roster, members: Iterable[QueueMemberSeen]) -> Plan:
    """What makes the queue's `members` those of the roster. A new name is a new member."""
    there = {member.interface: member for member in members}
    seats = roster.on_shift
    stay = {device for device, member in there.items() if device in seats and seats[device].name == member.name}
    return Plan(
        remove=tuple(sorted(device for device in there if device in roster.ours and device not in stay)),
        add=tuple(sorted((device, seat.name, seat.paused) for device, seat in seats.items() if device not in stay)),
        pause=tuple(
            (device, seats[device].paused)
            for device in sorted(stay)
            if seats[device].paused and not (there[device].paused and there[device].reason == seats[device].paused)
        ),
        resume=tuple(device for device in sorted(stay) if there[device].paused and not seats[device].paused),
    )


def saw(tenure: Tenure, members: Iterable[QueueMemberSeen]) -> None:
    """Keep what the PBX says of our telephones, and tell those whose telephone it is. Writes what changed only."""
    said = {
        member.interface: Extension.Queue.PAUSED if member.paused and member.reason != TALKS else Extension.Queue.RINGS
        for member in members
    }
    extensions = list(Extension.objects.only("number", "interface", "queue"))
    changed = [one for one in extensions if one.queue != said.get(one.interface, Extension.Queue.OUT)]
    if not changed:
        return
    with tenure.writing():
        for extension in changed:
            extension.queue = said.get(extension.interface, Extension.Queue.OUT)
            extension.save(update_fields=["queue"])
        for shift in shifts.on_shift().filter(extension__in=[extension.number for extension in changed]):
            publish.changed(private(shift.person_id), "shift", shift.pk)


def _both(device: str) -> tuple[str, ...]:
    """That telephone, and the same person's in the browser; a desk without one has one."""
    has_two = settings.PHONE_URL and device.startswith("PJSIP/")
    return (device, device + BROWSER) if has_two else (device,)


def _seat(shift: Shift) -> Seat:
    name, pause = shift.person.full_name, shift.pause
    if shift.person.status == Status.DND:
        return Seat(name, DO_NOT_DISTURB)
    if pause is None or pause.is_waiting:
        return Seat(name)
    why = " ".join((pause.why or pause.kind).split())
    return Seat(name, why.encode()[:LONGEST_REASON].decode(errors="ignore").strip(), pause.until)
