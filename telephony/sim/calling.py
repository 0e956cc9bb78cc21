"""What the phones of the office dial: each other, and the outside."""

from telephony.sim.channel import BUSY, Channel, HungUp, Place, State
from telephony.sim.dial import Dial, Target
from telephony.sim.parking import SLOTS
from telephony.sim.pbx import STAFF, Pbx
from telephony.sim.walk import Walk, at, desk_target, refuses

RING_SECONDS = 20.0
OUTSIDE_SECONDS = 40.0
BUSY_SECONDS = 2.0  # who has been answered hears the busy tone


class Calling:
    """deploy/asterisk/dialplan: staff."""

    def __init__(self, pbx: Pbx, dial: Dial) -> None:
        self._pbx = pbx
        self._dial = dial
        self.contexts: dict[str, Walk] = {"staff": self._staff, "staff-direct": self._staff_direct}

    async def _staff(self, caller: Channel) -> Place | None:
        number = caller.place.exten.removeprefix("+")
        caller.variables.setdefault("DISP_CALL", caller.uniqueid)
        if number in STAFF:
            return Place("staff-direct", number)
        if number in SLOTS:
            return Place("desk-unpark", number)
        target = desk_target(number)
        if target is None:
            raise HungUp(1)
        caller.place = Place("staff", number, 3)
        await self._ring(caller, target, OUTSIDE_SECONDS)
        return None

    async def _staff_direct(self, caller: Channel) -> None:
        target = desk_target(caller.place.exten)
        if target is None:
            raise HungUp(20)
        if refuses(self._pbx, caller.place.exten):
            at(caller, 9)
            if caller.state is State.UP:
                await self._pbx.until(caller, seconds=BUSY_SECONDS)
            raise HungUp(BUSY)
        at(caller, 4)
        await self._ring(caller, target, RING_SECONDS)

    async def _ring(self, caller: Channel, target: Target, seconds: float) -> None:
        caller.variables["DESK_CLIENT"] = caller.uniqueid
        self._pbx.device_changed(caller.device)
        done = await self._dial.call(caller, target, seconds=seconds, music=False)
        if done.leg:
            await self._dial.talk(caller, done.leg)
        at(caller, caller.place.priority + 1)
        if done.leg is None:
            raise HungUp(done.cause)
