"""Facts into rows. What the board says of a call is written whole, as often as need be: the same twice changes nothing.

The event loop gathers facts in a `Batch`; the database thread writes it. While the database is
away only the newest state of each call is kept.
"""

import logging
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from dispatch.staff.models import Shift
from telephony.core import call as told
from telephony.core import naming, phones
from telephony.core.facts import CallChanged, CallJoined, Fact, PhoneChanged, Said
from telephony.lease import AWAY, LeaseLost, Tenure
from telephony.models import Call, Intent, Leg, Recording, Transfer
from telephony.recognition import colleagues_on_mobile, is_short
from telephony.rows import Earlier, Hanging, at, write_call, write_legs, write_transfers
from telephony.services import after_call, belongings, missed, outgoing, phonebook
from telephony.services import calls as desk
from telephony.services.calls import on_the_way, watched_by

log = logging.getLogger(__name__)

RECORDED = "DeskRecord"  # UserEvent of our dialplan: a new segment of sound begins
MOST_RECORDINGS = 20_000  # kept while the database is away
SAME_START = timedelta(seconds=5)  # the PBX tells its age in whole seconds, by a clock of its own
NO_CALLS_FAULT = (LeaseLost, *AWAY)

Doing = dict[str, tuple[str, object]]  # party → what its telephone does, and with whom


@dataclass(frozen=True)
class Agreement:
    """The board has just been compared with the PBX. `calls`: all that live; `booted_at`: when the PBX started."""

    calls: Mapping[str, told.Call]
    booted_at: datetime | None


@dataclass
class Batch:
    """What is to be written. `agreement`: when set, rows of calls that the PBX no longer has are closed."""

    calls: dict[str, told.Call] = field(default_factory=dict)
    joined: list[CallJoined] = field(default_factory=list)
    recorded: deque[Said] = field(default_factory=lambda: deque(maxlen=MOST_RECORDINGS))
    phones: dict[str, bool] = field(default_factory=dict)  # extension → it is off
    agreement: Agreement | None = None

    def __bool__(self) -> bool:
        return bool(self.calls or self.joined or self.recorded or self.phones or self.agreement)

    def add(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, CallChanged):
                self.calls[fact.key] = fact.call
            elif isinstance(fact, CallJoined):
                self.calls.pop(fact.key, None)
                self.joined.append(fact)
            elif isinstance(fact, Said) and fact.name == RECORDED:
                self.recorded.append(fact)
            elif isinstance(fact, PhoneChanged):
                self.phones[fact.extension] = fact.is_off

    def followed_by(self, later: "Batch") -> "Batch":
        """Both, where the later one knows better."""
        gone = {fact.key for fact in later.joined}
        return Batch(
            {key: call for key, call in self.calls.items() if key not in gone} | later.calls,
            self.joined + later.joined,
            deque([*self.recorded, *later.recorded], maxlen=MOST_RECORDINGS),
            self.phones | later.phones,
            later.agreement or self.agreement,
        )

    def parts(self) -> Iterator["Batch"]:
        """One by one, to find the one that cannot be written."""
        for key, call in self.calls.items():
            yield Batch(calls={key: call})
        for fact in self.joined:
            yield Batch(joined=[fact])
        for said in self.recorded:
            yield Batch(recorded=deque([said]))
        if self.phones:
            yield Batch(phones=self.phones)


