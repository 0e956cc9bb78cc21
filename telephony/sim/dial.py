"""The applications Dial and Bridge: one party calls another, they talk, one of them leaves."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from telephony.sim.channel import BUSY, NORMAL, Channel, HungUp, Party, Place, Redirected, State
from telephony.sim.pbx import TRUNK, Pbx
from telephony.sim.queue import inherited
from telephony.sim.recording import Recorder

NO_ANSWER = "NOANSWER"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to dial. `number` is for the trunk alone."""

    device: str
    dial_string: str
    number: str = ""
    answers_itself: bool = False


@dataclass(frozen=True, slots=True)
class Dialled:
    status: str  # ANSWER, BUSY, NOANSWER, CHANUNAVAIL
    cause: int
    leg: Channel | None = None


class Dial:
    def __init__(self, pbx: Pbx, recorder: Recorder, adopt: Callable[[Channel, Place], None]) -> None:
        self._pbx = pbx
        self._recorder = recorder
        self._adopt = adopt  # a leg that was redirected away goes on by itself

    async def call(self, caller: Channel, target: Target, *, seconds: float, music: bool) -> Dialled:
        """Ring the target for a client; what they say is recorded on the leg that answers."""
        return await self._call(caller, target, seconds, music, lambda leg: self.record(caller, leg))

    async def ring(self, caller: Channel, target: Target, *, seconds: float, music: bool) -> Dialled:
        """Ring the target until it answers, refuses, or the time is up. Raises what interrupts the caller."""
        return await self._call(caller, target, seconds, music, lambda leg: None)

    async def _call(
        self, caller: Channel, target: Target, seconds: float, music: bool, answered_by: Callable[[Channel], None]
    ) -> Dialled:
        leg = self._begin(caller, target, music)
        try:
            answered = await self._pbx.until(caller, leg.up, leg.interrupt, seconds=seconds)
        except (HungUp, Redirected) as why:
            self._pbx.stop_music(caller)
            self._pbx.dial_event("DialEnd", caller, leg, ("DialStatus", "CANCEL"))
            self._pbx.end(leg, NORMAL if isinstance(why, HungUp) else 0)
            raise
        if leg.interrupt.done():
            return self._refused(caller, leg)
        if not answered:
            self._end(caller, leg, NO_ANSWER)
            self._pbx.end(leg, 0)
            return Dialled(NO_ANSWER, 0)
        answered_by(leg)
        self._end(caller, leg, "ANSWER")
        if caller.state is not State.UP:
            self._pbx.set_state(caller, State.UP)
        leg.place = Place(leg.place.context, "")
        return Dialled("ANSWER", NORMAL, leg)

    def _begin(self, caller: Channel, target: Target, music: bool) -> Channel:
        leg = self._pbx.new_leg(target.device, caller)
        leg.variables = inherited(caller)
        leg.answers_itself = target.answers_itself
        leg.dialled = target.number
        leg.application, leg.data = "AppDial", "(Outgoing Line)"
        leg.place = Place(leg.place.context, caller.place.exten)
        if target.device == TRUNK:
            leg.connected = caller.caller
            self._pbx.set_caller(leg, Party(target.number))
            self._pbx.connect_line(leg, caller.caller)
            own, leg.place = leg.place, Place("outside-identity", "s")
            self._pbx.set_caller(leg, Party(caller.variables.get("DESK_SHOWN") or self._pbx.city))
            leg.place = own
        else:
            self._pbx.connect_line(leg, caller.caller)
        self._pbx.dial_event("DialBegin", caller, leg, ("DialString", target.dial_string))
        if music:
            self._pbx.start_music(caller)
        self._pbx.connect_line(caller, leg.caller)
        self._pbx.invite(leg)
        return leg

    def _end(self, caller: Channel, leg: Channel, status: str) -> None:
        self._pbx.dial_event("DialEnd", caller, leg, ("DialStatus", status))
        self._pbx.stop_music(caller)

    def _refused(self, caller: Channel, leg: Channel) -> Dialled:
        cause = leg.cause
        self._end(caller, leg, "BUSY" if cause == BUSY else NO_ANSWER)
        self._pbx.end(leg, cause)
        return Dialled("BUSY" if cause == BUSY else "CHANUNAVAIL", cause)

    def record(self, client: Channel, leg: Channel) -> None:
        """A new segment on the leg that answered or fetched the client."""
        leg.recording += 1
        file = f"{client.variables.get('DISP_CALL') or client.uniqueid}-{leg.uniqueid}-{leg.recording}.wav"
        own = leg.place
        leg.place = Place("desk-record", "s", 4)
        self._pbx.say("MixMonitorStart", leg)
        leg.place = Place("desk-record", "s", 5)
        headers = (("Client", client.uniqueid), ("Leg", leg.uniqueid), ("File", file))
        self._pbx.user_event("DeskRecord", leg, *headers)
        leg.place = own
        self._recorder.begin(leg.uniqueid, file, client.caller.number, leg.caller.number)

    def stop_recording(self, leg: Channel) -> None:
        if self._recorder.end(leg.uniqueid):
            own, leg.place = leg.place, Place("desk-record-stop", "s")
            self._pbx.say("MixMonitorStop", leg)
            leg.place = own

    async def talk(self, caller: Channel, leg: Channel, over: Callable[[str], None] | None = None) -> None:
        """Bridge the two until one leaves; `over` is told who hung up, "caller" or "agent", before they part.

        Returns when the leg has left and the caller goes on; raises what interrupted the caller.
        """
        pbx = self._pbx
        pbx.bridge(leg, caller)
        self._recorder.start(leg.uniqueid)
        await asyncio.wait({caller.interrupt, leg.interrupt}, return_when=asyncio.FIRST_COMPLETED)
        moved = leg.interrupt.result() if leg.interrupt.done() else None
        gone = isinstance(moved, HungUp)
        ended = isinstance(caller.interrupt.result(), HungUp) if caller.interrupt.done() else gone
        if over and ended:
            over("agent" if gone else "caller")
        for channel in (leg, caller) if gone else (caller, leg):
            pbx.leave(channel)
        if isinstance(moved, Redirected):
            self._adopt(leg, moved.place)
        else:
            self._recorder.end(leg.uniqueid)
            pbx.end(leg, leg.cause or NORMAL)
        if caller.interrupt.done():
            raise caller.interrupt.result()
