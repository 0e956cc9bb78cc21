"""What the board remembers of a channel and of a dial. Mutable, and known to the board's rooms only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telephony.core.track import Track

ENDPOINT = re.compile(r"^[^/]+/(.+)-[0-9a-f]+(?:;[12])?$", re.IGNORECASE)  # PJSIP/101-0000001f
TECHNOLOGY = re.compile(r"^(?:PJSIP|SIP|IAX2|DAHDI|Local)/", re.IGNORECASE)
HIS_OWN = "desk-own"  # context of the dialplan
NUMBER = re.compile(r"^\+?[0-9*#]{2,}$")

BUSY, NOANSWER, REJECTED, FAILED, CANCELLED, ANSWERED = (
    "busy",
    "noanswer",
    "rejected",
    "failed",
    "cancelled",
    "answered",
)
NORMAL = 16  # Q.850: cleared in order
BY_CAUSE = {17: BUSY, 18: NOANSWER, 19: NOANSWER, 21: REJECTED}  # Q.850
BY_STATUS = {"ANSWER": ANSWERED, "BUSY": BUSY, "NOANSWER": NOANSWER, "CANCEL": CANCELLED}


@dataclass(slots=True, eq=False)
class Room:
    """A bridge with its members, in order of entry."""

    uniqueid: str
    parking: bool
    conference: bool
    members: dict[str, Channel] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Channel:
    uniqueid: str
    name: str
    track: Track
    at: float | None  # when it was first seen
    linkedid: str = ""
    number: str = ""
    caller_name: str = ""
    exten: str = ""
    seen_born: bool = False  # Newchannel was reported; else it is from before we connected
    ringing_in: bool = False  # a phone or a trunk placed it: its first state was Ring
    up: bool = False
    room: Room | None = None
    dial: Dial | None = None  # the dial that rings it
    dials: list[Dial] = field(default_factory=list)  # the dials that it made
    cause: int = 0  # of its hang-up, where the far end asked for it
    asked: bool = False  # the far end hung up or refused
    held: bool = False  # its phone put the other one on hold
    music: bool = False
    parked: bool = False
    context: str = ""  # where in the desk's dialplan it stands, and with what: places.py
    argument: str = ""
    dialled_before: int = 0  # dials that it made before it came there
    met: bool = False  # it has talked to somebody there
    moved: bool = False  # it was taken out of its last conversation, nobody there having hung up
    talked: tuple[Channel, ...] = ()  # with whom it was last in conversation
    answered_at: float | None = None
    gone: bool = False
    gone_at: float | None = None
    party: str | None = None  # as Parties last named it
    local: bool = field(init=False)
    endpoint: str = field(init=False)

    def __post_init__(self) -> None:
        self.call_it(self.name)

    def call_it(self, name: str) -> None:
        match = ENDPOINT.match(name)
        self.name, self.local, self.endpoint = name, name.startswith("Local/"), match[1] if match else ""
        self.party = None

    @property
    def from_before(self) -> bool:
        return not self.seen_born and self.dial is None


@dataclass(slots=True, eq=False)
class Dial:
    source: Channel | None  # None: the PBX itself placed the call
    target: Channel
    string: str
    at: float | None
    status: str = ""  # DIALSTATUS, "" while it rings
    rang: bool = False  # the phone has said that it rings
    own: bool = field(init=False)  # it rings the client's own person, before the queue

    @property
    def answered(self) -> bool:
        return self.status == "ANSWER"

    def __post_init__(self) -> None:
        self.own = self.source is not None and self.source.context == HIS_OWN
        self.target.dial = self
        self.target.party = None

    @property
    def rings(self) -> bool:
        return not self.status and not self.target.gone

    @property
    def outcome(self) -> str:
        """answered, busy, noanswer, rejected, failed, cancelled, or "" while it rings."""
        if self.answered:
            return ANSWERED
        if self.target.asked and self.target.cause in BY_CAUSE:
            return BY_CAUSE[self.target.cause]
        if self.status:
            return BY_STATUS.get(self.status, FAILED)
        return CANCELLED if self.target.gone else ""


def number_in(dial_string: str) -> str:
    """The number that a dial string calls, or "": `101`, `7916…@trunk`, `PJSIP/trunk/sip:7916…@host`, `trunk/7916…`."""
    text = TECHNOLOGY.sub("", dial_string)
    _, sip, address = text.partition("sip:")
    if sip and "/sip:" in text and NUMBER.match(text.split("/", 1)[0]):
        return text.split("/", 1)[0]  # 101/sip:101@10.0.0.5: a phone named by its contact
    if sip:
        text = address
    user = re.split(r"[@;]", text, maxsplit=1)[0]
    for part in reversed(user.split("/")):
        if NUMBER.match(part):
            return part
    return ""
