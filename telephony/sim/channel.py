"""What a PBX is made of: channels, bridges, and how they look in its events."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from telephony.sim.wire import Header

UNKNOWN = "<unknown>"
CHANNEL_VARIABLES = ("DISP_CALL", "DISP_HOLD")  # channelvars= in manager.conf

NORMAL, BUSY, NO_ROUTE, REJECTED, ELSEWHERE = 16, 17, 3, 21, 26
CAUSES = {
    0: "Unknown",
    1: "Unallocated (unassigned) number",
    NO_ROUTE: "No route to destination",
    NORMAL: "Normal Clearing",
    BUSY: "User busy",
    19: "User alerting, no answer",
    20: "Subscriber absent",
    REJECTED: "Call Rejected",
    ELSEWHERE: "Answered elsewhere",
}


class State(Enum):
    DOWN = (0, "Down")
    RING = (4, "Ring")
    RINGING = (5, "Ringing")
    UP = (6, "Up")


@dataclass(frozen=True, slots=True)
class Party:
    number: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the dialplan a channel is."""

    context: str
    exten: str
    priority: int = 1


class HungUp(Exception):
    """The channel's far end, or an AMI Hangup, has ended it."""

    def __init__(self, cause: int = NORMAL, sip: int = 0) -> None:
        super().__init__(cause)
        self.cause = cause
        self.sip = sip


class Redirected(Exception):
    """The channel goes on elsewhere in the dialplan."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


@dataclass(eq=False, slots=True)
class Bridge:
    uniqueid: str
    kind: str = "basic"
    technology: str = "simple_bridge"
    creator: str = UNKNOWN
    name: str = UNKNOWN
    channels: list["Channel"] = field(default_factory=list)
    parted: asyncio.Event = field(default_factory=asyncio.Event)  # somebody has left it

    def headers(self) -> list[Header]:
        return [
            ("BridgeUniqueid", self.uniqueid),
            ("BridgeType", self.kind),
            ("BridgeTechnology", self.technology),
            ("BridgeCreator", self.creator),
            ("BridgeName", self.name),
            ("BridgeNumChannels", str(len(self.channels))),
            ("BridgeVideoSourceMode", "none"),
        ]


@dataclass(eq=False, slots=True)
class Channel:
    """One leg. `interrupt` is what ends or moves it while an application waits; `up` is set when it is answered."""

    name: str
    uniqueid: str
    linkedid: str
    device: str  # "PJSIP/101", "PJSIP/trunk"
    place: Place
    born: float
    caller: Party = Party()
    connected: Party = Party()
    state: State = State.DOWN
    variables: dict[str, str] = field(default_factory=dict)
    dialled: str = ""  # what the far end asked for
    source: "Channel | None" = None  # who dialled it
    application: str = ""
    data: str = ""
    bridge: Bridge | None = None
    music: bool = False
    answers_itself: bool = False  # it was called with a header that asks the phone to
    recording: int = 0  # segments begun
    parked_at: str = ""  # the slot
    cause: int = 0
    sip: int = 0  # the SIP status that ended it: TechCause
    up: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    interrupt: asyncio.Future[HungUp | Redirected] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    task: asyncio.Task[None] | None = None  # its dialplan; None for a leg that somebody dialled
    prologue: Callable[[], None] | None = None  # what is said just before it is Up
    epilogue: Callable[[], None] | None = None  # what is said between its hang-up and its parting
    key: asyncio.Event = field(default_factory=asyncio.Event)  # a key was pressed that nobody has read yet
    joined: asyncio.Event = field(default_factory=asyncio.Event)  # it has talked to somebody

    def headers(self, prefix: str = "") -> list[Header]:
        """The lines that every event about a channel carries."""
        number, text = self.state.value
        pairs = [
            ("Channel", self.name),
            ("ChannelState", str(number)),
            ("ChannelStateDesc", text),
            ("CallerIDNum", self.caller.number or UNKNOWN),
            ("CallerIDName", self.caller.name or UNKNOWN),
            ("ConnectedLineNum", self.connected.number or UNKNOWN),
            ("ConnectedLineName", self.connected.name or UNKNOWN),
            ("Language", "en"),
            ("AccountCode", ""),
            ("Context", self.place.context),
            ("Exten", self.place.exten),
            ("Priority", str(self.place.priority)),
            ("Uniqueid", self.uniqueid),
            ("Linkedid", self.linkedid),
        ]
        pairs += [("ChanVariable", f"{name}={self.variables.get(name, '')}") for name in CHANNEL_VARIABLES]
        return [(prefix + key, value) for key, value in pairs]

    def cause_headers(self) -> list[Header]:
        headers = [("Cause", str(self.cause))]
        return [*headers, ("TechCause", str(self.sip))] if self.sip else headers
