"""A client waits in a parking slot until somebody takes him, at whatever desk."""

from telephony.sim.channel import Bridge, Channel, Place, Redirected
from telephony.sim.dial import Dial
from telephony.sim.pbx import Pbx
from telephony.sim.recording import Recorder
from telephony.sim.walk import Walk, at, client_header

SLOTS = tuple(str(number) for number in range(701, 721))


class Parking:
    """deploy/asterisk/dialplan: park."""

    def __init__(self, pbx: Pbx, dial: Dial, recorder: Recorder) -> None:
        self._pbx = pbx
        self._dial = dial
        self._recorder = recorder
        self._lot: Bridge | None = None
        self.contexts: dict[str, Walk] = {
            "desk-park": self._park,
            "desk-parked": self._taken,
            "desk-unpark": self._unpark,
        }

    async def _park(self, client: Channel) -> Place:
        by = client.place.exten
        client.variables.update(DESK_OWNER="", DESK_AT="park", DESK_DEV=f"PJSIP/{by}")
        client.variables.setdefault("DESK_CLIENT", client.uniqueid)
        taken = {channel.parked_at for channel in self._pbx.channels.values()}
        slot = next((each for each in SLOTS if each not in taken), "")
        at(client, 7)
        self._pbx.user_event("DeskPark", client, client_header(client), ("By", by), ("Slot", slot))
        if not slot:
            return Place("desk-home", "full")
        at(client, 8)
        client.parked_at = slot
        self._pbx.park_event("ParkedCall", client)
        if self._lot is None or not self._lot.channels:
            self._lot = self._pbx.lot()
        self._pbx.join(self._lot, client)
        self._pbx.start_music(client)
        try:
            await self._pbx.until(client)
        finally:
            if client.parked_at and client.place.context != "desk-parked":
                self._pbx.park_event("ParkedCallGiveUp", client)
            client.parked_at = ""
            self._pbx.stop_music(client)
        raise AssertionError("nobody waits for ever")

    async def _unpark(self, leg: Channel) -> None:
        slot = leg.place.exten
        client = next((each for each in self._pbx.channels.values() if each.parked_at == slot), None)
        self._pbx.answered(leg)
        if client is None or client.interrupt.done():
            return
        client.variables["DESK_AT"] = "talk"
        leg.variables["DESK_C"] = client.uniqueid
        self._dial.record(client, leg)
        at(leg, 8)
        self._pbx.park_event("UnParkedCall", client, leg)
        self._pbx.leave(client)
        client.place = Place("desk-parked", client.place.exten, 8)
        client.interrupt.set_result(Redirected(client.place))
        bridge = self._pbx.bridge(client, leg)
        self._recorder.start(leg.uniqueid)
        try:
            await self._pbx.until_parted(leg, bridge)
        finally:
            self._pbx.leave(leg)
        self._dial.stop_recording(leg)

    async def _taken(self, client: Channel) -> Place:
        client.place = Place("desk-park", client.place.exten, 8)
        if client.bridge:
            await self._pbx.until_parted(client, client.bridge)
        self._pbx.leave(client)
        return Place("desk-end", "s")