class Recorder:
    """Writes in the database thread, for one tenure. Rows may be known by a key that an earlier link gave them."""

    def __init__(self, tenure: Tenure) -> None:
        self._tenure = tenure
        self._booted_at = tenure.pbx_started_before
        self._seen_before = tenure.pbx_seen_before  # until the first comparison: nobody looked since then
        self._written: set[str] = set()  # live calls that this recorder saw begin, by the board's key
        self._earlier: dict[str, Earlier] = {}  # live calls that another one saw begin
        self._rows_say: dict[str, told.Call] = {}  # live calls as they were written last, their place aside
        self._phones_do: dict[str, Doing] = {}  # in each live call, as the phone books were told
        self._row_keys: dict[str, str] = {}  # the board's key → the row's, where they are not the same

    def write(self, batch: Batch) -> None:
        """Raises LeaseLost or the database's own error when it is away: nothing is lost then, write it again."""
        if batch.agreement is not None:
            self._rows_say.clear()  # nobody knows what happened to them meanwhile
            self._adopt(batch.agreement)
        else:
            batch = self._news(batch)
            if not batch:
                return
        try:
            self._write(batch)
        except NO_CALLS_FAULT:
            raise
        except Exception:
            log.exception("not all of %s could be recorded together", ", ".join(batch.calls) or "a batch")
            self._write_apart(batch)
        if batch.agreement is not None:
            self._close_others(batch.agreement, batch.calls)

    def row_key(self, key: str) -> str:
        """Under which key the database knows the board's call."""
        return self._row_keys.get(key, key)

    def board_key(self, row_key: str) -> str:
        """Under which key the board knows the row's call."""
        return next((key for key, there in list(self._row_keys.items()) if there == row_key), row_key)

    def _news(self, batch: Batch) -> Batch:
        """Without the calls whose rows would not change: one who leaves the queue moves all behind him by a place."""
        calls = {key: call for key, call in batch.calls.items() if self._rows_say.get(key) != _placeless(call)}
        return replace(batch, calls=calls)

    def _write_apart(self, batch: Batch) -> None:
        for part in batch.parts():
            try:
                self._write(part)
            except NO_CALLS_FAULT:
                raise
            except Exception:
                log.exception("call %s could not be recorded", ", ".join(part.calls) or part)

    def _write(self, batch: Batch) -> None:
        keys = {self.row_key(key) for key in batch.calls}
        keys |= {self.row_key(key) for fact in batch.joined for key in (fact.key, fact.into)}
        with self._tenure.writing():
            rows = {row.key: row for row in Call.objects.filter(key__in=keys)}
            parked = {row.pk for row in rows.values() if row.phase == told.PARK}
            watched = watched_by(rows.values())
            passed = on_the_way(rows.values())
            changed = self._write_calls(batch.calls, rows)
            for fact in batch.joined:
                changed |= self._join(fact, rows)
            _record(batch.recorded)
            parked |= {row.pk for row in rows.values() if row.phase == told.PARK}
            desk.tell(changed, parked & changed, watched | watched_by(rows.values()), passed)
            missed.follow(row for row in rows.values() if row.pk in changed)
            phonebook.write_phones(batch.phones)
            if batch.agreement is None:
                phonebook.tell(self._phones_changed(batch))
            if self._anybody_talked(batch):
                after_call.settle(changed)
                belongings.follow(changed)
        self._remember(batch)

    def _anybody_talked(self, batch: Batch) -> bool:
        """A call that only rings concerns nobody's shift. What an earlier link saw of a call is only in its rows."""
        if batch.joined or not self._earlier.keys().isdisjoint(batch.calls):
            return True
        return any(leg.answered_at is not None for call in batch.calls.values() for leg in call.legs)

    def _write_calls(self, calls: Mapping[str, told.Call], rows: dict[str, Call]) -> set[int]:
        """Returns the ids of the calls that look different now. Eight queries at most, and one for each row."""
        if not calls:
            return set()
        seats = _seats(calls.values())
        legs: dict[int, dict[str, Leg]] = {}
        for leg in Leg.objects.filter(call__in=rows.values()):
            legs.setdefault(leg.call_id, {})[leg.uniqueid] = leg
        transfers: dict[int, dict[int, Transfer]] = {}
        for transfer in Transfer.objects.filter(call__in=rows.values()):
            transfers.setdefault(transfer.call_id, {})[transfer.place] = transfer
        changed, hanging = set(), Hanging()
        for key, call in calls.items():
            row_key = self.row_key(key)
            row = rows.setdefault(row_key, Call(key=row_key))
            is_new = row.pk is None
            earlier = self._earlier.get(key)
            different = write_call(row, call, seats, earlier)
            if is_new and (click := naming.click_of(row_key)):
                outgoing.tie(row, click)
            different |= write_legs(row, call, seats, legs.get(row.pk, {}), earlier, hanging)
            different |= write_transfers(row, call, transfers.get(row.pk, {}), earlier, hanging)
            if different:
                changed.add(row.pk)
        hanging.save()
        return changed

    def _join(self, fact: CallJoined, rows: dict[str, Call]) -> set[int]:
        """What hangs on the row of `key` goes to the row of `into`, and that row goes."""
        row = rows.pop(self.row_key(fact.key), None)
        if row is None:
            return set()
        into = rows.get(self.row_key(fact.into)) if fact.into else None
        gone = row.pk
        if into is not None:
            Intent.objects.filter(call=row).update(call=into)
            Recording.objects.filter(call=row).update(call=into)
            for name in ("order_id", "call_class_id"):
                if getattr(into, name) is None and getattr(row, name) is not None:
                    setattr(into, name, getattr(row, name))
                    into.save(update_fields=[name])
        row.delete()
        log.info("call %s is part of %s", fact.key, fact.into or "no call")
        return {gone, into.pk} if into is not None else {gone}

    def _phones_changed(self, batch: Batch) -> set[str]:
        """Telephones that now do something else, or with somebody else, than the phone books say."""
        changed: set[str] = set()
        for key in {*batch.calls, *(fact.key for fact in batch.joined)}:
            before, now = self._phones_do.get(key, {}), _doing(batch.calls.get(key))
            changed |= {party for party in {*before, *now} if before.get(party) != now.get(party)}
        return changed

    def _remember(self, batch: Batch) -> None:
        for fact in batch.joined:
            self._rows_say.pop(fact.key, None)
            self._phones_do.pop(fact.key, None)
        for key, call in batch.calls.items():
            self._phones_do[key] = _doing(call)
            if call.state == told.ENDED:
                del self._phones_do[key]
                self._written.discard(key)
                self._earlier.pop(key, None)
                self._row_keys.pop(key, None)
                self._rows_say.pop(key, None)
            else:
                self._rows_say[key] = _placeless(call)
                if key not in self._earlier:
                    self._written.add(key)

    def _adopt(self, agreement: Agreement) -> None:
        """Find the rows of calls that were there before us, by key, or by a leg: the first channel may be gone."""
        strangers = [call for key, call in agreement.calls.items() if key not in self._written | set(self._earlier)]
        if not strangers:
            return
        live = {row.key: row for row in _live_rows()}
        by_leg = dict(Leg.objects.filter(call__in=live.values()).values_list("uniqueid", "call__key"))
        transfers: dict[str, int] = {}
        under_way = Q(completed=False, why="")  # told again by whoever finds it
        ended = Transfer.objects.filter(call__in=live.values()).exclude(under_way)
        for key in ended.values_list("call__key", flat=True):
            transfers[key] = transfers.get(key, 0) + 1
        for call in sorted(strangers, key=lambda call: call.started_at or 0):
            found = (
                call.key
                if call.key in live
                else next((by_leg[leg.uniqueid] for leg in call.legs if by_leg.get(leg.uniqueid) in live), None)
            )
            if found is None:
                continue
            del live[found]  # one row is one call
            self._earlier[call.key] = Earlier(transfers.get(found, 0))
            if found != call.key:
                self._row_keys[call.key] = found
            log.info("call %s goes on under the row %s", call.key, found)

    def _close_others(self, agreement: Agreement, just_written: Collection[str]) -> None:
        """Rows that live although the PBX has no such call: it ended while nobody looked."""
        restarted = _is_another_start(self._booted_at, agreement.booted_at)
        result = Call.Result.LOST_PBX if restarted else Call.Result.LOST_LINK
        known = {self.row_key(key) for key in {*agreement.calls, *just_written}}
        with self._tenure.writing():
            lost = [row for row in _live_rows().select_for_update() if row.key not in known]
            ended_at = self._seen_before or timezone.now()
            parked = [row.pk for row in lost if row.phase == told.PARK]
            watched, passed = watched_by(lost), on_the_way(lost)
            for row in lost:
                row.state, row.result, row.ended_by = Call.State.ENDED, result, "system"
                row.ringing, row.talking_to, row.handling, row.watchers, row.held_by = [], [], {}, [], []
                row.ended_at = max(ended_at, row.answered_at or row.started_at)
                row.save(
                    update_fields=[
                        *("state", "result", "ended_by", "ended_at"),
                        *("ringing", "talking_to", "handling", "watchers", "held_by"),
                    ]
                )
                row.legs.filter(ended_at=None).update(ended_at=row.ended_at)
                log.info("call %s was over when we looked: %s", row.key, result)
            desk.tell((row.pk for row in lost), parked, watched, passed)
            missed.follow(lost)
            after_call.settle(row.pk for row in lost)
            phonebook.tell_all()
        self._booted_at, self._seen_before = agreement.booted_at or self._booted_at, None


