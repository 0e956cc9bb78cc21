"""The phone book: who there is, at which telephone, what it does, and for supervisors: with whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import translation

from dispatch.live.registry import Viewer, once
from dispatch.staff.models import Person, Role, Shift, Status
from dispatch.staff.selectors import roster
from orders import numbers
from telephony.core import phones
from telephony.core.call import ALL, HOLD, RINGING, TALKING, WITH
from telephony.models import Call, Extension, Leg
from telephony.selectors import who
from telephony.selectors.panel import with_people
from telephony.selectors.talks import named
from telephony.selectors.who import Who

MOST = 1000  # people
OFF, FREE = "off", "free"
OFFICE = [Role.DISPATCHER.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMINISTRATOR.value]
CLIENT = ""  # among parties: whoever the call is with


@dataclass(frozen=True)
class Phone:
    """`state`: OFF, FREE, RINGING or TALKING. `refuses`: the PBX rings it for nobody."""

    state: str
    refuses: bool = False


@dataclass(frozen=True)
class Entry:
    """`extension`: where he can be called, "" where nowhere. `refuses`: the PBX lets no call through. `talks_with`: ()
    for who may not know it; `call_id`: the conversation, for who may listen."""

    person: Person
    shift: Shift | None
    extension: str
    state: str
    refuses: bool = False
    talks_with: tuple[str, ...] = ()
    call_id: int | None = None

    @property
    def can_be_called(self) -> bool:
        return self.state in (FREE, RINGING) and not self.refuses

    @property
    def status(self) -> str:
        return shown_status(self.person, self.refuses)

    @property
    def is_had_on_mobile(self) -> bool:
        return bool(self.person.mobile) and self.status == Status.MOBILE


def everyone(viewer: Viewer) -> list[Entry]:
    """The whole book, by surname and name. A fixed number of queries."""
    return _entries(list(_people()[:MOST]), viewer)


def entries(person_ids: Sequence[int], viewer: Viewer) -> list[Entry]:
    """Those of these people who are in it. A fixed number of queries, asked once for all who see the same."""
    return _entries(once(("people", *person_ids), lambda: list(_people().filter(pk__in=person_ids))), viewer)


def shown_status(person: Person, refuses: bool) -> str:
    """What he, or who has him, said last; of "do not disturb" what the PBX says: "asked" and "ending" until it does."""
    if person.status == Status.DND:
        return "dnd" if refuses else "dnd-asked"
    return "dnd-ending" if refuses else person.status


def telephones(extensions: Collection[str]) -> dict[str, Phone]:
    """What each of these does. Three queries."""
    special = Extension.objects.filter(Q(is_off=True) | Q(is_active=False) | Q(refuses=True), number__in=extensions)
    rows = list(special.values_list("number", "is_off", "is_active", "refuses"))
    found = dict.fromkeys(extensions, FREE)
    found |= {number: OFF for number, is_off, is_active, _ in rows if is_off or not is_active}
    for leg in _legs(extensions):
        what = phones.doing([leg], leg.call.ringing).get(leg.party)
        if what is not None and found[leg.party] != TALKING:
            found[leg.party] = what
    watched = Call.objects.exclude(state=Call.State.ENDED).exclude(watchers=[])
    for watchers in watched.values_list("watchers", flat=True):
        found.update((each["by"], TALKING) for each in watchers if each["by"] in found)
    refusing = {number for number, *_, refuses in rows if refuses}
    return {number: Phone(state, number in refusing) for number, state in found.items()}


def states(extensions: Collection[str]) -> dict[str, str]:
    """OFF, FREE, RINGING or TALKING for each of these telephones. Three queries."""
    return {number: phone.state for number, phone in telephones(extensions).items()}


def _people() -> QuerySet[Person]:
    office = Person.objects.filter(is_active=True, is_machine=False, roles__overlap=OFFICE)
    return office.order_by("last_name", "first_name", "pk")


def _entries(people: Sequence[Person], viewer: Viewer) -> list[Entry]:
    ids = tuple(person.pk for person in people)
    shifts = once(("their shifts", ids), lambda: _shifts(people))
    places = _places(people, shifts)
    phone_at = once(("their telephones", ids), lambda: telephones(set(places.values()) - {""}))
    talking = [place for place in places.values() if place in phone_at and phone_at[place].state == TALKING]
    company: Mapping[str, tuple[tuple[str, ...], int | None]] = {}
    if viewer.audience == "supervisor" and talking:
        company = once(("their company", ids, translation.get_language()), lambda: _company(talking))
    mine = {shift.person_id: shift for shift in shifts}
    return [
        Entry(person, mine.get(person.pk), place, phone.state, phone.refuses, *company.get(place, ()))
        for person, place, phone in (
            (person, places[person.pk], phone_at.get(places[person.pk], Phone(OFF))) for person in people
        )
    ]


def _shifts(people: Sequence[Person]) -> list[Shift]:
    own = [person.own_extension for person in people if person.own_extension]
    return list(roster.on_shift().filter(Q(person__in=people) | Q(extension__in=own)))


def _places(people: Sequence[Person], shifts: Iterable[Shift]) -> dict[int, str]:
    """Where each of them is called: at his shift's telephone, else at his own, unless somebody else sits there."""
    sits = {shift.person_id: shift.extension for shift in shifts}
    taken = {shift.extension for shift in shifts}
    return {
        person.pk: sits.get(person.pk) or ("" if person.own_extension in taken else person.own_extension)
        for person in people
    }


