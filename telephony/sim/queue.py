"""The queue of the desk: strategy ringall, autofill, no phone rung that is in use; as app_queue does it.

Its traits that matter here, all seen on the real one: a caller who waits looks once a second, or at a key, whether it
is his turn, and only then notices that he was withdrawn; one with whom phones ring looks when they have stopped.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telephony.sim.channel import ELSEWHERE, Channel, Place, State
from telephony.sim.members import Member, QueueRefusal, Roster
from telephony.sim.wire import Header

if TYPE_CHECKING:
    from telephony.sim.pbx import Pbx

RING_SECONDS = 15.0
RETRY_SECONDS = 1.0
LOOK_SECONDS = 1.0


class Withdrawn(Exception):
    """Somebody asked the caller back out of the queue, with this information."""


class TimedOut(Exception):
    """He waited as long as the dialplan lets him."""


@dataclass(eq=False, slots=True)
class Entry:
    channel: Channel
    priority: int
    original: int = 0
    joined: float = field(default_factory=time.time)
    withdraw: str | None = None
    pending: bool = False  # phones ring with him


@dataclass(frozen=True, slots=True)
class Answer:
    leg: Channel
    hold: int  # whole seconds that the caller waited


class Queue:
    """One queue, its waiting callers in order and its members."""

    def __init__(self, name: str, pbx: "Pbx") -> None:
        self.name = name
        self.entries: list[Entry] = []
        self.roster = Roster(name, device_state=pbx.device_state, tell=pbx.tell, lamp=pbx.queue_device)
        self.completed = 0
        self.abandoned = 0
        self._pbx = pbx

    # --- callers --------------------------------------------------------------------------------------------------

    async def wait(self, channel: Channel, *, priority: int, position: int | None, seconds: float) -> Answer:
        """The leg of the member who answered. Raises Withdrawn, TimedOut, HungUp, Redirected."""
        entry = Entry(channel, priority)
        deadline = entry.joined + seconds
        self._join(entry, position)
        try:
            while True:
                await self._turn(entry, deadline)
                leg = await self._call_members(entry, deadline)
                if leg:
                    break
                await self._pbx.until_key(channel, RETRY_SECONDS)
                if entry.withdraw is not None:
                    raise Withdrawn(entry.withdraw)
        except (Withdrawn, TimedOut):
            self._abandon(entry)
            raise
        except BaseException:
            self._pbx.stop_music(channel)
            self._abandon(entry)
            raise
        self._pbx.stop_music(channel)
        self._leave(entry)
        return Answer(leg, waited(entry))

    def _join(self, entry: Entry, position: int | None) -> None:
        place = len(self.entries)
        for index, other in enumerate(self.entries):
            if entry.priority > other.priority or (
                position is not None and index + 1 >= position and entry.priority >= other.priority
            ):
                place = index
                break
        self.entries.insert(place, entry)
        entry.original = place + 1
        self._lamp()
        self._say("QueueCallerJoin", entry.channel, ("Position", str(place + 1)), ("Count", str(len(self.entries))))
        self._pbx.start_music(entry.channel)

    def _abandon(self, entry: Entry) -> None:
        self.abandoned += 1
        self._say(
            "QueueCallerAbandon",
            entry.channel,
            ("Position", str(self.entries.index(entry) + 1)),
            ("OriginalPosition", str(entry.original)),
            ("HoldTime", str(waited(entry))),
        )
        self._pbx.stop_music(entry.channel)
        self._leave(entry)

    def _leave(self, entry: Entry) -> None:
        place = self.entries.index(entry) + 1
        self.entries.remove(entry)
        self._lamp()
        self._say("QueueCallerLeave", entry.channel, ("Position", str(place)), ("Count", str(len(self.entries))))

    async def _turn(self, entry: Entry, deadline: float) -> None:
        while not self._is_turn(entry):
            if time.time() >= deadline:
                raise TimedOut
            await self._pbx.until_key(entry.channel, LOOK_SECONDS)
            if entry.withdraw is not None:
                raise Withdrawn(entry.withdraw)

    def _is_turn(self, entry: Entry) -> bool:
        ahead = self.entries[: self.entries.index(entry)]
        return bool(self.roster.available()) and all(other.pending for other in ahead)

    # --- ringing --------------------------------------------------------------------------------------------------

    async def _call_members(self, entry: Entry, deadline: float) -> Channel | None:
        """Ring all who are free with him; the leg that answered, or None when none did."""
        entry.pending = True
        entry.channel.key.clear()
        legs: dict[Channel, Member] = {}
        began = time.time()
        try:
            for member in self.roster.available():
                legs[self._call(entry.channel, member)] = member
            until = min(began + RING_SECONDS, deadline)
            while legs:
                left = until - time.time()
                waited_for: list[asyncio.Future[Any]] = [f for leg in legs for f in (leg.up, leg.interrupt)]
                if left <= 0 or not await self._pbx.until(entry.channel, *waited_for, seconds=left):
                    break
                for leg in list(legs):
                    if leg.interrupt.done():
                        self._no_answer(entry, leg, legs.pop(leg), began)
                        self._pbx.end(leg, leg.cause)
                    elif leg.up.done():
                        self._answer(entry, leg, legs)
                        return leg
        except BaseException:
            self._pbx.stop_music(entry.channel)
            self._cancel(entry.channel, legs)
            self._cancel(entry.channel, legs)
            for leg in legs:
                self._pbx.end(leg, 0)
            raise
        finally:
            entry.pending = False
        for leg, member in legs.items():
            self._no_answer(entry, leg, member, began)
            self._pbx.end(leg, 0)
        return None

    def _call(self, caller: Channel, member: Member) -> Channel:
        leg = self._pbx.new_leg(member.interface, caller)
        self._pbx.connect_line(leg, caller.caller)
        leg.place = Place(leg.place.context, caller.place.exten)
        leg.variables = inherited(caller)
        leg.application, leg.data = "AppQueue", "(Outgoing Line)"
        who = (("Queue", self.name), ("Interface", member.interface), ("MemberName", member.name))
        self._pbx.tell("AgentCalled", "agent", *caller.headers(), *leg.headers("Dest"), *who)
        self._pbx.dial_event("DialBegin", caller, leg, ("DialString", member.interface))
        self._pbx.invite(leg)
        return leg

    def _no_answer(self, entry: Entry, leg: Channel, member: Member, began: float) -> None:
        rang = leg.state is State.RINGING
        status = "NOANSWER" if rang else "BUSY"
        self._pbx.dial_event("DialEnd", entry.channel, leg, ("DialStatus", status))
        self._agent("AgentRingNoAnswer", entry, leg, member, ("RingTime", str(int(time.time() - began) * 1000)))

    def _cancel(self, caller: Channel, legs: dict[Channel, Member]) -> None:
        for leg in legs:
            self._pbx.dial_event("DialEnd", caller, leg, ("DialStatus", "CANCEL"))

    def _answer(self, entry: Entry, leg: Channel, legs: dict[Channel, Member]) -> None:
        legs[leg].in_call = True
        others = {other: member for other, member in legs.items() if other is not leg}
        self._pbx.dial_event("DialEnd", entry.channel, leg, ("DialStatus", "ANSWER"))
        self._cancel(entry.channel, others)
        self._pbx.connect_line(entry.channel, leg.caller)
        self._cancel(entry.channel, others)
        for other in others:
            self._pbx.end(other, ELSEWHERE)

    # --- the talk -------------------------------------------------------------------------------------------------

    def member_of(self, leg: Channel) -> Member | None:
        return self.roster.members.get(leg.device)

    def connect(self, caller: Channel, leg: Channel, hold: int) -> None:
        name = self.name_of(leg)
        self._agent_event("AgentConnect", caller, leg, name, ("HoldTime", str(hold)), ("RingTime", "0"))

    def complete(self, caller: Channel, leg: Channel, *, hold: int, talk: int, reason: str) -> None:
        self.completed += 1
        self._agent_event(
            "AgentComplete",
            caller,
            leg,
            self.name_of(leg),
            ("HoldTime", str(hold)),
            ("TalkTime", str(talk)),
            ("Reason", reason),
        )

    def complete_alone(self, caller: Channel, interface: str, member: str, *, hold: int, talk: int) -> None:
        """The same for a caller who was sent on: the member's leg is gone long since."""
        self.completed += 1
        who = (("Queue", self.name), ("Interface", interface), ("MemberName", member))
        times = (("HoldTime", str(hold)), ("TalkTime", str(talk)), ("Reason", "caller"))
        self._pbx.say("AgentComplete", caller, *who, *times, privilege="agent")

    def release(self, leg: Channel) -> None:
        """The member's talk is over."""
        member = self.member_of(leg)
        if member:
            member.in_call = False
            member.taken += 1
            member.last_call = int(time.time())

    def name_of(self, leg: Channel) -> str:
        member = self.member_of(leg)
        return member.name if member else leg.device

    def _agent(self, name: str, entry: Entry, leg: Channel, member: Member, *extra: Header) -> None:
        self._agent_event(name, entry.channel, leg, member.name, *extra)

    def _agent_event(self, name: str, caller: Channel, leg: Channel, member: str, *extra: Header) -> None:
        who = (("Queue", self.name), ("Interface", leg.device), ("MemberName", member))
        self._pbx.tell(name, "agent", *caller.headers(), *leg.headers("Dest"), *who, *extra)

    def withdraw(self, caller: str, info: str) -> None:
        """Ask a waiting caller back into the dialplan. By the name of his channel, not by its uniqueid."""
        entry = next((e for e in self.entries if e.channel.name == caller), None)
        if entry is None:
            raise QueueRefusal("Unable to request withdraw from queue: No such caller")
        if entry.withdraw is not None:
            raise QueueRefusal("Unable to request withdraw from queue: Already requested")
        entry.withdraw = info

    # --- lamps ----------------------------------------------------------------------------------------------------

    def _say(self, name: str, channel: Channel, *extra: Header) -> None:
        self._pbx.say(name, channel, ("Queue", self.name), *extra, privilege="agent")

    def _lamp(self) -> None:
        self._pbx.queue_device(f"Queue:{self.name}", "RINGING" if self.entries else "NOT_INUSE")


def waited(entry: Entry) -> int:
    return round(time.time() - entry.joined)


def inherited(caller: Channel) -> dict[str, str]:
    """The variables that a dialled leg takes over: DISP_CALL and DESK_CLIENT are set with two underscores."""
    return {name: caller.variables[name] for name in ("DISP_CALL", "DESK_CLIENT") if name in caller.variables}
