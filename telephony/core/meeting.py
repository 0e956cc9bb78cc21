"""Bridges: who comes together with whom, and what that says about their calls."""

from collections.abc import Iterable

from telephony.core import pbx
from telephony.core.channel import Channel
from telephony.core.dialling import Dialling
from telephony.core.register import Register
from telephony.core.track import Track


class Meeting:
    def __init__(self, register: Register, dialling: Dialling) -> None:
        self._register = register
        self._dialling = dialling
        self._wires = register.wires

    def entered(self, report: pbx.BridgeEntered) -> None:
        channel = self._register.find_or_meet(report.channel, report.at)
        if channel is None or (channel.room and channel.room.uniqueid == report.bridge.uniqueid):
            return
        self._register.leave_room(channel)
        room = self._wires.enter(channel, report.bridge)
        if len(room.members) > 1 or channel.local:
            self._register.touch(channel.track)
        if channel.track.breaker is channel:
            channel.track.breaker = None  # it left a conversation, and lives on
        if room.parking:
            return
        channel.parked = False
        members = list(room.members.values())
        if not room.conference:
            self._join_company(channel, members)
        for member in members:
            if member.local:
                self._register.transfers.consulted(member.track, member, report.at)
        self._meet_up(channel, report.at)

    def _join_company(self, channel: Channel, members: Iterable[Channel]) -> None:
        """Two calls meet in a bridge: mostly the younger one was only a part of the older one."""
        for other in members:
            if other.track is channel.track:
                continue
            older, younger = channel.track, other.track
            if younger.older_than(older):
                older, younger = younger, older
            caller = younger.caller
            if caller and caller.ringing_in and not self._register.parties.is_staff(self._register.parties.of(caller)):
                continue  # a client's call stays his own
            held, target = (channel, other) if channel.track is older else (other, channel)
            self._connected(older, younger, held, target)
            if younger.live:
                self._register.join(younger, older)

    def _connected(self, older: Track, younger: Track, held: Channel, target: Channel) -> None:
        """Somebody with two calls, and the far ends of both are bridged: an attended transfer."""
        line = younger.caller
        mover = next((each for each in held.talked if not each.local), None)
        if mover is None or line is None or line is target or all(each.target is not target for each in line.dials):
            return
        if self._register.parties.of(mover) == self._register.parties.of(line):
            self._register.join(younger, older)
            self._register.transfers.second_line(older, mover, line)
            older.handovers[-1].dials.extend(line.dials)

    def _meet_up(self, channel: Channel, at: float | None) -> None:
        company = self._wires.talking(channel)
        everybody = company if channel.local else [channel, *company]
        if len(everybody) < 2:
            return
        for each in everybody:
            each.talked = tuple(other for other in everybody if other is not each)
            each.moved, each.met = False, True
            track = each.track
            track.talked = True
            if track.closer not in (track.caller, *everybody):
                track.resume()
            self._register.touch(track)
            if each.dial and not each.dial.answered and each.dial.source:
                self._dialling.answer(each.dial, at)
        for each in everybody:
            self._answered_before(each, at)

    def _answered_before(self, channel: Channel, at: float | None) -> None:
        """In conversation with the caller, and nobody dialled it that we saw: it is from before we connected."""
        track = channel.track
        caller = track.caller
        if not channel.from_before or channel is caller or track.answerers or track.handovers:
            return
        if caller and caller in self._wires.talking(channel):
            channel.answered_at = channel.answered_at or at
            self._dialling.answered(track, channel, at)

    def left(self, report: pbx.BridgeLeft) -> None:
        channel = self._register.find(report.channel)
        if channel and channel.room and channel.room.uniqueid == report.bridge.uniqueid:
            self._register.leave_room(channel)

    def gone(self, report: pbx.BridgeGone) -> None:
        room = self._wires.rooms.get(report.bridge.uniqueid)
        for channel in list(room.members.values()) if room else ():
            self._wires.leave(channel)
            self._register.touch(channel.track)
