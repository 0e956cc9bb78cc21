"""Queues: who waits, who gives up, who is connected."""

from telephony.core import pbx
from telephony.core.dialling import Dialling
from telephony.core.register import Register


class Waiting:
    def __init__(self, register: Register, dialling: Dialling) -> None:
        self._register = register
        self._dialling = dialling

    def joined(self, report: pbx.QueueJoined) -> None:
        channel = self._register.find_or_meet(report.channel, report.at)
        if channel is None:
            return
        track = channel.track
        if not (track.answered_by and track.queue):
            track.queue = report.queue
        track.left_queue = track.abandoned = False
        for moved in self._register.lines.join(report.queue, track, channel, report.place):
            self._register.touch(moved)
        self._register.transfers.queued(track, channel)
        track.resume()
        self._register.touch(track)

    def left(self, report: pbx.QueueLeft) -> None:
        channel = self._register.find(report.channel)
        if channel:
            self._register.leave_queue(channel.track)

    def abandoned(self, report: pbx.QueueAbandoned) -> None:
        """The PBX says so of a time-out and of a withdrawal too: it counts only where the caller hung up."""
        channel = self._register.find(report.channel)
        if channel is None:
            return
        track = channel.track
        track.left_queue, track.left_queue_at = True, report.at
        if channel.asked and not track.talked:
            track.abandoned = True
        self._register.touch(track)

    def connected(self, report: pbx.AgentConnected) -> None:
        channel, agent = self._register.find(report.channel), self._register.find(report.agent)
        if channel is None or agent is None:
            return
        if agent.dial is None:
            self._dialling.begin(channel, agent, "", report.at)
        if agent.dial:
            self._dialling.answer(agent.dial, report.at)
