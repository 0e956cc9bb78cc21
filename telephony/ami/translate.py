"""AMI messages into reports: the only place that spells "CallerIDNum"."""

import re
from collections.abc import Callable

from telephony.ami.wire import Message
from telephony.core import pbx

UNKNOWN = "<unknown>"
OFF = 4  # Status of an extension: unavailable
ENVELOPE = frozenset({"Event", "Privilege", "Timestamp", "SystemName", "UserEvent"})
BORN = re.compile(r"(?:^|-)(\d{9,11})\.\d+$")  # Uniqueid: [system name-]seconds.counter
CHAN = {  # the headers of a channel, in the order of pbx.Chan
    prefix: [
        prefix + header
        for header in (
            "Uniqueid",
            "Channel",
            "ChannelStateDesc",
            "CallerIDNum",
            "CallerIDName",
            "Context",
            "Exten",
            "Linkedid",
        )
    ]
    for prefix in ("", "Dest")
}
UNIQUEIDS = ("Uniqueid", "DestUniqueid", "TransfererUniqueid", "OrigTransfererUniqueid", "ParkeeUniqueid")


def translate(message: Message) -> pbx.Report | None:
    """The report that an event makes, or None for what says nothing about calls. Never raises."""
    event = message.get("Event")
    if not isinstance(event, str):
        return None
    make = REPORTS.get(event)
    return make(message, moment(message)) if make else None


def moment(message: Message) -> float | None:
    """When it happened, in seconds since the epoch."""
    stamp = message.get("Timestamp")
    if isinstance(stamp, str):
        try:
            return float(stamp)
        except ValueError:
            pass
    for header in UNIQUEIDS:
        uniqueid = message.get(header)
        if isinstance(uniqueid, str):
            return born(uniqueid)
    return None


def born(uniqueid: str) -> float | None:
    """The second in which a channel was made, where its Uniqueid says it."""
    match = BORN.search(uniqueid)
    return float(match[1]) if match else None


def text(message: Message, header: str) -> str:
    """A header's text, "" where it is missing or unknown; the first where it came twice."""
    value = message.get(header, "")
    if isinstance(value, list):
        value = value[0]
    return "" if value == UNKNOWN else value


def number(message: Message, header: str) -> int | None:
    try:
        return int(text(message, header))
    except ValueError:
        return None


def chan(message: Message, prefix: str = "") -> pbx.Chan:
    """The channel that the message shows under this prefix ("Dest", "Transferee" …)."""
    headers = CHAN[prefix] if prefix in CHAN else [prefix + header for header in CHAN[""]]
    values = [message.get(header, "") for header in headers]
    if UNKNOWN in values or list in map(type, values):
        values = [text(message, header) for header in headers]
    return pbx.Chan(*values)  # type: ignore[arg-type]


def chan_if_any(message: Message, prefix: str) -> pbx.Chan | None:
    return chan(message, prefix) if text(message, prefix + "Uniqueid") else None


def source(message: Message) -> pbx.Chan | None:
    return chan(message) if text(message, "Uniqueid") else None


def bridge(message: Message) -> pbx.Bridge:
    return pbx.Bridge(
        text(message, "BridgeUniqueid"),
        text(message, "BridgeType"),
        text(message, "BridgeTechnology"),
        text(message, "BridgeCreator"),
    )


def cause(message: Message) -> int:
    return number(message, "Cause") or 0


def member(message: Message, at: float | None) -> pbx.QueueMemberSeen:
    """A queue's member, from its events and from QueueStatus alike."""
    return pbx.QueueMemberSeen(
        at,
        text(message, "Queue"),
        text(message, "Interface") or text(message, "Location"),
        text(message, "MemberName") or text(message, "Name"),
        number(message, "Status"),
        text(message, "Paused") == "1",
        text(message, "PausedReason") or text(message, "Reason"),
        text(message, "Event") == "QueueMemberRemoved",
    )


def phone(message: Message, at: float | None) -> pbx.PhoneSeen | None:
    """An extension's light, from its events and from ExtensionStateList alike."""
    extension = text(message, "Exten")
    return pbx.PhoneSeen(at, extension, is_off(message)) if extension else None


def is_off(message: Message) -> bool:
    """Whether the PBX knows that no telephone is registered there. One without a hint is not known to be off."""
    return number(message, "Status") == OFF


def user_said(message: Message, at: float | None) -> pbx.UserSaid:
    fields = {header: text(message, header) for header in message if header not in ENVELOPE}
    return pbx.UserSaid(at, text(message, "UserEvent"), fields, source(message))


