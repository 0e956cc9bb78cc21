"""A supervisor listens to a dispatcher's leg, whispers, joins, or takes her client over."""

from telephony.sim.channel import Channel, HungUp, Place, Redirected
from telephony.sim.dial import Dial
from telephony.sim.pbx import Pbx
from telephony.sim.recording import Recorder
from telephony.sim.waiting import END_SECONDS
from telephony.sim.walk import Walk, at

LOOK_SECONDS = 0.05
SETTLED_SECONDS = 0.35  # until the client sits in the music from which he is fetched
LEFT_ALONE = ("desk-idle", "desk-consult", "desk-all")  # where the dispatcher's leg is without its client


class Watching:
    """deploy/asterisk/dialplan: watch."""

    def __init__(self, pbx: Pbx, dial: Dial, recorder: Recorder) -> None:
        self._pbx = pbx
        self._dial = dial
        self._recorder = recorder
        self.contexts: dict[str, Walk] = {"desk-watch": self._watch, "desk-take-over": self._take_over}

    async def _watch(self, leg: Channel) -> Place | None:
        mode, _, of = leg.place.exten.partition("-")
        self._dial.stop_recording(leg)
        watched = self._pbx.channels.get(of)
        if watched is None:
            return None
        if mode == "join" and (client := self._client_of(watched)) is not None:
            self._dial.record(client, leg)
            self._recorder.start(leg.uniqueid)
        at(leg, 6)
        leg.application = "ChanSpy"
        self._told("ChanSpyStart", leg, watched)
        try:
            while of in self._pbx.channels:
                if mode == "join" and watched.place.context in LEFT_ALONE:
                    return Place("desk-watch", f"whisper-{of}")
                await self._pbx.until(leg, seconds=LOOK_SECONDS)
        except (HungUp, Redirected):
            leg.place = Place("desk-watch", f"{mode}-{of}", 6)
            raise
        finally:
            leg.application = ""
            self._told("ChanSpyStop", leg, watched)
        self._dial.stop_recording(leg)
        at(leg, 8)
        return None

    def _told(self, name: str, leg: Channel, watched: Channel) -> None:
        self._pbx.tell(name, "call", *leg.headers("Spyer"), *watched.headers("Spyee"))

    def _client_of(self, leg: Channel) -> Channel | None:
        others = [each for each in leg.bridge.channels if each is not leg] if leg.bridge else []
        return next(iter(others), None)

    async def _take_over(self, leg: Channel) -> Place | None:
        client_id, _, theirs = leg.place.exten.partition("_")
        self._dial.stop_recording(leg)
        client, other = self._pbx.channels.get(client_id), self._pbx.channels.get(theirs)
        if client is None or other is None or not self._is_with(client, other):
            self._pbx.user_event("DeskTakeOverLate", leg, ("Client", client_id), ("Leg", leg.uniqueid))
            await self._pbx.until(leg, seconds=END_SECONDS)
            return None
        other.variables["DESK_DONE"] = leg.uniqueid
        leg.variables["DISP_CALL"] = client.variables.get("DISP_CALL", "")
        leg.variables["DESK_C"] = client_id
        at(leg, 12)
        about = (("Client", client_id), ("Leg", leg.uniqueid), ("From", theirs))
        self._pbx.user_event("DeskTakeOver", leg, *about)
        self._pbx.redirect(client, Place("desk-hold", leg.uniqueid))
        await self._pbx.until(leg, seconds=SETTLED_SECONDS)
        return Place("desk-take", client_id)

    def _is_with(self, client: Channel, other: Channel) -> bool:
        if client.bridge is not None:
            return client.bridge is other.bridge
        return client.variables.get("DESK_AT") == "hold" and client.variables.get("DESK_OWNER") == other.uniqueid
