"""The calls of this moment: the list of every desk, and those who are parked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.live.registry import Viewer, once
from dispatch.staff.models import Shift
from orders import numbers
from orders.models import Fleet
from telephony.core.call import OWN
from telephony.models import Call
from telephony.recognition import colleagues_on_mobile, is_short
from telephony.selectors import who
from telephony.selectors.who import Who

MOST = 200  # calls on one list; an office with more has other worries
AROUND = ("client", "driver", "colleague", "answered_by", "call_class", "order__client", "order__driver")
TOLD = timedelta(seconds=8)  # so long every desk is told who took a call


@dataclass(frozen=True)
class Seat:
    """A telephone and who sits there now, if anybody. The number of a colleague's mobile telephone is not shown."""

    number: str
    name: str = ""
    person_id: int | None = None
    is_mobile: bool = False

    @property
    def shown(self) -> str:
        return self.name if self.is_mobile else self.number


@dataclass(frozen=True)
class Card:
    """One call on the list. `who` is None where the viewer may know that it is answered, but not with whom."""

    call: Call
    who: Who | None
    ringing: tuple[Seat, ...]
    talking: tuple[Seat, ...]
    was_told: bool  # everybody has had the time to read who took it
    own: Seat | None = None  # the caller's own person, where it rings first
    called: Seat | None = None  # of a call between colleagues
    held_by: tuple[Seat, ...] = ()  # whose telephone itself holds the other side, as far as the viewer may know

    @property
    def can_be_picked(self) -> bool:
        waits = self.call.state == Call.State.RINGING and (not self.call.handling or self.call.phase == OWN)
        return waits and (bool(self.call.queue) or self.call.phase == OWN)

    @property
    def telephones_ringing(self) -> list[str]:
        return [seat.number for seat in self.ringing if not seat.is_mobile]

    @property
    def telephones_talking(self) -> list[str]:
        return [seat.number for seat in self.talking if not seat.is_mobile]

    @property
    def only_at(self) -> str:
        """The extension that alone may answer; no telephone of the house where it rings at a number of the street."""
        by = str(self.call.handling["by"])
        return by if is_short(by) else "outside"

    @property
    def sort(self) -> str:
        """Oldest first, in text order."""
        return f"{self.call.started_at:%Y%m%dT%H%M%S.%f}-{self.call.pk:012d}"


def live_calls(viewer: Viewer) -> list[Card]:
    """Every call that lives and that the viewer may know of, the oldest first. A fixed number of queries."""
    calls = with_people().exclude(state=Call.State.ENDED).order_by("started_at", "id")[:MOST]
    return _cards(list(calls), viewer)


def parked(call_ids: Sequence[int] | None = None) -> list["Parked"]:
    """Who waits in a parking slot, the longest first: all, or those of `call_ids`. A fixed number of queries."""
    calls = with_people().filter(state=Call.State.TALKING, handling__phase="park").order_by("handling__since", "id")
    if call_ids is not None:
        calls = calls.filter(pk__in=call_ids)
    found = list(calls[:MOST])
    people = who.of_calls(found)
    seats = seats_at(call.handling["by"] for call in found)
    return [Parked(call, people[call.pk], seats[call.handling["by"]]) for call in found]


@dataclass(frozen=True)
class Parked:
    """`by`: who parked him."""

    call: Call
    who: Who
    by: Seat

    @property
    def slot(self) -> str:
        return str(self.call.handling["to"])

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.call.handling["since"])


def cards(call_ids: Sequence[int], viewer: Viewer) -> list[Card]:
    """Those of these calls that live and that the viewer may know of. However many calls and viewers, at most twelve
    queries, and five for a stranger."""
    return _cards(once(("live calls", *call_ids), lambda: living(call_ids)), viewer)


def living(call_ids: Sequence[int]) -> list[Call]:
    """Those of these calls that live, with their people, the oldest first: a call is drawn while somebody waits, and to
    join all that it might have takes longer than to ask for what it has."""
    calls = list(Call.objects.filter(pk__in=call_ids).exclude(state=Call.State.ENDED).order_by("started_at", "id"))
    here = [name for name in AROUND if any(getattr(call, f"{name.partition('__')[0]}_id") for call in calls)]
    brands = Fleet.objects.select_related("logo").defer("logo__content")
    prefetch_related_objects(calls, *here, Prefetch("fleet", brands))
    return calls


def with_people() -> QuerySet[Call]:
    return Call.objects.select_related(*AROUND, "fleet__logo").defer("fleet__logo__content")


def _cards(calls: Sequence[Call], viewer: Viewer) -> list[Card]:
    ids = tuple(call.pk for call in calls)
    known = once(("who calls", ids), lambda: who.of_calls(calls))
    owners = {call.pk: str(call.handling["to"]) for call in calls if call.phase == OWN}
    heard = (number for call in calls for number in (*call.ringing, *call.desks, *call.talking_to, *call.held_by))
    called = {call.pk: call.dialled for call in calls if call.direction == Call.Direction.INTERNAL and call.dialled}
    seats = once(("their seats", ids), lambda: seats_at([*heard, *owners.values(), *called.values()]))
    shown = [call for call in calls if _may_know(call, viewer)]
    people = {call.pk: known[call.pk] for call in shown if _may_know_who(call, viewer)}
    now = timezone.now()
    return [
        Card(
            call,
            people.get(call.pk),
            tuple(seats[number] for number in call.ringing),
            tuple(seats[number] for number in _with(call) if call.pk in people or seats[number].person_id),
            was_told=call.answered_at is not None and call.answered_at < now - TOLD,
            own=seats[owners[call.pk]] if call.pk in owners else None,
            called=seats[called[call.pk]] if call.pk in called else None,
            held_by=tuple(seats[party] for party in call.held_by) if call.pk in people else (),
        )
        for call in shown
    ]


def _with(call: Call) -> Sequence[str]:
    """Who of the house has the call; while its client is held, whoever holds him."""
    return call.desks if call.phase in ("hold", "all") else call.talking_to


def _may_know(call: Call, viewer: Viewer) -> bool:
    if viewer.audience == "supervisor" or call.direction == Call.Direction.IN:
        return True
    return call.direction == Call.Direction.INTERNAL and call.state == Call.State.RINGING


def _may_know_who(call: Call, viewer: Viewer) -> bool:
    """A caller who waits is everybody's; who talks with whom is for supervisors."""
    return viewer.audience == "supervisor" or call.state == Call.State.RINGING


def name_at(party: str) -> str:
    """Who has this telephone, or its number as people write it."""
    return seats_at([party])[party].name or numbers.national(numbers.e164(party) or party)


def seats_at(numbers: Iterable[str]) -> dict[str, Seat]:
    """Who sits at these telephones, and whose mobile telephone each is. One query, two with numbers of the street."""
    wanted = set(numbers)
    seats = {number: Seat(number) for number in wanted}
    for number, person in colleagues_on_mobile(wanted).items():
        name = _("%(name)s, mobile") % {"name": person.full_name}
        seats[number] = Seat(number, name, person.pk, is_mobile=True)
    for shift in Shift.objects.filter(extension__in=wanted, ended_at=None).select_related("person"):
        seats[shift.extension] = Seat(shift.extension, shift.person.full_name, shift.person_id)
    return seats
