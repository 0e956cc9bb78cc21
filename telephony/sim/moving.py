"""Where the desk sends a client whom it talks to: on hold and back, to somebody else, and home when that fails."""

import time

from telephony.sim.channel import Channel, Place, Redirected
from telephony.sim.dial import Dial, Target
from telephony.sim.pbx import Pbx
from telephony.sim.recording import Recorder
from telephony.sim.waiting import END_SECONDS
from telephony.sim.walk import Walk, at, client_header, desk_target

RING_SECONDS = 20.0
BACK_SECONDS = 12.0
HOLD_SECONDS = 120
POLL_SECONDS = 2.0


class Moving:
    """deploy/asterisk/dialplan: hold, home, transfer, and of consult desk-take alone."""

    def __init__(self, pbx: Pbx, dial: Dial, recorder: Recorder) -> None:
        self._pbx = pbx
        self._dial = dial
        self._recorder = recorder
        self.contexts: dict[str, Walk] = {
            "desk-transfer": self._transfer,
            "desk-home": self._home,
            "desk-hold": self._hold,
            "desk-idle": self._idle,
            "desk-take": self._take,
            "desk-taken": self._taken,
            "desk-after": self._after,
            "desk-free": self._free,
        }

    async def _transfer(self, client: Channel) -> Place:
        number, _, sender = client.place.exten.partition("-")
        client.variables.update(DESK_OWNER="", DESK_AT="transfer", DESK_DEV=f"PJSIP/{sender}")
        client.variables.setdefault("DESK_CLIENT", client.uniqueid)
        at(client, 10)
        device = client.variables["DESK_DEV"]
        self._pbx.user_event("DeskTransfer", client, client_header(client), ("To", number), ("Device", device))
        target = desk_target(number)
        if target is None:
            return Place("desk-home", "notarget")
        at(client, 11)
        done = await self._dial.call(client, target, seconds=RING_SECONDS, music=True)
        if done.leg is None:
            return Place("desk-home", done.status.lower())
        client.variables["DESK_AT"] = "talk"
        await self._dial.talk(client, done.leg)
        return Place("desk-end", "s")

    async def _home(self, client: Channel) -> Place:
        why, device = client.place.exten, client.variables.get("DESK_DEV", "")
        client.variables.update(DESK_OWNER="", DESK_AT="home")
        at(client, 4)
        self._pbx.user_event("DeskHome", client, client_header(client), ("Why", why), ("Device", device))
        if not device:
            return Place("desk-queue", "s")
        self._pbx.start_music(client)
        await self._pbx.until(client, seconds=1.0)
        self._pbx.stop_music(client)
        if self._pbx.device_state(device) != "NOT_INUSE":
            return Place("desk-queue", "s")
        at(client, 9)
        self._pbx.user_event("DeskReturn", client, client_header(client), ("Device", device), ("Why", why))
        at(client, 10)
        target = Target(device, device.removeprefix("PJSIP/"))
        done = await self._dial.call(client, target, seconds=BACK_SECONDS, music=True)
        if done.leg is None:
            return Place("desk-queue", "s")
        client.variables["DESK_AT"] = "talk"
        await self._dial.talk(client, done.leg)
        return Place("desk-end", "s")

    async def _hold(self, client: Channel) -> Place:
        owner = client.place.exten
        leg = self._pbx.channels.get(owner)
        client.variables.update(DESK_OWNER=owner, DESK_AT="hold")
        client.variables.setdefault("DESK_CLIENT", client.uniqueid)
        if leg:
            client.variables["DESK_DEV"] = leg.device
        until = int(time.time()) + HOLD_SECONDS
        at(client, 8)
        self._pbx.user_event("DeskHold", client, client_header(client), ("Owner", owner), ("Until", str(until)))
        at(client, 13)
        while time.time() < until:
            if owner not in self._pbx.channels:
                return Place("desk-home", "lost")
            self._pbx.start_music(client)
            await self._pbx.until(client, seconds=POLL_SECONDS)
            self._pbx.stop_music(client)
        self._pbx.user_event("DeskLimit", client, client_header(client), ("Owner", owner))
        return Place("desk-home", "limit")

    async def _idle(self, leg: Channel) -> Place:
        leg.variables["DESK_C"] = leg.place.exten
        self._dial.stop_recording(leg)
        at(leg, 6)
        self._pbx.user_event("DeskIdle", leg, ("Client", leg.place.exten), ("Leg", leg.uniqueid))
        while self._owns(leg):
            await self._pbx.until(leg, seconds=1.0)
        return Place("desk-free", "s")

    def _owns(self, leg: Channel) -> bool:
        client = self._pbx.channels.get(leg.variables.get("DESK_C", ""))
        return client is not None and client.variables.get("DESK_OWNER") == leg.uniqueid

    async def _take(self, leg: Channel) -> Place:
        leg.variables["DESK_C"] = leg.place.exten
        client = self._pbx.channels.get(leg.place.exten)
        if client is None or not self._owns(leg) or client.bridge:
            return Place("desk-free", "s")
        client.variables["DESK_AT"] = "talk"
        at(leg, 11)
        self._pbx.user_event("DeskBack", leg, client_header(client), ("Leg", leg.uniqueid))
        self._dial.record(client, leg)
        at(leg, 13)
        self._pbx.stop_music(client)
        if not client.interrupt.done():  # his own channel leaves the music and sits in our bridge
            client.interrupt.set_result(Redirected(Place("desk-taken", client.place.exten, 14)))
        at(client, 14)
        bridge = self._pbx.bridge(client, leg)
        self._recorder.start(leg.uniqueid)
        await self._pbx.until_parted(leg, bridge)
        self._pbx.leave(leg)
        self._dial.stop_recording(leg)
        return Place("desk-free", "s")

    async def _taken(self, client: Channel) -> Place:
        """In a bridge that the dispatcher's leg made. When she leaves it, he goes home or the call is over."""
        client.place = Place("desk-hold", client.place.exten, 14)
        if client.bridge:
            await self._pbx.until_parted(client, client.bridge)
        self._pbx.leave(client)
        return Place("desk-after", "client")

    async def _after(self, client: Channel) -> Place:
        client.variables["DESK_AT"] = "after"
        owner = client.variables.get("DESK_OWNER", "")
        for _ in range(3):
            self._pbx.start_music(client)
            await self._pbx.until(client, seconds=1.0)
            self._pbx.stop_music(client)
            if owner not in self._pbx.channels:
                return Place("desk-end", "s")
        return Place("desk-hold", owner)

    async def _free(self, leg: Channel) -> None:
        at(leg, 2)
        client = leg.variables.get("DESK_C", "")
        self._pbx.user_event("DeskLegFree", leg, ("Client", client), ("Leg", leg.uniqueid), ("Done", ""))
        at(leg, 5)
        await self._pbx.until(leg, seconds=END_SECONDS)
        at(leg, 6)
