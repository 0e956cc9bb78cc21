"""Where the desk sends a client whom it talks to: on hold and back, to somebody else, and home when that fails."""

import time

from telephony.sim.channel import Channel, Place
from telephony.sim.dial import Dial, Target
from telephony.sim.pbx import Pbx
from telephony.sim.waiting import END_SECONDS
from telephony.sim.walk import Walk, at, client_header, desk_target, refuses

RING_SECONDS = 20.0
BACK_SECONDS = 12.0
HOLD_SECONDS = 120
POLL_SECONDS = 2.0
SHORT_SECONDS = 3.0


class Moving:
    """deploy/asterisk/dialplan: hold, home, transfer."""

    def __init__(self, pbx: Pbx, dial: Dial) -> None:
        self._pbx = pbx
        self._dial = dial
        self.contexts: dict[str, Walk] = {
            "desk-transfer": self._transfer,
            "desk-home": self._home,
            "desk-hold": self._hold,
            "desk-idle": self._idle,
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
        if number == "queue":
            return Place("desk-queue", "s")
        target = desk_target(number)
        if target is None:
            return Place("desk-home", "notarget")
        if refuses(self._pbx, number):
            return Place("desk-home", "dnd")
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
        if not device or refuses(self._pbx, device.removeprefix("PJSIP/")):
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

    async def _after(self, client: Channel) -> Place:
        if client.place.exten == "second":  # whom he was connected to has rung off, or never was there
            short = time.time() - float(client.variables.get("DESK_JOINED", "0")) < SHORT_SECONDS
            return Place("desk-home", "short") if short else Place("desk-end", "s")
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
        if leg.variables.get("DESK_DONE"):
            return
        at(leg, 5)
        await self._pbx.until(leg, seconds=END_SECONDS)
        at(leg, 6)
