"""The dispatcher asks a second party while her client is held: consult, connect, swap, all three."""

import time

from telephony.sim.channel import Bridge, Channel, HungUp, Place, Redirected
from telephony.sim.dial import Dial
from telephony.sim.pbx import Pbx
from telephony.sim.recording import Recorder
from telephony.sim.waiting import END_SECONDS
from telephony.sim.walk import Walk, at, client_header, desk_target, refuses

RING_SECONDS = 20.0
JOINING_SECONDS = 0.4  # after a consultation, in case the second party is being connected this very moment
POLL_SECONDS = 2.0


class Consulting:
    """deploy/asterisk/dialplan: consult, of hold the second party's part, conference."""

    def __init__(self, pbx: Pbx, dial: Dial, recorder: Recorder) -> None:
        self._pbx = pbx
        self._dial = dial
        self._recorder = recorder
        self._rooms: dict[str, Bridge] = {}  # by the client's uniqueid
        self.contexts: dict[str, Walk] = {
            "desk-consult": self._consult,
            "desk-take": self._take,
            "desk-join": self._join,
            "desk-hold2": self._hold_second,
            "desk-taken": self._taken,
            "desk-taken2": self._taken,
            "desk-all": self._all,
            "desk-all-client": self._all_client,
        }

    async def _consult(self, leg: Channel) -> Place:
        number, _, client = leg.place.exten.partition("-")
        leg.variables.update(DESK_C=client, DESK_DONE="")
        self._dial.stop_recording(leg)
        about = (("Client", client), ("Leg", leg.uniqueid), ("To", number))
        at(leg, 11)
        self._pbx.user_event("DeskConsult", leg, *about)
        status, cause, target = "NOTARGET", 0, desk_target(number)
        if refuses(self._pbx, number):
            status = "DND"
        elif target is not None:
            at(leg, 12)
            done = await self._dial.ring(leg, target, seconds=RING_SECONDS, music=False)
            status, cause = done.status, done.cause
            if done.leg is not None:
                await self._dial.talk(leg, done.leg)
        at(leg, 13)
        self._pbx.user_event("DeskConsultEnd", leg, *about, ("Result", status), ("Cause", str(cause)))
        if status == "ANSWER":
            await self._pbx.until(leg, seconds=JOINING_SECONDS)
        return Place("desk-take", client)

    # --- the dispatcher's leg talks to her client, or to the second party who waits ----------------------------------

    async def _take(self, leg: Channel) -> Place:
        other = leg.place.exten
        client_id = leg.variables.setdefault("DESK_C", other)
        if other != client_id:
            return await self._take_second(leg, other)
        client = self._pbx.channels.get(client_id)
        if leg.variables.get("DESK_DONE"):
            if client is None or client.variables.get("DESK_AT") != "hold" or client.bridge:
                return Place("desk-free", "s")
            leg.variables["DESK_DONE"] = ""
        if client is None or client.variables.get("DESK_OWNER") != leg.uniqueid:
            return self._who_waits(leg)
        if client.bridge:
            return Place("desk-free", "s")
        client.variables.update(DESK_AT="talk", DESK_AFTER="client")
        at(leg, 11)
        self._pbx.user_event("DeskBack", leg, client_header(client), ("Leg", leg.uniqueid))
        await self._bridged(leg, client, "desk-taken")
        return self._who_waits(leg)

    def _who_waits(self, leg: Channel) -> Place:
        second = leg.variables.get("DESK_2", "")
        return Place("desk-take", second) if second in self._pbx.channels else Place("desk-free", "s")

    async def _take_second(self, leg: Channel, other: str) -> Place:
        leg.variables["DESK_2"] = ""
        self._dial.stop_recording(leg)
        second = self._pbx.channels.get(other)
        if second is not None:
            await self._talk(leg, second, "desk-taken2")
            if second.place.context == "desk-taken2":
                self._pbx.hang_up(second, 16)
        return Place("desk-take", leg.variables["DESK_C"])

    async def _join(self, second: Channel) -> Place | None:
        client = self._pbx.channels.get(second.place.exten)
        owner = client.variables.get("DESK_OWNER", "") if client else ""
        dispatcher = self._pbx.channels.get(owner)
        if client is None or not owner or client.variables.get("DESK_AT") != "hold":
            late = ("Client", second.place.exten), ("Second", second.uniqueid)
            self._pbx.user_event("DeskJoinLate", second, *late)
            await self._pbx.until(second, seconds=END_SECONDS)
            return None
        if dispatcher is not None:
            dispatcher.variables["DESK_DONE"] = second.uniqueid
        second.variables["DESK_C"] = client.uniqueid
        client.variables.update(DESK_AT="talk", DESK_AFTER="second", DESK_JOINED=str(time.time()))
        at(second, 8)
        about = (client_header(client), ("Second", second.uniqueid), ("Leg", owner))
        self._pbx.user_event("DeskJoin", second, *about)
        await self._bridged(second, client, "desk-taken")
        return None

    async def _bridged(self, leg: Channel, client: Channel, context: str) -> None:
        """They talk, and it is recorded, until one of them leaves."""
        self._dial.record(client, leg)
        await self._talk(leg, client, context)
        self._dial.stop_recording(leg)

    async def _talk(self, leg: Channel, other: Channel, context: str) -> None:
        at(leg, 13)
        self._pbx.stop_music(other)
        other.epilogue = None  # the queue knows nothing of whom we fetch
        if not other.interrupt.done():  # the other's own channel leaves the music and sits in our bridge
            other.interrupt.set_result(Redirected(Place(context, other.place.exten, 14)))
        at(other, 14)
        bridge = self._pbx.bridge(other, leg)
        for one, far in ((other, leg), (leg, other)):
            if one.connected != far.caller:
                self._pbx.connect_line(one, far.caller)
        self._recorder.start(leg.uniqueid)
        try:
            await self._pbx.until_parted(leg, bridge)
        finally:
            self._pbx.leave(leg)

    async def _taken(self, other: Channel) -> Place | None:
        """In a bridge that somebody else's leg made."""
        is_client = other.place.context == "desk-taken"
        other.place = Place("desk-hold" if is_client else "desk-taken2", other.place.exten, 14)
        if other.bridge:
            await self._pbx.until_parted(other, other.bridge)
        self._pbx.leave(other)
        return Place("desk-after", other.variables.get("DESK_AFTER", "client")) if is_client else None

    async def _hold_second(self, second: Channel) -> Place:
        owner = second.place.exten
        leg = self._pbx.channels.get(owner)
        if leg is not None:
            leg.variables["DESK_2"] = second.uniqueid
        at(second, 4)
        self._pbx.user_event("DeskHold2", second, ("Second", second.uniqueid), ("Owner", owner))
        while owner in self._pbx.channels:
            self._pbx.start_music(second)
            await self._pbx.until(second, seconds=POLL_SECONDS)
            self._pbx.stop_music(second)
        return Place("desk-end", "s")

    # --- all three ----------------------------------------------------------------------------------------------------

    async def _all(self, leg: Channel) -> Place:
        client = self._pbx.channels.get(leg.place.exten)
        self._dial.stop_recording(leg)
        if client is not None and client.variables.get("DESK_OWNER") == leg.uniqueid:
            leg.variables["DESK_C"] = client.uniqueid
            client.variables["DESK_AT"] = "all"
            at(leg, 8)
            self._pbx.user_event("DeskAll", leg, client_header(client), ("Leg", leg.uniqueid))
            self._pbx.redirect(client, Place("desk-all-client", client.uniqueid))
        await self._meet(leg, leg.place.exten)
        return Place("desk-end", "s")

    async def _all_client(self, client: Channel) -> Place:
        self._dial.record(client, client)
        await self._meet(client, client.uniqueid)
        return Place("desk-home", "alone")

    async def _meet(self, channel: Channel, key: str) -> None:
        """In the room, until hung up or sent elsewhere. Whoever is left alone there goes to the end."""
        room = self._rooms.get(key)
        if room is None or not room.channels:
            room = self._rooms[key] = self._pbx.room()
        self._pbx.join(room, channel)
        try:
            await self._pbx.until(channel)
        except (HungUp, Redirected):
            self._pbx.leave(channel)
            if len(room.channels) == 1:
                self._pbx.redirect(room.channels[0], Place("desk-end", "s"))
            raise
