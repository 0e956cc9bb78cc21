"""What a PBX reports, in the office's words. Only telephony.ami makes these; only the board reads them.

Times (`at`) are seconds since the epoch, or None where the PBX did not say.
A channel's `uniqueid` names it for life; its `name` may change and may be used again later.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


class Chan(NamedTuple):  # a tuple: one is made for every report, and its making is what a report costs most
    """A channel as a report shows it. Unknown texts are empty."""

    uniqueid: str
    name: str
    state: str = ""  # Down, Ring, Ringing, Up …
    number: str = ""
    caller_name: str = ""
    context: str = ""
    exten: str = ""
    linkedid: str = ""  # changes on a bridge: a hint at birth, never an identity


@dataclass(frozen=True, slots=True)
class Report:
    at: float | None


# --- channels ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelNew(Report):
    channel: Chan


@dataclass(frozen=True, slots=True)
class ChannelChanged(Report):
    """New state, caller id or place in the dialplan."""

    channel: Chan


@dataclass(frozen=True, slots=True)
class ChannelRenamed(Report):
    uniqueid: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class HangupAsked(Report):
    """The far end of the channel hung up, refused, or was lost."""

    channel: Chan
    cause: int


@dataclass(frozen=True, slots=True)
class ChannelGone(Report):
    channel: Chan
    cause: int


# --- dialling ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DialBegun(Report):
    """`source` is None where nobody dials: a call placed by the PBX itself (Originate)."""

    source: Chan | None
    target: Chan
    dial_string: str


@dataclass(frozen=True, slots=True)
class DialRinging(Report):
    source: Chan | None
    target: Chan


@dataclass(frozen=True, slots=True)
class DialEnded(Report):
    source: Chan | None
    target: Chan
    status: str  # ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL …
    forward: str = ""


# --- bridges ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bridge:
    uniqueid: str
    kind: str = ""  # basic, base, …
    technology: str = ""  # simple_bridge, softmix, holding_bridge, …
    creator: str = ""  # ConfBridge, Parking, …


@dataclass(frozen=True, slots=True)
class BridgeEntered(Report):
    bridge: Bridge
    channel: Chan


@dataclass(frozen=True, slots=True)
class BridgeLeft(Report):
    bridge: Bridge
    channel: Chan


@dataclass(frozen=True, slots=True)
class BridgeGone(Report):
    bridge: Bridge


# --- queues -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueJoined(Report):
    channel: Chan
    queue: str
    place: int | None


@dataclass(frozen=True, slots=True)
class QueueLeft(Report):
    channel: Chan
    queue: str
    place: int | None


@dataclass(frozen=True, slots=True)
class QueueAbandoned(Report):
    """Also reported when the wait timed out or the caller was withdrawn."""

    channel: Chan
    queue: str


@dataclass(frozen=True, slots=True)
class AgentConnected(Report):
    channel: Chan
    agent: Chan
    queue: str


@dataclass(frozen=True, slots=True)
class QueueMemberSeen(Report):
    """State of a member, `gone` when he was taken out of the queue."""

    queue: str
    interface: str
    name: str
    status: int | None
    paused: bool
    reason: str
    gone: bool


# --- transfers, park, pick-up -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlindTransferred(Report):
    success: bool
    transferer: Chan
    transferee: Chan | None
    exten: str


@dataclass(frozen=True, slots=True)
class AttendedTransferred(Report):
    """`first` talked to the transferee, `second` to the target; they are one channel with feature codes.

    `target` is None surprisingly often, and always when nobody has answered yet.
    """

    success: bool
    first: Chan
    second: Chan
    transferee: Chan | None
    target: Chan | None
    destination: str  # Bridge, App, Threeway, …


@dataclass(frozen=True, slots=True)
class CallParked(Report):
    parkee: Chan
    parker: str  # dial string of whoever parked, without the suffix of his channel
    space: str


@dataclass(frozen=True, slots=True)
class ParkTaken(Report):
    parkee: Chan
    retriever: Chan | None


@dataclass(frozen=True, slots=True)
class ParkTimedOut(Report):
    parkee: Chan


@dataclass(frozen=True, slots=True)
class ParkGivenUp(Report):
    parkee: Chan


@dataclass(frozen=True, slots=True)
class PickedUp(Report):
    picker: Chan
    target: Chan


# --- the rest ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held(Report):
    channel: Chan


@dataclass(frozen=True, slots=True)
class Resumed(Report):
    channel: Chan


@dataclass(frozen=True, slots=True)
class MusicStarted(Report):
    channel: Chan


@dataclass(frozen=True, slots=True)
class MusicStopped(Report):
    channel: Chan


@dataclass(frozen=True, slots=True)
class Spied(Report):
    """A supervisor listens: his leg is no call."""

    spyer: Chan
    spyee: Chan | None


@dataclass(frozen=True, slots=True)
class PhoneSeen(Report):
    """The light of an extension. `is_off`: no telephone is registered there."""

    extension: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class Originated(Report):
    success: bool
    uniqueid: str
    name: str
    exten: str


@dataclass(frozen=True, slots=True)
class UserSaid(Report):
    """A UserEvent of the dialplan, and the channel that said it."""

    name: str
    fields: dict[str, str]
    channel: Chan | None = None


@dataclass(frozen=True, slots=True)
class BootFinished(Report):
    pass


@dataclass(frozen=True, slots=True)
class ShutdownBegun(Report):
    pass


# --- a snapshot -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueEntry:
    uniqueid: str
    queue: str
    place: int


@dataclass(frozen=True, slots=True)
class ParkedEntry:
    uniqueid: str
    space: str


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    channel: Chan
    bridge: str = ""  # Uniqueid of the bridge that it is in
    seconds: float | None = None  # how long it has existed
    application: str = ""
    held: bool | None = None  # its telephone holds the other side; None: the PBX does not say


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the PBX has now. `booted_at`: when it started, where known (a restart loses its calls)."""

    channels: tuple[ChannelEntry, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    queue: tuple[QueueEntry, ...] = ()
    parked: tuple[ParkedEntry, ...] = ()
    booted_at: float | None = None
    members: tuple[QueueMemberSeen, ...] = field(default=())
    phones: tuple[PhoneSeen, ...] = field(default=())