def _doing(call: told.Call | None) -> Doing:
    """What the phone book says of each telephone in this call; of one that talks also with whom, as far as known."""
    if call is None or call.state == told.ENDED:
        return {}
    handling = replace(call.handling, since=None) if call.handling else None
    company = (call.caller, call.dialled, call.talking_to, handling, call.watchers)
    doing = phones.doing(call.legs, call.ringing)
    watching: Doing = {each.by: (told.TALKING, each) for each in call.watchers}
    return watching | {party: (what, company if what == told.TALKING else None) for party, what in doing.items()}


def _seats(calls: Iterable[told.Call]) -> dict[str, int]:
    """Who sits at the telephones in these calls, or is had on his mobile; no query where there is nobody yet but a
    caller from outside."""
    legs = [leg for call in calls for leg in call.legs]
    parties = {party for call in calls for party in call.answered_by} | {leg.party for leg in legs}
    called = {leg.party for leg in legs if leg.role != "caller"}
    mobile = {number: person.pk for number, person in colleagues_on_mobile(called).items()}
    extensions = [party for party in parties if is_short(party)]
    if not extensions:
        return mobile
    shifts = Shift.objects.filter(extension__in=extensions, ended_at=None)
    return mobile | dict(shifts.values_list("extension", "person_id"))


