"""The state of the pretend PBX, and the events that every change of it makes.

Names, order and headers are those of Asterisk 22 running the desk's dialplan (tests/telephony/sim/tapes).
"""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telephony.sim.channel import CAUSES, NORMAL, Bridge, Channel, HungUp, Party, Place, Redirected, State
from telephony.sim.queue import Queue
from telephony.sim.wire import Header

STAFF = ("101", "102", "103", "104")
TRUNK = "PJSIP/trunk"
USER_AGENT = "Pretend phone 1.0"
KEY_SECONDS = 0.003  # until a channel reads a key that was pressed


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    privilege: str  # call, agent, user, system
    headers: tuple[Header, ...]
    at: float | None  # epoch seconds; None: the real one puts no Timestamp here


class Pbx:
    """One start of the PBX: a restart is a new one."""

    def __init__(
        self, cities: tuple[str, ...], listener: Callable[[Event], None], invite: Callable[[Channel], None]
    ) -> None:
        self.city = cities[0]  # what those see who are called from here
        self.cities = cities
        self.started = time.time()
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.variables = {"TRUNK": "trunk", "CITY_NUMBER": cities[0], "CITY_MORE": "-".join(cities[1:])}
        self.database: dict[tuple[str, str], str] = {}
        self.calls = 0  # since the start
        self.queue = Queue("dispatch", self)
        self.invite = invite  # hand a new leg to the phone that it is meant for
        self._listener = listener
        self._counter = 0
        self._devices: dict[str, str] = {}
        self.unplugged: set[str] = set()  # extensions without a telephone

    # --- events ---------------------------------------------------------------------------------------------------

    def tell(self, name: str, privilege: str, *headers: Header) -> None:
        self._listener(Event(name, privilege, headers, time.time()))

    def say(self, name: str, channel: Channel, *extra: Header, privilege: str = "call") -> None:
        self.tell(name, privilege, *channel.headers(), *extra)

    def dial_event(self, name: str, source: Channel | None, target: Channel, *extra: Header) -> None:
        self.tell(name, "call", *(source.headers() if source else []), *target.headers("Dest"), *extra)

    def user_event(self, name: str, channel: Channel, *extra: Header) -> None:
        self.say("UserEvent", channel, ("UserEvent", name), *extra, privilege="user")

    def silence(self) -> None:
        """Tell nobody anything any more: the process is being killed."""
        self._listener = lambda event: None

    # --- channels -------------------------------------------------------------------------------------------------

    def new_channel(
        self, device: str, place: Place, *, caller: Party, state: State, linked: Channel | None, uniqueid: str = ""
    ) -> Channel:
        """A channel of that device; one that is dialled for another is linked to it."""
        serial = self._counter
        self._counter += 1
        born = time.time()
        uniqueid = uniqueid or f"{int(born)}.{serial}"
        linkedid = linked.linkedid if linked else uniqueid
        channel = Channel(f"{device}-{serial:08x}", uniqueid, linkedid, device, place, born, caller, state=state)
        self.channels[uniqueid] = channel
        self.calls += linked is None
        self.say("Newchannel", channel)
        return channel

    def new_leg(self, device: str, source: Channel | None, uniqueid: str = "") -> Channel:
        """A channel to that phone, dialled by `source` or by the PBX itself."""
        extension = device.removeprefix("PJSIP/")
        staff = device != TRUNK
        leg = self.new_channel(
            device,
            Place("staff" if staff else "from-trunk", "s"),
            caller=Party(extension, f"Desk {extension}") if staff else Party(),
            state=State.DOWN,
            linked=source,
            uniqueid=uniqueid,
        )
        leg.source = source
        return leg

    def set_caller(self, channel: Channel, party: Party) -> None:
        channel.caller = party
        self.say("NewCallerid", channel, ("CID-CallingPres", "0 (Presentation Allowed, Not Screened)"))

    def find(self, name: str) -> Channel | None:
        """By name or uniqueid, as the real one's actions do."""
        return self.channels.get(name) or next((c for c in self.channels.values() if c.name == name), None)

    def set_state(self, channel: Channel, state: State) -> None:
        channel.state = state
        if state is State.UP and not channel.up.done():
            channel.up.set_result(None)
        self.say("Newstate", channel)

    def connect_line(self, channel: Channel, party: Party) -> None:
        """What the phone shows of the other side."""
        channel.connected = party
        self.say("NewConnectedLine", channel)

    def ringing(self, leg: Channel) -> None:
        """The far end says that it rings."""
        self.set_state(leg, State.RINGING)
        self.dial_event("DialState", leg.source, leg, ("DialStatus", "RINGING"))
        self.device_changed(leg.device)

    def answered(self, channel: Channel) -> None:
        if channel.prologue:
            channel.prologue()
        self.set_state(channel, State.UP)
        self.device_changed(channel.device)

    def start_music(self, channel: Channel) -> None:
        if not channel.music:
            channel.music = True
            self.say("MusicOnHoldStart", channel, ("Class", self.database.get(("desk-music", "class")) or "default"))

    def stop_music(self, channel: Channel) -> None:
        if channel.music:
            channel.music = False
            self.say("MusicOnHoldStop", channel)

    def remote_hang_up(self, channel: Channel, cause: int = NORMAL, sip: int = 0) -> None:
        """The far end put the receiver down, or refused."""
        if channel.interrupt.done() or channel.uniqueid not in self.channels:
            return
        channel.cause, channel.sip = cause, sip
        self.say("HangupRequest", channel, *channel.cause_headers())
        if channel.epilogue:
            channel.epilogue()
        channel.interrupt.set_result(HungUp(cause, sip))

    def hang_up(self, channel: Channel, cause: int) -> None:
        """We end it: AMI Hangup. No event of its own, as in the real one."""
        if not channel.interrupt.done():
            channel.cause = cause
            channel.interrupt.set_result(HungUp(cause))

    def redirect(self, channel: Channel, place: Place) -> None:
        if not channel.interrupt.done():
            self.stop_music(channel)
            channel.place = place
            channel.interrupt.set_result(Redirected(place))

    def end(self, channel: Channel, cause: int) -> None:
        """The channel is gone."""
        if self.channels.pop(channel.uniqueid, None) is None:
            return
        channel.cause = cause
        extra = [("Cause", str(cause)), ("Cause-txt", CAUSES.get(cause, "Unknown"))]
        if channel.sip:
            extra.append(("TechCause", str(channel.sip)))
        self.say("Hangup", channel, *extra)
        if not channel.interrupt.done():
            channel.interrupt.set_result(HungUp(cause))
        self.device_changed(channel.device)

    async def until(self, channel: Channel, *others: asyncio.Future[Any], seconds: float | None = None) -> bool:
        """Wait for one of the futures; False when the time is up first.

        Raises HungUp or Redirected as soon as the channel itself is interrupted.
        """
        waited: set[asyncio.Future[Any]] = {channel.interrupt, *others}
        done, _ = await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if channel.interrupt.done():
            raise channel.interrupt.result()
        return bool(done)

    async def until_parted(self, channel: Channel, bridge: Bridge) -> None:
        """Wait until somebody leaves the bridge. Raises HungUp or Redirected."""
        parted = asyncio.ensure_future(bridge.parted.wait())
        try:
            await self.until(channel, parted)
        finally:
            parted.cancel()

    async def until_key(self, channel: Channel, seconds: float) -> None:
        """Wait so long, or until the far end presses a key. Raises HungUp or Redirected."""
        pressed = asyncio.ensure_future(channel.key.wait())
        try:
            await self.until(channel, pressed, seconds=seconds)
        finally:
            pressed.cancel()
            channel.key.clear()

    def press(self, channel: Channel, digit: str) -> None:
        """The far end presses a key; the channel reads it a moment later."""
        asyncio.get_running_loop().call_later(KEY_SECONDS, self._pressed, channel, digit)

    def _pressed(self, channel: Channel, digit: str) -> None:
        if channel.uniqueid not in self.channels:
            return
        self.say("DTMFEnd", channel, ("Digit", digit), ("DurationMs", "0"), ("Direction", "Received"), privilege="dtmf")
        channel.key.set()

    # --- bridges --------------------------------------------------------------------------------------------------

    def bridge(self, *channels: Channel) -> Bridge:
        """Join them, in that order."""
        bridge = self._made(Bridge(str(uuid.uuid4())))
        for channel in channels:
            self.join(bridge, channel)
        for channel in channels:
            channel.joined.set()
        return bridge

    def room(self) -> Bridge:
        """An empty conference."""
        return self._made(Bridge(str(uuid.uuid4()), "base", "softmix", "ConfBridge"))

    def lot(self) -> Bridge:
        """The empty parking lot."""
        return self._made(Bridge(str(uuid.uuid4()), "parking", "holding_bridge", "Parking", "default"))

    def _made(self, bridge: Bridge) -> Bridge:
        self.bridges[bridge.uniqueid] = bridge
        self.tell("BridgeCreate", "call", *bridge.headers())
        return bridge

    def join(self, bridge: Bridge, channel: Channel) -> None:
        bridge.channels.append(channel)
        channel.bridge = bridge
        self.say_bridge("BridgeEnter", bridge, channel)

    def park_event(self, name: str, client: Channel, retriever: Channel | None = None) -> None:
        """What the parking lot tells of who waits there."""
        self.tell(name, "call", *parked(client, retriever))

    def leave(self, channel: Channel) -> None:
        """Take it out of its bridge; the last one takes the bridge along."""
        bridge = channel.bridge
        if bridge is None:
            return
        channel.bridge = None
        bridge.channels.remove(channel)
        bridge.parted.set()
        self.say_bridge("BridgeLeave", bridge, channel)
        if not bridge.channels:
            self.bridges.pop(bridge.uniqueid)
            self.tell("BridgeDestroy", "call", *bridge.headers())

    def say_bridge(self, name: str, bridge: Bridge, channel: Channel) -> None:
        self.tell(name, "call", *bridge.headers(), *channel.headers())

    # --- devices --------------------------------------------------------------------------------------------------

    def device_state(self, device: str) -> str:
        if device != TRUNK and device.removeprefix("PJSIP/") not in STAFF:
            return "UNAVAILABLE"
        if device.removeprefix("PJSIP/") in self.unplugged:
            return "UNAVAILABLE"
        states = {c.state for c in self.channels.values() if c.device == device}
        in_use = bool(states & {State.UP, State.RING})
        if State.RINGING in states:
            return "RINGINUSE" if in_use else "RINGING"
        return "INUSE" if in_use else "NOT_INUSE"

    def device_changed(self, device: str) -> None:
        """Tell everybody who watches that device, if it really changed."""
        state = self.device_state(device)
        if self._devices.get(device, "NOT_INUSE") == state:
            return
        self._devices[device] = state
        extension = device.removeprefix("PJSIP/")
        if extension in STAFF:
            self.tell("ExtensionStatus", "call", *hint(extension, state))
        self.tell("DeviceStateChange", "call", ("Device", device), ("State", state))
        self.queue.roster.device_changed(device)

    def queue_device(self, device: str, state: str) -> None:
        """The lamps that a queue makes: somebody waits, somebody is free."""
        if self._devices.get(device, "") != state:
            self._devices[device] = state
            self.tell("DeviceStateChange", "call", ("Device", device), ("State", state))

    def known_devices(self) -> list[tuple[str, str]]:
        queues = [(device, state) for device, state in self._devices.items() if device.startswith("Queue:")]
        phones = [f"PJSIP/{extension}{kind}" for extension in STAFF for kind in ("", "w")]
        return queues + [(device, self.device_state(device)) for device in [*phones, TRUNK]]


HINT_STATES = {
    "NOT_INUSE": (0, "Idle"),
    "INUSE": (1, "InUse"),
    "UNAVAILABLE": (4, "Unavailable"),
    "RINGING": (8, "Ringing"),
    "RINGINUSE": (9, "InUse&Ringing"),
}


def hint(extension: str, state: str) -> list[Header]:
    number, text = HINT_STATES[state]
    return [
        ("Exten", extension),
        ("Context", "staff-hints"),
        ("Hint", f"PJSIP/{extension}&PJSIP/{extension}w,CustomPresence:{extension}"),
        ("Status", str(number)),
        ("StatusText", text),
    ]


def parked(client: Channel, retriever: Channel | None = None) -> list[Header]:
    return [
        *client.headers("Parkee"),
        *(retriever.headers("Retriever") if retriever else []),
        ("ParkerDialString", client.device),
        ("Parkinglot", "default"),
        ("ParkingSpace", client.parked_at),
        ("ParkingTimeout", "0"),
        ("ParkingDuration", "0"),
    ]
