"""The call as others see it, drawn from what the board remembers."""

from collections.abc import Iterable
from dataclasses import replace

from telephony.core.call import (
    ENDED,
    HOME,
    IN,
    INTERNAL,
    OUT,
    RINGING,
    SPOKEN,
    TALKING,
    Call,
    Handling,
    Leg,
    Transfer,
    Watcher,
)
from telephony.core.channel import ANSWERED, BUSY, BY_CAUSE, CANCELLED, FAILED, NOANSWER, NORMAL, REJECTED, Channel
from telephony.core.naming import is_pair
from telephony.core.party import Parties
from telephony.core.places import Places
from telephony.core.settling import Settling
from telephony.core.track import ATTENDED, PARK, Handover, Track
from telephony.core.wires import Wires


class Painter:
    def __init__(self, wires: Wires, parties: Parties, settling: Settling) -> None:
        self._wires = wires
        self._parties = parties
        self._settling = settling
        self._places = Places(wires, parties)

    def paint(self, track: Track, at: float | None) -> Call:
        """`at`: the time of what is painted now."""
        caller = track.caller
        ended = not track.live
        party = self._parties.of(caller) if caller else ""
        main = track.main()
        talking = () if ended or main is None else self._names(self._wires.talking(main))
        ringing = self._ringing(track)
        handling = None if ended else self._handling(track, at)
        return Call(
            key=track.key,
            direction=self._direction(track, party),
            state=ENDED if ended else self._state(track, handling, talking, ringing),
            result=self._result(track) if ended else "",
            caller=party,
            caller_name=caller.caller_name if caller else "",
            caller_uniqueid=caller.uniqueid if caller else "",
            caller_channel=caller.name if caller else "",
            dialled=track.dialled,
            queue=track.queue,
            place=track.place,
            ringing=ringing,
            talking_to=talking,
            answered_by=tuple(track.answered_by),
            ended_by=self._ended_by(track) if ended else "",
            abandoned=track.abandoned,
            started_at=track.started_at,
            answered_at=track.answered_at,
            ended_at=track.ended_at if ended else None,
            legs=tuple([self._leg(track, each) for each in track.legs.values()]),
            transfers=tuple([self._transfer(each) for each in track.handovers]) if track.handovers else (),
            handling=handling,
            watchers=self._watchers(track) if self._wires.watchers else (),
            held_by=self._names(each for each in track.live.values() if each.held),
        )

    def _watchers(self, track: Track) -> tuple[Watcher, ...]:
        return tuple(each for each in self._wires.watchers.values() if each.of in track.live)

    def _handling(self, track: Track, at: float | None) -> Handling | None:
        """As the last one, if only the time is another."""
        now, before = self._places.read(track), track.handling
        if now is not None:
            if before and now.phase == before.phase == HOME and not now.by:
                now = replace(now, by=before.by)
            same = before is not None and replace(before, since=None) == now
            now = replace(now, since=before.since if same and before else at)
        track.handling = now
        return now

    def _names(self, channels: Iterable[Channel]) -> tuple[str, ...]:
        names: list[str] = []
        for channel in channels:
            party = self._parties.of(channel)
            if party and party not in names:
                names.append(party)
        return tuple(names)

    def _ringing(self, track: Track) -> tuple[str, ...]:
        ring = [each for each in track.live.values() if each.dial and not each.dial.status and not each.local]
        return self._names(ring) if ring else ()

    def _direction(self, track: Track, party: str) -> str:
        is_staff = self._parties.is_staff
        if is_pair(track.key):
            return OUT
        if not is_staff(party):
            return OUT if track.originated and track.caller and not track.caller.ringing_in else IN
        if track.queue:
            return INTERNAL
        called = False
        for leg in track.legs.values():
            if leg.dial and leg.dial.source and leg is not track.caller:
                called = True
                if not is_staff(self._parties.of(leg)):
                    break
        else:
            if called:
                return INTERNAL
        return INTERNAL if track.dialled[:1] in ("", "*", "#") or is_staff(track.dialled) else OUT

    def _state(
        self, track: Track, handling: Handling | None, talking: tuple[str, ...], ringing: tuple[str, ...]
    ) -> str:
        if talking or (handling and handling.phase in SPOKEN):
            return TALKING
        if not track.talked and not track.answered_by:
            return RINGING
        if any(each.kind in (ATTENDED, PARK) for each in track.open_handovers):
            return TALKING
        return RINGING if track.waiting or ringing else TALKING

    def _result(self, track: Track) -> str:
        if track.answered_by or track.talked:
            return track.lost or ANSWERED
        if track.lost:
            return track.lost
        pair = is_pair(track.key)
        unanswered = pair and track.caller and track.caller.answered_at is None  # he was called himself
        if track.abandoned or (track.closer and track.closer is track.caller and not unanswered):
            return "abandoned"
        outcomes = {e.dial.outcome for e in track.legs.values() if e.dial and e.dial.source}
        if pair and track.caller:
            outcomes.add(_of_first(track.caller))
        for outcome in (NOANSWER, REJECTED, BUSY):
            if outcome in outcomes:
                return outcome
        if not outcomes and track.caller and BY_CAUSE.get(track.caller.cause) == BUSY:
            return BUSY  # refused before anything rang
        return NOANSWER if track.queue or (track.originated and not outcomes) else FAILED

    def _ended_by(self, track: Track) -> str:
        if track.lost:
            return "system"
        closer = track.closer or (track.breaker if track.breaker and track.breaker.gone else None)
        return self._part(track, closer) if closer else "system"

    def _part(self, track: Track, channel: Channel) -> str:
        if channel is track.caller:
            return "caller"
        for handover in track.handovers:
            if handover.taken_by is channel:
                return "target"
            if handover.completed and channel in self._settling.answerers(handover):
                return "target"
        return "answerer"

    def _leg(self, track: Track, channel: Channel) -> Leg:
        dial = channel.dial
        placed = channel is track.caller or dial is None
        if channel is track.caller and is_pair(track.key):
            outcome = _of_first(channel)
        elif placed or dial is None:
            outcome = ANSWERED if channel.talked else ""
        else:
            outcome = dial.outcome
        return Leg(
            channel.uniqueid,
            channel.name,
            self._parties.of(channel),
            channel.caller_name,
            self._role(track, channel),
            outcome,
            channel.at,
            channel.answered_at,
            channel.gone_at,
        )

    def _role(self, track: Track, channel: Channel) -> str:
        if channel is track.caller:
            return "caller"
        for handover in track.handovers:
            if handover.taken_by is channel:
                return "target"
            line = handover.kind == ATTENDED and channel in handover.sources and channel in handover.movers
            if line and channel not in track.answerers:
                return "consult"
            if channel.dial in handover.dials:
                return "consult" if handover.kind == ATTENDED and not handover.completed else "target"
        return "own" if channel.dial and channel.dial.own else "called"

    def _transfer(self, handover: Handover) -> Transfer:
        return Transfer(
            kind=handover.kind,
            by=handover.by,
            to=self._settling.targets(handover),
            completed=handover.completed,
            why=handover.why,
            at=handover.at,
            ended=handover.ended,
        )


def _of_first(channel: Channel) -> str:
    """What became of the first of two who are to be connected. The PBX itself called him, and reports no end of a dial
    that took too long; one that we ended ourselves it calls not answered."""
    dial = channel.dial
    if dial is None or dial.answered or channel.answered_at is not None:
        return ANSWERED if channel.answered_at is not None else ""
    if not channel.gone or channel.asked:
        return dial.outcome
    if channel.cause == NORMAL:
        return CANCELLED
    return dial.outcome if dial.status else BY_CAUSE.get(channel.cause, NOANSWER)
