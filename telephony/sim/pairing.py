"""Two people outside are connected: the first was called by the server, and has answered."""

from telephony.sim.channel import Channel
from telephony.sim.dial import Dial
from telephony.sim.pbx import Pbx
from telephony.sim.walk import Walk, at, desk_target

TOLD_SECONDS = 3.0  # the busy tone for the first, when the second is not to be had


class Pairing:
    """deploy/asterisk/dialplan: pair."""

    def __init__(self, pbx: Pbx, dial: Dial) -> None:
        self._pbx = pbx
        self._dial = dial
        self.contexts: dict[str, Walk] = {"desk-pair": self._pair}

    async def _pair(self, first: Channel) -> None:
        first.variables["DESK_CLIENT"] = first.uniqueid
        target = desk_target(first.place.exten)
        if target is not None:
            at(first, 5)
            seconds = float(first.variables["DESK_PAIR"])
            done = await self._dial.call(first, target, seconds=seconds, music=False)
            if done.leg is not None:
                await self._dial.talk(first, done.leg)
                return
        at(first, 8)
        await self._pbx.until(first, seconds=TOLD_SECONDS)
