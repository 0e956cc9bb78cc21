"""The call machine: it is told what the PBX reports and returns facts. It calls nobody and reads no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from telephony.core import pbx
from telephony.core.call import Call
from telephony.core.channel import NOANSWER, Channel, Dial
from telephony.core.facts import Booted, CallChanged, CallJoined, Fact, MemberChanged, Said, ShuttingDown
from telephony.core.party import Parties
from telephony.core.picture import Painter
from telephony.core.track import Track
from telephony.core.transfers import CALLER_GONE, Transfers
from telephony.core.wires import Wires

REMEMBERED = 5000  # channels that are gone: what comes late about them is not taken for a new call
NOWHERE = ("", "s", "h", "i", "t")  # extensions of the dialplan that nobody dials
LATE_SECONDS = 0.1  # a hang-up is reported at most so long after what it caused


class Board:
    """All live calls of one PBX.

    `internal`: a regular expression that tells numbers of staff from outside numbers.
    """

    def __init__(self, internal: str = r"^\d{2,4}$") -> None:
        self._wires = Wires()
        self._parties = Parties(internal)
        self._transfers = Transfers(self._wires, self._parties)
        self._painter = Painter(self._wires, self._parties, self._transfers)
        self._tracks: dict[str, Track] = {}
        self._born_under: dict[str, Track] = {}  # by Linkedid at birth
        self._queues: dict[str, list[Track]] = {}
        self._gone: set[str] = set()
        self._gone_in_order: deque[str] = deque()
        self._touched: list[Track] = []
        self._facts: list[Fact] = []
        self._order = 0
        self._handlers: dict[type, Callable[[Any], None]] = {
            pbx.ChannelNew: self._channel_new,
            pbx.ChannelChanged: self._channel_changed,
            pbx.ChannelRenamed: self._channel_renamed,
            pbx.HangupAsked: self._hangup_asked,
            pbx.ChannelGone: self._channel_gone,
            pbx.DialBegun: self._dial_begun,
            pbx.DialRinging: self._dial_ringing,
            pbx.DialEnded: self._dial_ended,
            pbx.BridgeEntered: self._bridge_entered,
            pbx.BridgeLeft: self._bridge_left,
            pbx.BridgeGone: self._bridge_gone,
            pbx.QueueJoined: self._queue_joined,
            pbx.QueueLeft: self._queue_left,
            pbx.QueueAbandoned: self._queue_abandoned,
            pbx.AgentConnected: self._agent_connected,
            pbx.BlindTransferred: self._blind_transferred,
            pbx.AttendedTransferred: self._attended_transferred,
            pbx.CallParked: self._call_parked,
            pbx.ParkTaken: self._park_taken,
            pbx.ParkTimedOut: lambda r: self._park_over(r.parkee, NOANSWER),
            pbx.ParkGivenUp: lambda r: self._park_over(r.parkee, CALLER_GONE),
            pbx.PickedUp: self._picked_up,
            pbx.Held: lambda r: self._hold(r.channel, True),
            pbx.Resumed: lambda r: self._hold(r.channel, False),
            pbx.MusicStarted: self._music_started,
            pbx.MusicStopped: self._music_stopped,
            pbx.Spied: self._spied,
            pbx.Originated: self._originated,
        }

    # --- the door -----------------------------------------------------------------------------------------------

    @property
    def calls(self) -> Mapping[str, Call]:
        """The live calls by key, as they are now. An ended call is only in its last fact."""
        return {track.key: track.shown for track in self._tracks.values() if track.shown}

    def apply(self, report: pbx.Report) -> tuple[Fact, ...]:
        """Take one report; return what changed, in order. Never raises for a strange report."""
        handler = self._handlers.get(type(report))
        if handler is None:
            fact = plain_fact(report)
            return (fact,) if fact else ()
        handler(report)
        return self._conclude(report.at) if self._touched or self._facts else ()

    def resync(self, snapshot: pbx.Snapshot, at: float) -> tuple[Fact, ...]:
        """Compare with what the PBX has now: calls that are gone end as lost, unknown ones appear."""
        present = {entry.channel.uniqueid for entry in snapshot.channels}
        for channel in [each for each in self._wires.channels.values() if each.uniqueid not in present]:
            track = channel.track
            restarted = snapshot.booted_at is not None and (track.started_at or at) < snapshot.booted_at
            self._drop(channel, at)
            if not track.live:
                track.lost = "lost_pbx" if restarted else "lost_link"
        bridges = {each.uniqueid: each for each in snapshot.bridges}
        entries = sorted(snapshot.channels, key=lambda entry: entry.channel.uniqueid != entry.channel.linkedid)
        for entry in entries:
            self._recover(entry, bridges, at)
        for queue in {each.queue for each in snapshot.queue} | set(self._queues):
            self._recover_queue(queue, [each for each in snapshot.queue if each.queue == queue])
        for parked in snapshot.parked:
            parkee = self._wires.channels.get(parked.uniqueid)
            if parkee and not parkee.parked:
                parkee.parked = True
                self._transfers.parked(parkee.track, parkee, "", parked.space, at)
                self._touch(parkee.track)
        return self._conclude(at)

    def forget(self, key: str) -> None:
        """Drop a live call without a fact."""
        track = self._tracks.get(key)
        if track is None:
            return
        for channel in list(track.live.values()):
            self._drop(channel, None)
        self._discard(track)
        self._touched = [each for each in self._touched if each is not track]

    # --- channels -----------------------------------------------------------------------------------------------

    def _channel_new(self, report: pbx.ChannelNew) -> None:
        seen = report.channel
        known = self._wires.channels.get(seen.uniqueid)
        if known is None:
            known = self._meet(seen, report.at)
            if known is None:
                return
        if known.seen_born:
            return
        known.seen_born = True
        known.ringing_in = seen.state == "Ring" and not known.local
        known.at = report.at if report.at is not None else known.at
        if seen.uniqueid == known.track.key:
            known.track.started_at = known.at
            if not known.local and known.dial is None:
                self._name_caller(known.track, known)
        if known.ringing_in and known is known.track.caller and known.track.key == seen.uniqueid:
            self._maybe_second_line(known)
        self._touch(known.track)

    def _meet(self, seen: pbx.Chan, at: float | None) -> Channel | None:
        """A channel that we did not know. None where it is long gone, or has no name."""
        if not seen.uniqueid or not seen.name or seen.uniqueid in self._gone:
            return None
        namesake = self._wires.by_name.get(seen.name)
        if namesake is not None:  # names are used again: the hang-up of the earlier one was not reported
            self._drop(namesake, at)
        linkedid = seen.linkedid or seen.uniqueid
        track = self._born_under.get(linkedid) or self._born_under.get(seen.uniqueid)
        if track is None:
            self._order += 1
            track = Track(linkedid, self._order, at)
            self._tracks[track.key] = track
            self._alias(track, linkedid)
        self._alias(track, seen.uniqueid)
        channel = Channel(seen.uniqueid, seen.name, track, at)
        self._wires.add(channel)
        track.live[channel.uniqueid] = channel
        if not channel.local:
            track.legs[channel.uniqueid] = channel
        self._update(channel, seen)
        self._touch(track)
        return channel

    def _alias(self, track: Track, linkedid: str) -> None:
        if self._born_under.setdefault(linkedid, track) is track:
            track.aliases.add(linkedid)

    def _update(self, channel: Channel, seen: pbx.Chan) -> bool:
        """Fill in what we did not know. A number is known at birth: later ones are the dialplan's doing."""
        changed = False
        if seen.number and not channel.number and not channel.seen_born:
            channel.number, changed = seen.number, True
        if seen.caller_name and not channel.caller_name:
            channel.caller_name, changed = seen.caller_name, True
        if seen.exten not in NOWHERE and not channel.exten:
            channel.exten, changed = seen.exten, True
        if seen.state == "Up" and not channel.up:
            channel.up, changed = True, True
        track = channel.track
        placed = channel is track.caller and channel.dial is None and not track.originated
        if placed and channel.exten and not track.dialled:
            track.dialled, changed = channel.exten, True
        return changed

    def _find(self, seen: pbx.Chan | None) -> Channel | None:
        """A channel that we know already."""
        if seen is None:
            return None
        channel = self._wires.channels.get(seen.uniqueid)
        if channel and self._update(channel, seen):
            self._touch(channel.track)
        return channel

    def _find_or_meet(self, seen: pbx.Chan | None, at: float | None) -> Channel | None:
        channel = self._find(seen)
        if channel is None and seen is not None:
            channel = self._meet(seen, at)
            first = channel and (channel.uniqueid == channel.track.key or channel.track.caller is None)
            if channel and first and channel.dial is None and not channel.local:
                self._name_caller(channel.track, channel)
        return channel

    def _name_caller(self, track: Track, channel: Channel) -> None:
        if track.caller is not None and track.caller.uniqueid == track.key:
            return
        track.caller = channel
        if channel.exten and channel.dial is None:
            track.dialled = track.dialled or channel.exten

    def _channel_changed(self, report: pbx.ChannelChanged) -> None:
        self._find_or_meet(report.channel, report.at)

    def _channel_renamed(self, report: pbx.ChannelRenamed) -> None:
        channel = self._wires.channels.get(report.uniqueid)
        if channel and report.new:
            self._wires.rename(channel, report.new)
            self._touch(channel.track)

    def _hangup_asked(self, report: pbx.HangupAsked) -> None:
        channel = self._find(report.channel)
        if channel is None or channel.asked:
            return
        channel.asked, channel.cause, channel.asked_at = True, report.cause or channel.cause, report.at
        track = channel.track
        self._touch(track)
        if channel is track.caller and track.left_queue and not track.talked:
            at, left_at = report.at, track.left_queue_at
            if at is None or left_at is None or at - left_at < LATE_SECONDS:
                track.abandoned = True
        main = track.main()
        if channel.local or track.closer or self._transfers.left_by(track, channel):
            return
        if channel is main or (main and main in self._wires.talking(channel)):
            track.closer = channel

    def _channel_gone(self, report: pbx.ChannelGone) -> None:
        channel = self._find(report.channel)
        if channel is None:
            self._bury(report.channel.uniqueid)
            return
        channel.cause = channel.cause or report.cause
        self._drop(channel, report.at)

    def _drop(self, channel: Channel, at: float | None) -> None:
        """The channel is gone."""
        track = channel.track
        self._leave_room(channel)
        self._wires.remove(channel)
        self._bury(channel.uniqueid)
        channel.gone, channel.gone_at = True, at
        track.live.pop(channel.uniqueid, None)
        if track.waiting is channel:
            if channel.asked and not track.talked:
                track.abandoned = True
            self._leave_queue(track)
        if at is not None:
            track.ended_at = max(at, track.ended_at or at)
        self._forget_legs(track, channel)
        self._touch(track)

    def _forget_legs(self, track: Track, channel: Channel) -> None:
        """A queue may ring the same phone for an hour: only its last silent leg is kept."""
        if channel.talked or channel is track.caller or channel.dial is None or len(track.legs) < 12:
            return
        party = self._parties.of(channel)
        for leg in list(track.legs.values()):
            if leg is channel or not leg.gone or leg.talked or leg is track.caller or leg.dial is None:
                continue
            if self._parties.of(leg) == party and self._transfers.claims(track, leg.dial) is None:
                del track.legs[leg.uniqueid]
                if leg.dial.source and leg.dial in leg.dial.source.dials:
                    leg.dial.source.dials.remove(leg.dial)

    def _bury(self, uniqueid: str) -> None:
        if uniqueid and uniqueid not in self._gone:
            self._gone.add(uniqueid)
            self._gone_in_order.append(uniqueid)
            if len(self._gone_in_order) > REMEMBERED:
                self._gone.discard(self._gone_in_order.popleft())

    # --- dialling -----------------------------------------------------------------------------------------------

    def _dial_begun(self, report: pbx.DialBegun) -> None:
        source = self._find_or_meet(report.source, report.at)
        target = self._find(report.target)
        if target is None:
            target = self._meet(report.target, report.at)
        if target is not None and target.dial is None:
            self._begin(source, target, report.dial_string, report.at)

    def _begin(self, source: Channel | None, target: Channel, string: str, at: float | None) -> Dial:
        dial = target.dial = Dial(source, target, string, at)
        track = target.track
        if source is None:
            if target.uniqueid == track.key and not target.ringing_in:
                track.originated = True
                if track.dialled and target is track.caller:
                    track.dialled = ""
                self._maybe_recalled(target)
            self._touch(target.track)
            return dial
        source.dials.append(dial)
        if target.track is not source.track and set(target.track.live) == {target.uniqueid}:
            self._join(target.track, source.track)
        track = source.track
        if track.caller is target and not target.ringing_in:
            track.caller = None if source.local else source
        self._touch(track)
        if track.originated and self._rings_the_caller(source):
            track.caller = track.caller or target
            return dial
        if not track.dialled:
            track.dialled = self._parties.of(target) if source.exten in NOWHERE else source.exten
        if track.caller in self._wires.dialling(source):
            track.resume()
        self._transfers.dialled(track, dial)
        return dial

    def _rings_the_caller(self, source: Channel) -> bool:
        """A call that the PBX placed through a Local channel: its far end rings the phone of the caller."""
        half = self._wires.other_half(source) if source.local else None
        return bool(half and half.dial and half.dial.source is None and source.name.endswith(";2"))

    def _dial_ringing(self, report: pbx.DialRinging) -> None:
        source, target = self._find(report.source), self._find(report.target)
        if source is None or target is None:
            return
        if target.dial is None:
            self._begin(source, target, "", report.at)
        else:
            self._take_over(target.dial, source)

    def _take_over(self, dial: Dial, source: Channel) -> None:
        """Somebody else now waits for this phone: a transfer before it answered."""
        if dial.source is source:
            return
        if dial.source and dial in dial.source.dials:
            dial.source.dials.remove(dial)
        dial.source = source
        source.dials.append(dial)
        self._touch(source.track)

    def _dial_ended(self, report: pbx.DialEnded) -> None:
        target = self._find(report.target)
        source = self._find(report.source)
        if target is None and report.status == "ANSWER":
            source = self._find_or_meet(report.source, report.at)
            target = self._meet(report.target, report.at)
        if target is None or not report.status:
            return
        if target.dial is None:
            if report.status != "ANSWER" or source is None:
                return
            self._begin(source, target, "", report.at)
        dial = target.dial
        if dial is None:
            return
        if source is not None:
            self._take_over(dial, source)
        if report.status == "ANSWER":
            self._answer(dial, report.at)
        elif not dial.status:
            dial.status = report.status
        self._touch(target.track)

    def _answer(self, dial: Dial, at: float | None) -> None:
        if dial.answered:
            return
        dial.status = "ANSWER"
        target, source = dial.target, dial.source
        target.answered_at = at
        track = target.track
        self._touch(track)
        if source is None:
            return
        if track.originated and self._rings_the_caller(source):
            track.caller = target
            return
        if target.local:
            half = self._wires.other_half(target)
            if half is None or half.dials or half.room:
                return
        if self._transfers.claims(track, dial) or target is track.caller:
            return
        self._answered(track, target, at)

    def _answered(self, track: Track, target: Channel, at: float | None) -> None:
        party = self._parties.of(target)
        target.answered_at = target.answered_at if target.answered_at is not None else at
        for handover in track.handovers:
            if party == handover.by:
                return  # rung back after his own transfer
        track.answerers.append(target)
        if party and party not in track.answered_by:
            track.answered_by.append(party)
        if track.answered_at is None:
            track.answered_at = at

    # --- bridges ------------------------------------------------------------------------------------------------

    def _bridge_entered(self, report: pbx.BridgeEntered) -> None:
        channel = self._find_or_meet(report.channel, report.at)
        if channel is None:
            return
        if channel.room and channel.room.uniqueid == report.bridge.uniqueid:
            return
        self._leave_room(channel)
        room = self._wires.enter(channel, report.bridge)
        self._touch(channel.track)
        if room.parking:
            return
        channel.parked = False
        if not room.conference:
            self._join_company(channel, list(room.members.values()))
        for member in list(room.members.values()):
            if member.local:
                self._transfers.consulted(member.track, member, report.at)
        self._meet_up(channel, report.at)

    def _join_company(self, channel: Channel, members: list[Channel]) -> None:
        """Two calls meet in a bridge: mostly the younger one was only a part of the older one."""
        for other in members:
            if other.track is channel.track:
                continue
            older, younger = sorted((channel.track, other.track), key=lambda track: track.order)
            caller = younger.caller
            if caller and caller.ringing_in and not self._parties.is_staff(self._parties.of(caller)):
                continue
            self._maybe_bridged_over(older, younger, channel, other)
            self._join(younger, older)

    def _maybe_bridged_over(self, older: Track, younger: Track, one: Channel, two: Channel) -> None:
        """Somebody with two calls, and the far ends of both are bridged: an attended transfer."""
        held, target = (one, two) if one.track is older else (two, one)
        mover = next((each for each in held.talked if not each.local), None)
        line = younger.caller
        if mover is None or line is None or line is target or target not in [e.target for e in line.dials]:
            return
        if self._parties.of(mover) == self._parties.of(line):
            self._join(younger, older)
            self._transfers.second_line(older, mover, line)
            older.handovers[-1].dials.extend(line.dials)

    def _meet_up(self, channel: Channel, at: float | None) -> None:
        company = self._wires.talking(channel)
        if not company:
            return
        everybody = company if channel.local else [channel, *company]
        if len(everybody) < 2:
            return
        for each in everybody:
            each.talked = tuple(other for other in everybody if other is not each)
            each.moved = False
        for each in everybody:
            each.track.talked = True
            if each.track.closer not in (each.track.caller, *everybody):
                each.track.resume()
            self._touch(each.track)
            if each.dial and not each.dial.answered and each.dial.source:
                self._answer(each.dial, at)
        for each in everybody:
            self._answered_before(each, at)

    def _answered_before(self, channel: Channel, at: float | None) -> None:
        """In conversation with the caller, and nobody dialled it that we saw: it is from before we connected."""
        track = channel.track
        caller = track.caller
        if channel.seen_born or channel.dial or channel is caller or track.answerers or track.handovers:
            return
        if caller and caller in self._wires.talking(channel):
            self._answered(track, channel, None)

    def _bridge_left(self, report: pbx.BridgeLeft) -> None:
        channel = self._find(report.channel)
        if channel and channel.room and channel.room.uniqueid == report.bridge.uniqueid:
            self._leave_room(channel)
            self._touch(channel.track)

    def _leave_room(self, channel: Channel) -> None:
        if channel.room is None:
            return
        company = self._wires.talking(channel)
        if company and not channel.local:
            channel.moved = not channel.asked and not any(each.asked for each in company)
        self._wires.leave(channel)
        for each in company:
            self._touch(each.track)
            if self._wires.talking(each):
                if each.track.closer is channel:
                    each.track.resume()
            elif not channel.local:
                each.moved = False
                if not self._transfers.left_by(each.track, channel):
                    each.track.breaker = each.track.breaker or channel

    def _bridge_gone(self, report: pbx.BridgeGone) -> None:
        room = self._wires.rooms.get(report.bridge.uniqueid)
        for channel in list(room.members.values()) if room else ():
            self._wires.leave(channel)
            self._touch(channel.track)

    # --- queues -------------------------------------------------------------------------------------------------

    def _queue_joined(self, report: pbx.QueueJoined) -> None:
        channel = self._find_or_meet(report.channel, report.at)
        if channel is None:
            return
        track = channel.track
        self._leave_queue(track)
        track.queue = track.queue if track.answered_by and track.queue else report.queue
        track.waiting, track.left_queue, track.abandoned = channel, False, False
        line = self._queues.setdefault(report.queue, [])
        place = len(line) if report.place is None else max(0, min(len(line), report.place - 1))
        line.insert(place, track)
        self._renumber(report.queue)
        self._transfers.queued(track, channel)
        track.resume()
        self._touch(track)

    def _queue_left(self, report: pbx.QueueLeft) -> None:
        channel = self._find(report.channel)
        if channel and channel.track.waiting:
            self._leave_queue(channel.track)
            self._touch(channel.track)

    def _queue_abandoned(self, report: pbx.QueueAbandoned) -> None:
        channel = self._find(report.channel)
        if channel is None:
            return
        track = channel.track
        track.left_queue, track.left_queue_at = True, report.at
        if channel.asked and not track.talked:
            track.abandoned = True
        self._touch(track)

    def _leave_queue(self, track: Track) -> None:
        if track.waiting is None:
            return
        track.waiting = track.place = None
        for queue, line in list(self._queues.items()):
            if track in line:
                line.remove(track)
                self._renumber(queue)

    def _renumber(self, queue: str) -> None:
        line = self._queues[queue]
        if not line:
            del self._queues[queue]
        for place, track in enumerate(line, 1):
            if track.place != place:
                track.place = place
                self._touch(track)

    def _agent_connected(self, report: pbx.AgentConnected) -> None:
        channel, agent = self._find(report.channel), self._find(report.agent)
        if channel is None or agent is None:
            return
        if agent.dial is None:
            self._begin(channel, agent, "", report.at)
        if agent.dial:
            self._answer(agent.dial, report.at)

    # --- transfers ----------------------------------------------------------------------------------------------

    def _blind_transferred(self, report: pbx.BlindTransferred) -> None:
        mover = self._find_or_meet(report.transferer, report.at)
        moved = self._find_or_meet(report.transferee, report.at)
        if mover is None:
            return
        handover = self._transfers.blind(mover.track, mover, moved, report.exten, report.at)
        if handover and not report.success:
            handover.end("failed")
        self._touch(mover.track)

    def _attended_transferred(self, report: pbx.AttendedTransferred) -> None:
        first = self._find_or_meet(report.first, report.at)
        second = self._find_or_meet(report.second, report.at)
        held, target = self._find(report.transferee), self._find(report.target)
        if first is None or second is None or not report.success:
            return
        if second.track.order < first.track.order or first in {
            line for each in first.track.handovers for line in each.movers & each.sources if not each.redirected
        }:
            first, second, held, target = second, first, target, held  # told on the second line
        if second.track is not first.track:
            caller = second.track.caller
            if caller is second or (caller and self._parties.is_staff(self._parties.of(caller))):
                self._join(second.track, first.track)
        self._transfers.attended(first.track, (first, second), held, target, report.at)
        self._touch(first.track)

    def _maybe_second_line(self, line: Channel) -> None:
        """A phone with a caller on hold places a call: a consultation, part of that call."""
        party = self._parties.of(line)
        if not self._parties.is_staff(party):
            return
        for mover in self._wires.channels.values():
            busy = mover.held and mover.talked and mover.track is not line.track
            if busy and self._parties.of(mover) == party:
                self._join(line.track, mover.track)
                self._transfers.second_line(mover.track, mover, line)
                return

    def _maybe_recalled(self, phone: Channel) -> None:
        """Nobody answers a transfer that was left alone: the PBX rings the one who left it."""
        track = self._transfers.recalled(self._parties.of(phone), self._tracks.values())
        if track and track is not phone.track:
            self._join(phone.track, track)

    def _call_parked(self, report: pbx.CallParked) -> None:
        channel = self._find_or_meet(report.parkee, report.at)
        if channel is None or channel.parked:
            return
        channel.parked = True
        parker = report.parker.split("/", 1)[-1]
        self._transfers.parked(channel.track, channel, parker, report.space, report.at)
        self._touch(channel.track)

    def _park_taken(self, report: pbx.ParkTaken) -> None:
        channel = self._find_or_meet(report.parkee, report.at)
        if channel is None:
            return
        channel.parked = False
        retriever = self._find_or_meet(report.retriever, report.at)
        if retriever and retriever.track is not channel.track:
            self._join(retriever.track, channel.track)
        self._transfers.taken(channel.track, channel, retriever)
        self._touch(channel.track)

    def _park_over(self, parkee: pbx.Chan, why: str) -> None:
        channel = self._find(parkee)
        if channel:
            channel.parked = False
            self._transfers.not_taken(channel.track, channel, why)
            self._touch(channel.track)

    def _picked_up(self, report: pbx.PickedUp) -> None:
        picker, target = self._find(report.picker), self._find(report.target)
        if picker and target and picker.track is not target.track:
            self._join(picker.track, target.track)

    # --- the rest -----------------------------------------------------------------------------------------------

    def _hold(self, seen: pbx.Chan, held: bool) -> None:
        channel = self._find(seen)
        if channel:
            channel.held = held

    def _music_started(self, report: pbx.MusicStarted) -> None:
        channel = self._find_or_meet(report.channel, report.at)
        if channel:
            channel.music = True
            self._transfers.music(channel.track, channel)
            self._touch(channel.track)

    def _music_stopped(self, report: pbx.MusicStopped) -> None:
        channel = self._find(report.channel)
        if channel:
            channel.music = False

    def _spied(self, report: pbx.Spied) -> None:
        spyer, spyee = self._find(report.spyer), self._find(report.spyee)
        if spyer is None or (spyee and spyer.track is spyee.track):
            return
        track = spyer.track
        for channel in list(track.live.values()):
            self._drop(channel, report.at)
        self._discard(track)
        if track.shown:
            self._facts.append(CallJoined(track.key, spyee.track.key if spyee else ""))
            track.shown = None

    def _originated(self, report: pbx.Originated) -> None:
        if report.exten in NOWHERE:
            return
        channel = self._wires.channels.get(report.uniqueid)
        if channel is None:
            waiting = (
                track
                for track in self._tracks.values()
                if track.originated
                and not track.dialled
                and track.caller
                and report.name.split("/")[-1] == self._parties.of(track.caller)
            )
            track = next(waiting, None)
        else:
            track = channel.track
        if track and track.originated:
            track.dialled = report.exten
            self._touch(track)

    # --- calls --------------------------------------------------------------------------------------------------

    def _join(self, part: Track, whole: Track) -> None:
        """What was taken for a call of its own is part of another."""
        for channel in list(part.live.values()) + list(part.legs.values()):
            channel.track = whole
        whole.live.update(part.live)
        whole.legs.update(part.legs)
        if part.waiting:
            self._leave_queue(part)
        part.live.clear()
        aliases = set(part.aliases)
        self._discard(part)
        for alias in aliases:
            self._alias(whole, alias)
        if part.shown:
            self._facts.append(CallJoined(part.key, whole.key))
            part.shown = None
        self._touched = [each for each in self._touched if each is not part]
        self._touch(whole)

    def _discard(self, track: Track) -> None:
        self._leave_queue(track)
        if self._tracks.get(track.key) is track:
            del self._tracks[track.key]
        for alias in track.aliases:
            if self._born_under.get(alias) is track:
                del self._born_under[alias]
        track.aliases.clear()

    def _touch(self, track: Track) -> None:
        if track not in self._touched:
            self._touched.append(track)

    def _conclude(self, at: float | None) -> tuple[Fact, ...]:
        touched, self._touched = self._touched, []
        facts, self._facts = self._facts, []
        for track in touched:
            if self._tracks.get(track.key) is not track:
                continue
            self._transfers.settle(track)
            if not track.live:
                self._discard(track)
                track.visible = True
            elif not track.visible:
                track.visible = self._worth_showing(track)
            if track.visible:
                before, track.shown = track.shown, self._painter.paint(track)
                what = difference(before, track.shown)
                if what:
                    facts.append(CallChanged(track.key, what, track.shown))
        self._facts, self._touched = [], []
        return tuple(facts)

    def _worth_showing(self, track: Track) -> bool:
        """A colleague who lifts the handset is no call yet: he may take a parked one back, or pick one up."""
        if track.talked or track.waiting or track.handovers:
            return True
        caller = track.caller
        if caller is None:
            return False
        if any(each.dial.source for each in track.legs.values() if each.dial and each is not caller):
            return True
        return caller.ringing_in and not self._parties.is_staff(self._parties.of(caller))

    # --- after a connect ----------------------------------------------------------------------------------------

    def _recover(self, entry: pbx.ChannelEntry, bridges: dict[str, pbx.Bridge], at: float) -> None:
        seen = entry.channel
        channel = self._find(seen)
        if channel is None:
            born = None if entry.seconds is None else at - entry.seconds
            channel = self._find_or_meet(seen, born)
            if channel is None:
                return
            channel.ringing_in = seen.state == "Ring"
        if entry.bridge:
            bridge = bridges.get(entry.bridge) or pbx.Bridge(entry.bridge)
            self._bridge_entered(pbx.BridgeEntered(at, bridge, seen))
        elif channel.room:
            self._leave_room(channel)
            self._touch(channel.track)

    def _recover_queue(self, queue: str, entries: list[pbx.QueueEntry]) -> None:
        present = {each.uniqueid for each in entries}
        for track in list(self._queues.get(queue, ())):
            if track.waiting and track.waiting.uniqueid not in present:
                self._leave_queue(track)
                self._touch(track)
        for entry in sorted(entries, key=lambda each: each.place):
            channel = self._wires.channels.get(entry.uniqueid)
            if channel and channel.track.waiting is not channel:
                seen = pbx.Chan(channel.uniqueid, channel.name)
                self._queue_joined(pbx.QueueJoined(None, seen, queue, entry.place))


def difference(before: Call | None, after: Call) -> str:
    """started, ringing, answered, changed, ended, or "" where nothing changed."""
    if before == after:
        return ""
    if after.state == "ended":
        return "ended"
    if before is None:
        return "started"
    if len(after.answered_by) > len(before.answered_by):
        return "answered"
    if set(after.ringing) - set(before.ringing):
        return "ringing"
    return "changed"


def plain_fact(report: pbx.Report) -> Fact | None:
    """What the board only passes on."""
    if isinstance(report, pbx.UserSaid):
        return Said(report.name, report.fields, report.at)
    if isinstance(report, pbx.QueueMemberSeen):
        return MemberChanged(
            report.queue,
            report.interface,
            report.name,
            report.status,
            report.paused,
            report.reason,
            report.gone,
            report.at,
        )
    if isinstance(report, pbx.BootFinished):
        return Booted(report.at)
    if isinstance(report, pbx.ShutdownBegun):
        return ShuttingDown(report.at)
    return None