REPORTS: dict[str, Callable[[Message, float | None], pbx.Report | None]] = {
    "Newchannel": lambda m, at: pbx.ChannelNew(at, chan(m)),
    "Newstate": lambda m, at: pbx.ChannelChanged(at, chan(m)) if m.get("ChannelStateDesc") == "Up" else None,
    "NewCallerid": lambda m, at: pbx.ChannelChanged(at, chan(m)),
    "Rename": lambda m, at: pbx.ChannelRenamed(at, text(m, "Uniqueid"), text(m, "Channel"), text(m, "Newname")),
    "HangupRequest": lambda m, at: pbx.HangupAsked(at, chan(m), cause(m)),
    "Hangup": lambda m, at: pbx.ChannelGone(at, chan(m), cause(m)),
    "DialBegin": lambda m, at: pbx.DialBegun(at, source(m), chan(m, "Dest"), text(m, "DialString")),
    "DialState": lambda m, at: pbx.DialRinging(at, source(m), chan(m, "Dest")),
    "DialEnd": lambda m, at: pbx.DialEnded(at, source(m), chan(m, "Dest"), text(m, "DialStatus"), text(m, "Forward")),
    "BridgeEnter": lambda m, at: pbx.BridgeEntered(at, bridge(m), chan(m)),
    "BridgeLeave": lambda m, at: pbx.BridgeLeft(at, bridge(m), chan(m)),
    "BridgeDestroy": lambda m, at: pbx.BridgeGone(at, bridge(m)),
    "QueueCallerJoin": lambda m, at: pbx.QueueJoined(at, chan(m), text(m, "Queue"), number(m, "Position")),
    "QueueCallerLeave": lambda m, at: pbx.QueueLeft(at, chan(m), text(m, "Queue"), number(m, "Position")),
    "QueueCallerAbandon": lambda m, at: pbx.QueueAbandoned(at, chan(m), text(m, "Queue")),
    "AgentConnect": lambda m, at: pbx.AgentConnected(at, chan(m), chan(m, "Dest"), text(m, "Queue")),
    "QueueMemberAdded": member,
    "QueueMemberRemoved": member,
    "QueueMemberPause": member,
    "QueueMemberStatus": member,
    "BlindTransfer": lambda m, at: pbx.BlindTransferred(
        at,
        text(m, "Result") == "Success",
        chan(m, "Transferer"),
        chan_if_any(m, "Transferee"),
        text(m, "Extension"),
    ),
    "AttendedTransfer": lambda m, at: pbx.AttendedTransferred(
        at,
        text(m, "Result") == "Success",
        chan(m, "OrigTransferer"),
        chan(m, "SecondTransferer"),
        chan_if_any(m, "Transferee"),
        chan_if_any(m, "TransferTarget"),
        text(m, "DestType"),
    ),
    "ParkedCall": lambda m, at: pbx.CallParked(
        at, chan(m, "Parkee"), text(m, "ParkerDialString"), text(m, "ParkingSpace")
    ),
    "UnParkedCall": lambda m, at: pbx.ParkTaken(at, chan(m, "Parkee"), chan_if_any(m, "Retriever")),
    "ParkedCallTimeOut": lambda m, at: pbx.ParkTimedOut(at, chan(m, "Parkee")),
    "ParkedCallGiveUp": lambda m, at: pbx.ParkGivenUp(at, chan(m, "Parkee")),
    "Pickup": lambda m, at: pbx.PickedUp(at, chan(m), chan(m, "Target")),
    "Hold": lambda m, at: pbx.Held(at, chan(m)),
    "Unhold": lambda m, at: pbx.Resumed(at, chan(m)),
    "MusicOnHoldStart": lambda m, at: pbx.MusicStarted(at, chan(m)),
    "MusicOnHoldStop": lambda m, at: pbx.MusicStopped(at, chan(m)),
    "ChanSpyStart": lambda m, at: pbx.Spied(at, chan(m, "Spyer"), chan_if_any(m, "Spyee")),
    "ExtensionStatus": phone,
    "OriginateResponse": lambda m, at: pbx.Originated(
        at, text(m, "Response") == "Success", text(m, "Uniqueid"), text(m, "Channel"), text(m, "Exten")
    ),
    "UserEvent": user_said,
    "FullyBooted": lambda m, at: pbx.BootFinished(at),
    "Shutdown": lambda m, at: pbx.ShutdownBegun(at),
}