def _legs(extensions: Collection[str]) -> QuerySet[Leg]:
    """What goes on at these telephones now."""
    live = Leg.objects.filter(ended_at=None, party__in=extensions).exclude(call__state=Call.State.ENDED)
    return live.select_related("call").only("party", "role", "answered_at", "ended_at", "call__ringing")


def _company(extensions: Collection[str]) -> dict[str, tuple[tuple[str, ...], int | None]]:
    """Whom each of them talks with, in words, and in which call; a supervisor who watches: with whom he is. At most
    eight queries."""
    legs = Leg.objects.filter(ended_at=None)
    busy = legs.filter(party__in=extensions).exclude(call__state=Call.State.ENDED).values("call")
    watched = Q(pk__in=Call.objects.exclude(state=Call.State.ENDED).exclude(watchers=[]).values("pk"))
    calls = list(
        with_people().filter(Q(pk__in=busy) | watched).prefetch_related(Prefetch("legs", legs, to_attr="live_legs"))
    )
    parties: dict[str, list[tuple[Call, str]]] = {}
    at_it: dict[str, int] = {}
    for call in calls:
        here = [party for party, what in phones.doing(call.live_legs, call.ringing).items() if what == TALKING]
        for mine in set(here).intersection(extensions):
            parties.setdefault(mine, []).extend((call, other) for other in _others(call, mine, here))
            at_it[mine] = call.pk
        for watcher in call.watchers:
            if watcher["by"] in extensions:
                parties.setdefault(watcher["by"], []).append((call, watcher["of"]))
    clients = who.of_calls(calls)
    seats = named(party for others in parties.values() for _call, party in others if party)
    return {
        mine: (
            tuple(
                dict.fromkeys(
                    _in_words(clients[call.pk]) if party == CLIENT else seats[party].name or party
                    for call, party in others
                )
            ),
            at_it.get(mine),
        )
        for mine, others in parties.items()
    }


def _others(call: Call, mine: str, talking: Sequence[str]) -> list[str]:
    """With whom `mine` talks in this call. `talking`: whose telephones are in it."""
    by, second = call.handling.get("by", ""), call.second_party
    if call.phase == HOLD and call.handling["second"] and call.handling["second"]["state"] == WITH:
        company = [by, second]
    elif call.phase == ALL:
        company = [CLIENT, by, second]
    elif mine == second:
        company = [by]
    elif call.direction == Call.Direction.INTERNAL:
        company = [*talking] if len(talking) > 1 else [call.dialled]
    else:
        company = [CLIENT]
    return [party for party in company if party != mine]


def _in_words(one: Who) -> str:
    if one.driver:
        return translation.gettext("Driver %(sign)s") % {"sign": one.driver.call_sign}
    return one.name or numbers.national(one.number) or translation.gettext("Hidden number")
