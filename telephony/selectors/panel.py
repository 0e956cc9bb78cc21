"""The calls of this moment: the list of every desk, and one's own conversation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from dispatch.live.registry import Viewer
from dispatch.staff.models import Shift
from telephony.models import Call
from telephony.selectors import who
from telephony.selectors.who import Who

MOST = 200  # calls on one list; an office with more has other worries
TOLD = timedelta(seconds=8)  # so long every desk is told who took a call


@dataclass(frozen=True)
class Seat:
    """A telephone and who sits there now, if anybody."""

    number: str
    name: str = ""
    person_id: int | None = None


@dataclass(frozen=True)
class Card:
    """One call on the list. `who` is None where the viewer may know that it is answered, but not with whom."""

    call: Call
    who: Who | None
    ringing: tuple[Seat, ...]
    talking: tuple[Seat, ...]
    was_told: bool  # everybody has had the time to read who took it

    @property
    def can_be_picked(self) -> bool:
        waits = self.call.state == Call.State.RINGING
        return waits and (self.call.direction == Call.Direction.IN or bool(self.call.queue))

    @property
    def sort(self) -> str:
        """Oldest first, in text order."""
        return f"{self.call.started_at:%Y%m%dT%H%M%S.%f}-{self.call.pk:012d}"


def live_calls(viewer: Viewer) -> list[Card]:
    """Every call that lives and that the viewer may know of, the oldest first. A fixed number of queries."""
    calls = _calls().exclude(state=Call.State.ENDED).order_by("started_at", "id")[:MOST]
    return _cards(list(calls), viewer)


def cards(call_ids: Sequence[int], viewer: Viewer) -> list[Card]:
    """Those of these calls that live and that the viewer may know of. A fixed number of queries."""
    calls = _calls().filter(pk__in=call_ids).exclude(state=Call.State.ENDED)
    return _cards(list(calls), viewer)


def conversations(person_id: int, call_ids: Sequence[int] | None = None) -> list[Card]:
    """The calls in which this person talks now: all, or those of `call_ids`. A fixed number of queries."""
    shift = Shift.objects.filter(person_id=person_id, ended_at=None).first()
    if shift is None:
        return []
    calls = _calls().filter(state=Call.State.TALKING).order_by("started_at", "id")
    if call_ids is not None:
        calls = calls.filter(pk__in=call_ids)
    mine = [call for call in calls[:MOST] if shift.extension in _parties(call)]
    people = who.of_calls(mine)
    return [Card(call, people[call.pk], (), (), was_told=True) for call in mine]


def _calls() -> QuerySet[Call]:
    around = ("client", "driver", "colleague", "answered_by", "order__client", "order__driver", "fleet__logo")
    return Call.objects.select_related(*around).defer("fleet__logo__content")


def _parties(call: Call) -> set[str]:
    """The telephones of the house in a call: with one that comes in, whom the caller talks to; else the caller too."""
    outside = call.direction == Call.Direction.IN
    return set(call.talking_to) if outside else {*call.talking_to, call.caller_raw}


def _cards(calls: Sequence[Call], viewer: Viewer) -> list[Card]:
    shown = [call for call in calls if _may_know(call, viewer)]
    people = who.of_calls([call for call in shown if _may_know_who(call, viewer)])
    seats = _seats(number for call in shown for number in (*call.ringing, *call.talking_to))
    now = timezone.now()
    return [
        Card(
            call,
            people.get(call.pk),
            tuple(seats[number] for number in call.ringing),
            tuple(seats[number] for number in call.talking_to if call.pk in people or seats[number].person_id),
            was_told=call.answered_at is not None and call.answered_at < now - TOLD,
        )
        for call in shown
    ]


def _may_know(call: Call, viewer: Viewer) -> bool:
    if viewer.audience == "supervisor" or call.direction == Call.Direction.IN:
        return True
    return call.direction == Call.Direction.INTERNAL and call.state == Call.State.RINGING


def _may_know_who(call: Call, viewer: Viewer) -> bool:
    """A caller who waits is everybody's; who talks with whom is for supervisors."""
    return viewer.audience == "supervisor" or call.state == Call.State.RINGING


def _seats(numbers: Iterable[str]) -> dict[str, Seat]:
    wanted = set(numbers)
    seats = {number: Seat(number) for number in wanted}
    for shift in Shift.objects.filter(extension__in=wanted, ended_at=None).select_related("person"):
        seats[shift.extension] = Seat(shift.extension, shift.person.full_name, shift.person_id)
    return seats
