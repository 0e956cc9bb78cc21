"""What the PBX itself says of transfers, parking, pick-up, hold and listening."""

from telephony.core import pbx
from telephony.core.call import QUEUE
from telephony.core.channel import Channel
from telephony.core.register import NOWHERE, Register
from telephony.core.watching import is_watcher

SENT, TAKES_OVER = "DeskTransfer", "DeskTakeOver"  # UserEvents of our dialplan


class Handing:
    def __init__(self, register: Register) -> None:
        self._register = register
        self._transfers = register.transfers

    def blind(self, report: pbx.BlindTransferred) -> None:
        mover = self._register.find_or_meet(report.transferer, report.at)
        moved = self._register.find_or_meet(report.transferee, report.at)
        if mover is None:
            return
        handover = self._transfers.blind(mover.track, mover, moved, report.exten, report.at)
        if handover and not report.success:
            handover.end("failed")
        self._register.touch(mover.track)

    def said(self, report: pbx.UserSaid) -> None:
        """What our dialplan tells: where a channel stands now, and that a client was sent into the queue."""
        if report.name == TAKES_OVER:
            self._taken_over(report)
            return
        channel = self._register.find(report.channel)
        if channel and report.name == SENT and report.fields.get("To") == QUEUE:
            by = self._register.parties.owner(report.fields.get("Device", "").rpartition("/")[2])
            self._transfers.into_queue(channel.track, channel, by, report.at)
            self._register.touch(channel.track)

    def _taken_over(self, report: pbx.UserSaid) -> None:
        """A supervisor's leg is about to fetch the client of a dispatcher's: from now on it is a leg of that call."""
        channels = self._register.wires.channels
        client, leg = channels.get(report.fields.get("Client", "")), channels.get(report.fields.get("From", ""))
        channel = self._register.find_or_meet(report.channel, report.at)
        if channel is None or client is None or leg is None:
            return
        if channel.track is not client.track:
            self._register.join(channel.track, client.track)
        channel.answered_at = channel.answered_at or report.at
        self._transfers.taken_over(client.track, leg, client, channel, report.at)
        self._register.touch(client.track)

    def attended(self, report: pbx.AttendedTransferred) -> None:
        first = self._register.find_or_meet(report.first, report.at)
        second = self._register.find_or_meet(report.second, report.at)
        held = self._register.find_or_meet(report.transferee, report.at)
        target = self._register.find_or_meet(report.target, report.at)
        if first is None or second is None or not report.success:
            return
        if second.track.older_than(first.track) or self._is_second_line(first):
            first, second, held, target = second, first, target, held  # told on the second line
        if second.track is not first.track:
            caller = second.track.caller
            if caller is second or (caller and self._register.parties.is_staff(self._register.parties.of(caller))):
                self._register.join(second.track, first.track)
        self._transfers.attended(first.track, (first, second), held, target, report.at)
        self._register.touch(first.track)

    def _is_second_line(self, channel: Channel) -> bool:
        return any(
            channel in handover.movers and channel in handover.sources and not handover.redirected
            for handover in channel.track.handovers
        )

    def placed(self, line: Channel) -> None:
        """A phone with a caller on hold places a call: a consultation, part of that call."""
        party = self._register.parties.of(line)
        if not self._register.parties.is_staff(party):
            return
        for mover in self._register.wires.channels.values():
            talked = mover.talked or mover.from_before
            if mover.held and talked and mover.track is not line.track and self._register.parties.of(mover) == party:
                self._register.join(line.track, mover.track)
                self._transfers.second_line(mover.track, mover, line)
                return

    def parked(self, report: pbx.CallParked) -> None:
        channel = self._register.find_or_meet(report.parkee, report.at)
        if channel is None or channel.parked:
            return
        channel.parked = True
        parker = self._register.parties.owner(report.parker.split("/", 1)[-1])
        self._transfers.parked(channel.track, channel, parker, report.space, report.at)
        self._register.touch(channel.track)

    def taken(self, report: pbx.ParkTaken) -> None:
        channel = self._register.find_or_meet(report.parkee, report.at)
        if channel is None:
            return
        channel.parked = False
        retriever = self._register.find_or_meet(report.retriever, report.at)
        if retriever and retriever.track is not channel.track:
            self._register.join(retriever.track, channel.track)
        self._transfers.taken(channel.track, channel, retriever)
        self._register.touch(channel.track)

    def not_taken(self, parkee: pbx.Chan, why: str) -> None:
        channel = self._register.find(parkee)
        if channel:
            channel.parked = False
            self._transfers.not_taken(channel.track, channel, why)
            self._register.touch(channel.track)

    def picked_up(self, report: pbx.PickedUp) -> None:
        picker, target = self._register.find(report.picker), self._register.find(report.target)
        if picker and target and picker.track is not target.track:
            self._register.join(picker.track, target.track)

    def held(self, report: pbx.Held) -> None:
        channel = self._register.find_or_meet(report.channel, report.at)
        if channel:
            channel.held = True
            self._register.touch(channel.track)

    def resumed(self, report: pbx.Resumed) -> None:
        channel = self._register.find(report.channel)
        if channel:
            channel.held = False
            self._register.touch(channel.track)

    def music_started(self, report: pbx.MusicStarted) -> None:
        channel = self._register.find_or_meet(report.channel, report.at)
        if channel:
            channel.music = True
            if channel.track.breaker is channel:
                channel.track.breaker = None  # it left a conversation, and lives on
            if self._transfers.music(channel.track, channel):
                self._register.touch(channel.track)

    def music_stopped(self, report: pbx.MusicStopped) -> None:
        channel = self._register.find(report.channel)
        if channel:
            channel.music = False

    def spied(self, report: pbx.Spied) -> None:
        """A supervisor's leg is no call; nor is that of somebody who dials a listening code of his PBX."""
        if is_watcher(report.spyer):
            self._register.meet(report.spyer, report.at)
            return
        spyer, spyee = self._register.find(report.spyer), self._register.find(report.spyee)
        if spyer and not (spyee and spyer.track is spyee.track):
            self._register.unmake(spyer.track, spyee.track.key if spyee else "", report.at)

    def originated(self, report: pbx.Originated) -> None:
        """Where a call placed by the PBX goes; one that nobody answered is named by the dial string only."""
        channel = self._register.wires.channels.get(report.uniqueid)
        tracks = [channel.track] if channel else self._register.tracks.values()
        for track in tracks:
            if not track.originated or report.exten in NOWHERE:
                continue
            phone = self._register.parties.of(track.caller) if track.caller else ""
            if channel or (not track.dialled and report.name.split("/")[-1] == phone):
                track.dialled = report.exten
                self._register.touch(track)
                return
