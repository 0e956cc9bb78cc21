"""One's own conversation, as its card shows it: with whom, what becomes of it, and whom one has called for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from dispatch.live.registry import once
from dispatch.staff.models import Shift
from orders import numbers
from orders.models import Draft, DriverPhone
from telephony.core.call import ALL, ASIDE, CALLED, HOLD, HOME, RUNG, TRANSFER, WITH
from telephony.core.watching import JOIN, LISTEN, WHISPER
from telephony.models import Call, Transfer
from telephony.recognition import Kind, is_short
from telephony.selectors import who
from telephony.selectors.panel import Seat, living, seats_at, with_people
from telephony.selectors.who import Who

MOST = 200
DESK, CALLS, SECOND, RECEIVES, RETURNED, WATCHES = "desk", "calls", "second", "receives", "returned", "watches"
CAME_TO_NOTHING = ("busy", "noanswer", "rejected", "failed", "target_gone")


@dataclass(frozen=True)
class Talk:
    """`role`: desk: it is mine; calls: I call him, and he has not answered; second: `by` calls me about it; receives:
    `by` passes it to me, my telephone rings; returned: what `by` (myself) had passed on comes back; watches: I listen
    to it, whisper or have joined (`mode`), and it is `by`'s. `watchers`: who does so, as far as I may know. `second`:
    whom the desk has called for it. `missed`: the last transfer, when it came to nothing."""

    call: Call
    role: str
    who: Who
    by: Seat
    second: Seat | None
    draft: Draft | None
    missed: Transfer | None
    missed_at: str  # whom that was meant for
    mode: str = ""
    watchers: tuple[tuple[str, Seat], ...] = ()
    phone_holds: str = ""  # own: my telephone itself holds the other side; other: theirs holds me

    @property
    def sort(self) -> str:
        return f"{self.call.started_at:%Y%m%dT%H%M%S.%f}-{self.call.pk:012d}"

    @property
    def phase(self) -> str:
        return self.call.phase

    @property
    def is_held(self) -> bool:
        return self.phase == HOLD

    @property
    def state(self) -> str:
        """Of the second party."""
        return str((self.call.handling.get("second") or {}).get("state", ""))

    @property
    def since(self) -> datetime | None:
        since = self.call.handling.get("since")
        return datetime.fromisoformat(since) if since else None

    @property
    def is_unanswered(self) -> bool:
        """By the second party: who has answered is talked with, or waits aside."""
        return not (self.is_held and self.state == WITH) and self.state != ASIDE

    @property
    def name(self) -> str:
        return self.who.name or numbers.national(self.who.number) or _("Hidden number")

    @property
    def said(self) -> str:
        """For those who hear the page: what it is now."""
        given = {"who": self.name, "by": self.by.name or self.by.number}
        given["second"] = (self.second.name or self.second.number) if self.second else ""
        if self.role == SECOND:
            return _("%(by)s calls you about %(who)s.") % given
        if self.role == RECEIVES:
            return _("%(by)s passes a call to you: %(who)s.") % given
        if self.role == RETURNED:
            return _("The call comes back to you: %(who)s.") % given
        if self.role == WATCHES:
            return self._said_watching(given)
        if self.role == CALLS:
            return _("You are calling %(who)s.") % given
        if self.phase == ALL:
            return _("All three are talking.")
        said = self._said_of_second(given) if self.second else self._said_alone(given)
        return " ".join([said, *(self._said_of_watcher(mode, seat) for mode, seat in self.watchers)])

    def _said_watching(self, given: dict[str, str]) -> str:
        sentences = {
            WHISPER: _("%(by)s hears you, %(who)s does not."),
            JOIN: _("%(by)s and %(who)s hear you."),
        }
        return sentences.get(self.mode, _("You hear %(by)s and %(who)s.")) % given

    def _said_of_watcher(self, mode: str, seat: Seat) -> str:
        name = {"name": seat.name or seat.number}
        if mode == WHISPER:
            return _("%(name)s whispers to you: the caller does not hear it") % name
        return (_("%(name)s has joined: all hear each other") if mode == JOIN else _("%(name)s listens")) % name

    def _said_alone(self, given: dict[str, str]) -> str:
        return (_("%(who)s is on hold.") if self.is_held else _("You are talking with %(who)s.")) % given

    def _said_of_second(self, given: dict[str, str]) -> str:
        sentences = {
            CALLED: _("%(second)s is being called."),
            RUNG: _("The telephone of %(second)s rings."),
            WITH: _("%(second)s has answered; %(who)s is on hold."),
            ASIDE: _("You are talking with %(who)s; %(second)s waits."),
            "busy": _("%(second)s is busy."),
        }
        return sentences.get(self.state, _("%(second)s does not answer.")) % given


def conversations(person_id: int) -> list[Talk]:
    """The calls in which this person takes part now, or which ring at him since somebody passes them to him or asks
    him. A fixed number of queries."""
    shift = Shift.objects.filter(person_id=person_id, ended_at=None).first()
    if shift is None:
        return []
    calls = with_people().exclude(state=Call.State.ENDED).order_by("started_at", "id")
    placed = Q(caller_raw=shift.extension) & ~Q(direction=Call.Direction.IN)
    calls = calls.filter(Q(state=Call.State.TALKING) | Q(handling__phase__in=[TRANSFER, HOME]) | placed)
    mine = [call for call in calls[:MOST] if _role(call, shift.extension)]
    return _talks(mine, shift.extension, _around(mine)) if mine else []


def of_batch(person_id: int, call_ids: Sequence[int]) -> list[Talk]:
    """The same, of these calls. They are read once for all people of a batch: a fixed number of queries, however many
    calls and people."""
    mine = once("who sits where", _sitting).get(person_id)
    if mine is None:
        return []
    calls = once(("talks", *call_ids), lambda: living(call_ids))
    own = [call for call in calls if _role(call, mine)]
    if not own:
        return []
    return _talks(own, mine, once(("around talks", translation.get_language(), *call_ids), lambda: _around(calls)))


def _sitting() -> dict[int, str]:
    """Person → extension. One query."""
    return dict(Shift.objects.filter(ended_at=None).values_list("person_id", "extension"))


def _role(call: Call, mine: str) -> str:
    if call.phase == TRANSFER:
        return RECEIVES if mine in call.ringing else ""
    if call.phase == HOME:
        return RETURNED if mine in call.ringing else ""
    if call.state != Call.State.TALKING:
        return CALLS if call.caller_raw == mine and call.direction != Call.Direction.IN else ""
    if own_mode(call, mine):
        return WATCHES
    if call.second_party == mine:
        return SECOND
    return DESK if mine in call.desks and call.phase != "park" else ""


def own_mode(call: Call, mine: str) -> str:
    """How that telephone watches this call; "" where it does not."""
    return next((each["mode"] for each in call.watchers if each["by"] == mine), "")


@dataclass(frozen=True)
class _Around:
    """What some calls have about them, whoever sees them: by call, drafts by their source, seats by number."""

    people: Mapping[int, Who]
    drafts: Mapping[str, Draft]
    missed: Mapping[int, Transfer]
    seats: Mapping[str, Seat]


def _around(calls: Sequence[Call]) -> _Around:
    """A fixed number of queries."""
    found = Draft.objects.filter(source__in=[f"call:{call.pk}" for call in calls], order=None).order_by("updated_at")
    drafts = {draft.source: draft for draft in found}
    missed = _missed(calls)
    parties = [party for call in calls for party in (call.handling.get("by", ""), call.second_party)]
    parties += [each[name] for call in calls for each in call.watchers for name in ("by", "of")]
    parties += [_called(call) for call in calls if call.direction == Call.Direction.INTERNAL]
    seats = named([*parties, *(party for transfer in missed.values() for party in transfer.to)])
    return _Around(who.of_calls(calls), drafts, missed, seats)


def _talks(calls: Sequence[Call], mine: str, around: _Around) -> list[Talk]:
    """`mine`: the extension from which they are seen; it has a part in each."""
    seats, missed = around.seats, around.missed
    return [
        Talk(
            call,
            _role(call, mine),
            _who(call, mine, around),
            seats[_by(call, mine)],
            seats[call.second_party] if call.second_party else None,
            around.drafts.get(f"call:{call.pk}"),
            missed.get(call.pk),
            ", ".join(seats[number].name or number for number in missed[call.pk].to) if call.pk in missed else "",
            own_mode(call, mine),
            tuple((each["mode"], seats[each["by"]]) for each in call.watchers if _is_shown(each, mine)),
            ("own" if mine in call.held_by else "other") if call.held_by else "",
        )
        for call in calls
    ]


def _who(call: Call, mine: str, around: _Around) -> Who:
    """An internal call is known by who placed it; to him it is with whom he called."""
    if call.direction == Call.Direction.INTERNAL and call.caller_raw == mine:
        party = _called(call)
        return Who(Kind.STAFF, around.seats[party].name, party, is_outsider=False)
    return around.people[call.pk]


def _called(call: Call) -> str:
    return next(iter(call.talking_to), call.dialled)


def _by(call: Call, mine: str) -> str:
    watched = next((each["of"] for each in call.watchers if each["by"] == mine), "")
    return watched or str(call.handling.get("by", ""))


def _is_shown(watcher: Mapping[str, str], mine: str) -> bool:
    """To whom he listens: whoever is heard is seen; who only listens, where the office wants it so."""
    return watcher["of"] == mine and (watcher["mode"] != LISTEN or settings.LISTENING_IS_SHOWN)


def _missed(calls: Sequence[Call]) -> dict[int, Transfer]:
    """The last transfer of each call, where it came to nothing. One query."""
    last: dict[int, Transfer] = {}
    for transfer in Transfer.objects.filter(call__in=calls).order_by("place"):
        last[transfer.call_id] = transfer
    alone = {call.pk for call in calls if not call.second_party}
    return {
        call_id: transfer
        for call_id, transfer in last.items()
        if call_id in alone and transfer.kind != "park" and not transfer.completed and transfer.why in CAME_TO_NOTHING
    }


def named(parties: Iterable[str]) -> dict[str, Seat]:
    """Colleagues by name, drivers by call sign, others by their number. Three queries at most."""
    wanted = set(parties)
    outside = {f"+{party.removeprefix('+')}": party for party in wanted if party and not is_short(party)}
    seats = seats_at(party for party in wanted)
    drivers = DriverPhone.objects.filter(e164__in=outside).select_related("driver") if outside else ()
    for number, party in outside.items():
        if not seats[party].is_mobile:
            seats[party] = Seat(party, numbers.national(number))
    for phone in drivers:
        sign = _("Driver %(sign)s") % {"sign": phone.driver.call_sign}
        seats[outside[phone.e164]] = Seat(outside[phone.e164], f"{sign}, {phone.driver.last_name}")
    return seats
