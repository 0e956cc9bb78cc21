"""After a connect: what we believed, compared with what the PBX has now."""

from telephony.core import pbx
from telephony.core.channel import Channel, Dial
from telephony.core.meeting import Meeting
from telephony.core.naming import is_pair
from telephony.core.places import CONSULTS, SENT
from telephony.core.register import Register
from telephony.core.waiting import Waiting

RUNG_BY = ("AppDial", "AppQueue")  # the application of a channel that Dial or Queue rings


class Recovery:
    def __init__(self, register: Register, meeting: Meeting, waiting: Waiting) -> None:
        self._register = register
        self._meeting = meeting
        self._waiting = waiting

    def compare(self, snapshot: pbx.Snapshot, at: float) -> None:
        self._end_the_lost(snapshot, at)
        bridges = {each.uniqueid: each for each in snapshot.bridges}
        callers_first = sorted(snapshot.channels, key=lambda each: each.channel.uniqueid != each.channel.linkedid)
        rung = [channel for entry in callers_first if (channel := self._see(entry, at))]
        for channel in rung:
            self._rung(channel)
        for entry in callers_first:
            self._place(entry, bridges, at)
        for queue in {each.queue for each in snapshot.queue} | self._register.lines.names():
            self._line_up(queue, [each for each in snapshot.queue if each.queue == queue])
        for parked in snapshot.parked:
            self._park(parked, at)

    def _end_the_lost(self, snapshot: pbx.Snapshot, at: float) -> None:
        present = {entry.channel.uniqueid for entry in snapshot.channels}
        for uniqueid in set(self._register.wires.watchers) - present:
            self._register.stop_watching(uniqueid)
        for channel in list(self._register.wires.channels.values()):
            if channel.uniqueid in present:
                continue
            track = channel.track
            self._register.drop(channel, at)
            if not track.live:
                restarted = snapshot.booted_at is not None and (track.started_at or at) < snapshot.booted_at
                track.lost = "lost_pbx" if restarted else "lost_link"

    def _see(self, entry: pbx.ChannelEntry, at: float) -> Channel | None:
        """A channel that we did not know and that another one rings."""
        seen = entry.channel
        if self._register.find(seen) is not None:
            return None
        rung = entry.application in RUNG_BY
        born = None if entry.seconds is None else at - entry.seconds
        channel = self._register.meet(seen, born) if rung else self._register.find_or_meet(seen, born)
        if channel is None:
            return None
        channel.party = None
        if is_pair(channel.track.key) and not rung and seen.state == "Up":
            channel.answered_at = born
        channel.ringing_in = not rung and not channel.local and entry.application != "AppDial2"
        return channel if rung else None

    def _rung(self, channel: Channel) -> None:
        """By the desk's leg that consults, else by the caller."""
        others = [each for each in channel.track.live.values() if each is not channel]
        asks = next((each for each in others if each.context == CONSULTS), channel.track.caller)
        if asks is None or asks is channel or channel.local:
            return
        dial = Dial(asks, channel, "", channel.at, rang=True)
        asks.dials.append(dial)
        if asks.context == CONSULTS:
            self._consulted(asks, dial)
        elif asks.context == SENT:
            self._register.transfers.resumed(channel.track, asks, asks.argument.partition("-")[2], dial)

    def _consulted(self, leg: Channel, dial: Dial) -> None:
        """The client on hold is whom the leg was talking with."""
        client = self._register.wires.channels.get(leg.argument.partition("-")[2])
        if client is not None and client.track is leg.track:
            leg.talked, client.talked = leg.talked or (client,), client.talked or (leg,)
            self._register.transfers.dialled(leg.track, dial)

    def _place(self, entry: pbx.ChannelEntry, bridges: dict[str, pbx.Bridge], at: float) -> None:
        channel = self._register.wires.channels.get(entry.channel.uniqueid)
        if channel is None:
            return
        if entry.held is not None and entry.held is not channel.held:
            channel.held = entry.held
            self._register.touch(channel.track)
        if entry.bridge:
            bridge = bridges.get(entry.bridge) or pbx.Bridge(entry.bridge)
            self._meeting.entered(
                pbx.BridgeEntered(at, bridge, entry.channel)
            )  # answered when we looked, at the latest
        else:
            self._register.leave_room(channel)

    def _line_up(self, queue: str, entries: list[pbx.QueueEntry]) -> None:
        present = {each.uniqueid for each in entries}
        for track in self._register.lines.waiting(queue):
            if track.waiting and track.waiting.uniqueid not in present:
                self._register.leave_queue(track)
        for entry in sorted(entries, key=lambda each: each.place):
            channel = self._register.wires.channels.get(entry.uniqueid)
            if channel and channel.track.waiting is not channel:
                seen = pbx.Chan(channel.uniqueid, channel.name)
                self._waiting.joined(pbx.QueueJoined(None, seen, queue, entry.place))

    def _park(self, parked: pbx.ParkedEntry, at: float) -> None:
        channel = self._register.wires.channels.get(parked.uniqueid)
        if channel and not channel.parked:
            channel.parked = True
            self._register.transfers.parked(channel.track, channel, "", parked.space, at)
            self._register.touch(channel.track)
