"""The call machine: it is told what the PBX reports and returns facts. It calls nobody and reads no clock."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from telephony.core import pbx
from telephony.core.call import Call
from telephony.core.channel import NOANSWER
from telephony.core.dialling import Dialling
from telephony.core.facts import Booted, Fact, MemberChanged, PhoneChanged, Said, ShuttingDown
from telephony.core.handing import Handing
from telephony.core.meeting import Meeting
from telephony.core.recovery import Recovery
from telephony.core.register import Register
from telephony.core.settling import CALLER_GONE
from telephony.core.waiting import Waiting

LATE_SECONDS = 0.1  # a hang-up is told at most so long after what it caused


class Board:
    """All live calls of one PBX.

    `internal`: a regular expression that tells numbers of staff from outside numbers.
    """

    def __init__(self, internal: str = r"^\d{2,4}$") -> None:
        self._register = Register(internal)
        self._off: dict[str, bool] = {}  # extensions whose light was seen
        dialling = Dialling(self._register)
        meeting = Meeting(self._register, dialling)
        waiting = Waiting(self._register, dialling)
        self._recovery = Recovery(self._register, meeting, waiting)
        self._handing = handing = Handing(self._register)
        self._hands: dict[type, Callable[[Any], None]] = {
            pbx.ChannelNew: self._born,
            pbx.ChannelChanged: self._changed,
            pbx.ChannelRenamed: self._renamed,
            pbx.HangupAsked: self._hangup_asked,
            pbx.ChannelGone: self._gone,
            pbx.DialBegun: dialling.begun,
            pbx.DialRinging: dialling.ringing,
            pbx.DialEnded: dialling.ended,
            pbx.BridgeEntered: meeting.entered,
            pbx.BridgeLeft: meeting.left,
            pbx.BridgeGone: meeting.gone,
            pbx.QueueJoined: waiting.joined,
            pbx.QueueLeft: waiting.left,
            pbx.QueueAbandoned: waiting.abandoned,
            pbx.AgentConnected: waiting.connected,
            pbx.BlindTransferred: handing.blind,
            pbx.AttendedTransferred: handing.attended,
            pbx.CallParked: handing.parked,
            pbx.ParkTaken: handing.taken,
            pbx.ParkTimedOut: lambda report: handing.not_taken(report.parkee, NOANSWER),
            pbx.ParkGivenUp: lambda report: handing.not_taken(report.parkee, CALLER_GONE),
            pbx.PickedUp: handing.picked_up,
            pbx.Held: handing.held,
            pbx.Resumed: handing.resumed,
            pbx.MusicStarted: handing.music_started,
            pbx.MusicStopped: handing.music_stopped,
            pbx.Spied: handing.spied,
            pbx.Originated: handing.originated,
        }

    @property
    def calls(self) -> Mapping[str, Call]:
        """The live calls by key, as they are now. An ended call is only in its last fact."""
        return {track.key: track.shown for track in self._register.tracks.values() if track.shown}

    def apply(self, report: pbx.Report) -> tuple[Fact, ...]:
        """Take one report; return what changed, in order. Never raises for a strange report."""
        hand = self._hands.get(type(report))
        if hand is not None:
            hand(report)
            return self._register.conclude(report.at)
        if isinstance(report, pbx.PhoneSeen):
            return self._phones((report,))
        if isinstance(report, pbx.UserSaid):
            self._handing.said(report)
        fact = passed_on(report)
        return ((fact,) if fact else ()) + self._register.conclude(report.at)

    def resync(self, snapshot: pbx.Snapshot, at: float) -> tuple[Fact, ...]:
        """Compare with what the PBX has now: calls that are gone end as lost, new ones appear; lights are told anew."""
        self._recovery.compare(snapshot, at)
        self._off.clear()
        return self._register.conclude(None) + self._phones(snapshot.phones)

    def forget(self, key: str) -> None:
        """Drop a live call without a fact."""
        track = self._register.tracks.get(key)
        if track is not None:
            track.shown = None
            self._register.unmake(track, "", None)

    def _phones(self, seen: Iterable[pbx.PhoneSeen]) -> tuple[Fact, ...]:
        """A light changes with every call of its telephone: only whether there is one is told, and once."""
        changed = [each for each in seen if self._off.get(each.extension) != each.is_off]
        self._off.update((each.extension, each.is_off) for each in changed)
        return tuple(PhoneChanged(each.extension, each.is_off) for each in changed)

    # --- the lives of channels ----------------------------------------------------------------------------------

    def _born(self, report: pbx.ChannelNew) -> None:
        seen = report.channel
        channel = self._register.find(seen) or self._register.meet(seen, report.at)
        if channel is None or channel.seen_born:
            return
        channel.seen_born, channel.party = True, None
        channel.ringing_in = seen.state == "Ring" and not channel.local
        channel.at = report.at if report.at is not None else channel.at
        track = channel.track
        if seen.uniqueid == track.key:
            track.started_at = channel.at
            if channel.dial is None and not channel.local:
                self._register.name_caller(track, channel)
                if channel.ringing_in:
                    self._handing.placed(channel)
            self._register.touch(channel.track)

    def _changed(self, report: pbx.ChannelChanged) -> None:
        channel = self._register.find_or_meet(report.channel, report.at)
        if channel:
            self._register.learn(channel, report.channel)

    def _renamed(self, report: pbx.ChannelRenamed) -> None:
        channel = self._register.wires.channels.get(report.uniqueid)
        if channel and report.new:
            self._register.wires.rename(channel, report.new)
            self._register.touch(channel.track)

    def _hangup_asked(self, report: pbx.HangupAsked) -> None:
        channel = self._register.find(report.channel)
        if channel is None or channel.asked:
            return
        channel.asked, channel.cause = True, report.cause or channel.cause
        track = channel.track
        if channel is track.caller and track.left_queue and not track.talked:
            self._register.touch(track)
            at, left_at = report.at, track.left_queue_at
            track.abandoned = at is None or left_at is None or at - left_at < LATE_SECONDS
        main = track.main()
        if channel.local or track.closer or self._register.transfers.left_by(track, channel):
            return
        if channel is main or (main and main in self._register.wires.talking(channel)):
            track.closer = channel

    def _gone(self, report: pbx.ChannelGone) -> None:
        channel = self._register.find(report.channel)
        if channel is None:
            self._register.bury(report.channel.uniqueid)
            self._register.watcher_gone(report.channel.uniqueid)
            return
        channel.cause = channel.cause or report.cause
        self._register.drop(channel, report.at)


def passed_on(report: pbx.Report) -> Fact | None:
    """What the board only passes on."""
    match report:
        case pbx.UserSaid():
            return Said(report.name, report.fields, report.at)
        case pbx.QueueMemberSeen():
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
        case pbx.BootFinished():
            return Booted(report.at)
        case pbx.ShutdownBegun():
            return ShuttingDown(report.at)
    return None
