"""One call told from its first ring to its end: who rang, who answered, who passed it to whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from orders import numbers
from telephony.models import Call, Leg, Recording, Transfer
from telephony.recognition import Kind, is_short
from telephony.selectors import history, privacy
from telephony.selectors.history import Row

ORDER = ("called", "transferred", "rang", "rings", "answered", "left", "ended")  # of what happened in one instant
AT_ONCE = timedelta(seconds=1)  # who hangs up so shortly before the end has ended the call


class What(StrEnum):
    CALLED = "called"
    RANG = "rang"  # and nobody answered there: `why`
    RINGS = "rings"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    LEFT = "left"
    ENDED = "ended"


@dataclass(frozen=True)
class Party:
    """`name`: a person's, or the number as the viewer may see it, "" for a hidden one; `extension` where a person of
    the house has one."""

    name: str
    extension: str = ""
    person_id: int | None = None


@dataclass(frozen=True)
class Step:
    """`lasted`: how long it rang. `role`: of a leg (called, target, consult). `transfer`: for TRANSFERRED."""

    at: datetime
    what: What
    who: Party
    to: tuple[Party, ...] = ()
    role: str = ""
    why: str = ""
    lasted: timedelta | None = None
    transfer: Transfer | None = None


@dataclass(frozen=True)
class Segment:
    """`begins`: where in the whole recording, in seconds; None where one before it is not measured."""

    recording: Recording
    begins: float | None


@dataclass(frozen=True)
class Breakdown:
    row: Row
    steps: tuple[Step, ...]
    house: tuple[Party, ...]  # who of the house took part, or was rung

    @property
    def segments(self) -> tuple[Segment, ...]:
        found: list[Segment] = []
        whole: float | None = 0.0
        base: Segment | None = None  # in which one that covers a part of it stands
        for recording in self.row.recordings:
            if recording.covers and base is not None:
                after = (recording.started_at - base.recording.started_at).total_seconds()
                found.append(Segment(recording, None if base.begins is None else max(0.0, base.begins + after)))
                continue
            base = Segment(recording, whole)
            found.append(base)
            whole = None if whole is None or recording.seconds is None else whole + recording.seconds
        return tuple(found)


def of(call_id: int, viewer: Any) -> Breakdown | None:
    """None: there is no such call. Ask `privacy` first. A fixed number of queries."""
    row = history.one(call_id, viewer)
    if row is None:
        return None
    legs = sorted(row.call.legs.all(), key=lambda leg: (leg.started_at, leg.pk))
    transfers = list(row.call.transfers.order_by("place"))
    parties = _Parties(row, legs)
    happened = _steps(row.call, legs, transfers, parties)
    steps = sorted(happened, key=lambda step: (step.at, ORDER.index(step.what)))
    house = dict.fromkeys(parties.of(leg.party) for leg in legs if leg.person)
    return Breakdown(row, tuple(steps), tuple(house))


class _Parties:
    """How the parties of one call are named for who reads."""

    def __init__(self, row: Row, legs: list[Leg]) -> None:
        self._people = {leg.party: leg.person for leg in legs if leg.person}
        self._whole = row.whole
        self._pair = _names_of_pair(row, legs)
        # a driver's or a colleague's number is no secret: the head shows it, too
        self._open = "" if row.who.is_outsider else numbers.e164(row.who.number)

    def of(self, party: str) -> Party:
        if name := self._pair.get(party):
            return Party(name)
        if person := self._people.get(party):
            return Party(person.full_name, party if is_short(party) else "", person.pk)
        is_open = self._whole or numbers.e164(party) == self._open
        return Party(privacy.shown_party(party, whole=is_open))


def _names_of_pair(row: Row, legs: list[Leg]) -> dict[str, str]:
    if not row.call.is_pair:
        return {}
    names = history.parties_of_pair(row.call, row.who, whole=row.whole)
    by_leg = {leg.party: names["caller" if leg.role == "caller" else "called"] for leg in legs}
    return {row.call.dialled: names["called"]} | by_leg


def _steps(call: Call, legs: list[Leg], transfers: list[Transfer], parties: _Parties) -> Iterator[Step]:
    caller = Party("") if call.recognised == Kind.HIDDEN else parties.of(call.caller_raw)
    to = () if call.direction == Call.Direction.IN or not call.dialled else (parties.of(call.dialled),)
    if call.is_pair:
        by = Party(call.colleague.full_name if call.colleague else "")
        yield Step(call.started_at, What.CALLED, by, (caller, *to))
    else:
        yield Step(call.started_at, What.CALLED, caller, to)
    for leg in legs:
        if leg.role != "caller" or call.is_pair:
            yield from _steps_of_leg(call, leg, parties.of(leg.party))
    for transfer in transfers:
        told = tuple(parties.of(party) for party in transfer.to)
        at = transfer.at or call.ended_at or call.started_at
        yield Step(at, What.TRANSFERRED, parties.of(transfer.by), told, why=transfer.why, transfer=transfer)
    if call.ended_at:
        ended_by = to[0] if call.is_pair and to and call.ended_by == "answerer" else caller
        yield Step(call.ended_at, What.ENDED, ended_by, why=call.ended_by)


def _steps_of_leg(call: Call, leg: Leg, who: Party) -> Iterator[Step]:
    if leg.answered_at is None:
        if leg.ended_at is None:
            yield Step(leg.started_at, What.RINGS, who, role=leg.role)
        else:
            lasted = leg.ended_at - leg.started_at
            yield Step(leg.started_at, What.RANG, who, role=leg.role, why=leg.outcome, lasted=lasted)
        return
    yield Step(leg.answered_at, What.ANSWERED, who, role=leg.role, lasted=leg.answered_at - leg.started_at)
    if leg.ended_at and (call.ended_at is None or leg.ended_at < call.ended_at - AT_ONCE):
        yield Step(leg.ended_at, What.LEFT, who)