def _placeless(call: told.Call) -> told.Call:
    """As far as rows say it: the place in the queue is not written."""
    return replace(call, place=None)


def _is_another_start(before: datetime | None, now: datetime | None) -> bool:
    return before is not None and now is not None and now - before > SAME_START


def _live_rows() -> QuerySet[Call]:
    return Call.objects.exclude(state=Call.State.ENDED)


def _record(segments: Collection[Said]) -> None:
    """New segments of sound. Three queries, none for none."""
    if not segments:
        return
    call_of = _calls_of({said.fields[name] for said in segments for name in ("Client", "Leg") if said.fields.get(name)})
    made = []
    for said in segments:
        file, client = said.fields.get("File", ""), said.fields.get("Client", "")
        call_id = call_of.get(client) or call_of.get(said.fields.get("Leg", ""))
        if call_id is None or not file or len(file) > 250:
            log.warning("recording %r belongs to no call (channel %s)", file, client)
            continue
        made.append(Recording(call_id=call_id, file=file, started_at=at(said.at) or timezone.now()))
    Recording.objects.bulk_create(made, ignore_conflicts=True)


def _calls_of(channels: Collection[str]) -> dict[str, int]:
    """The call that each channel, by its Uniqueid, began or is a part of; of several the newest."""
    parts = Leg.objects.filter(uniqueid__in=channels).order_by("call").values_list("uniqueid", "call")
    return dict(parts) | dict(Call.objects.filter(key__in=channels).values_list("key", "pk"))
