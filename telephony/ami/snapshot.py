"""How things stand on the PBX now, read whole. An empty list is often told as an error: that is no failure."""

from telephony.ami.guard import Lost, Reply, Session
from telephony.ami.translate import bridge, chan, member, moment, number, phone, text
from telephony.ami.wire import Message
from telephony.core import pbx

SHELL = "Surrogate/"  # what is left of a channel that was fetched out of its dialplan; Asterisk 22 forgets some of them


HELD = "CHANNEL(rtp,hold)"  # 1: the telephone itself holds the other side; only telephones have it


class Unreadable(Lost):
    """The PBX does not let us see its channels; to take that for an empty list would end every call on the screen."""


async def take(session: Session, *, booted_at: float | None) -> pbx.Snapshot:
    """Five questions, one after the other. Raises Unreadable, NotSent or Unanswered."""
    status = await session.read_list("Status", Variables=HELD)
    if not status.ok and "permission" in status.message.lower():
        raise Unreadable("the AMI user may not read the list of channels (write class “call” is missing)")
    bridges = await session.read_list("BridgeList")
    queues = await session.read_list("QueueStatus")
    parked = await session.read_list("ParkedCalls")
    lights = await session.read_list("ExtensionStateList")
    return pbx.Snapshot(
        channels=tuple(_channel(item) for item in _of(status, "Status") if not text(item, "Channel").startswith(SHELL)),
        bridges=tuple(bridge(item) for item in _of(bridges, "BridgeListItem")),
        queue=tuple(_entry(item) for item in _of(queues, "QueueEntry")),
        parked=tuple(_parked(item) for item in _of(parked, "ParkedCall")),
        booted_at=booted_at,
        members=tuple(member(item, None) for item in _of(queues, "QueueMember")),
        phones=tuple(seen for item in _of(lights, "ExtensionStatus") if (seen := phone(item, None))),
    )


def booted(message: Message, now: float) -> float | None:
    """When the PBX started, in seconds since the epoch and to a second or two, from the FullyBooted it greets with."""
    uptime = number(message, "Uptime")
    return None if uptime is None else (moment(message) or now) - uptime


def _of(reply: Reply, event: str) -> list[Message]:
    return [item for item in reply.items if text(item, "Event") == event]


def _channel(item: Message) -> pbx.ChannelEntry:
    seconds = number(item, "Seconds")
    return pbx.ChannelEntry(
        channel=chan(item),
        bridge=text(item, "BridgeID"),
        seconds=None if seconds is None else float(seconds),
        application=text(item, "Application"),
        held=_held(item),
    )


def _held(item: Message) -> bool | None:
    said = item.get("Variable", "")
    for line in said if isinstance(said, list) else [said]:
        name, _, value = line.partition("=")
        if name == HELD and value in ("0", "1"):
            return value == "1"
    return None


def _entry(item: Message) -> pbx.QueueEntry:
    return pbx.QueueEntry(text(item, "Uniqueid"), text(item, "Queue"), number(item, "Position") or 0)


def _parked(item: Message) -> pbx.ParkedEntry:
    return pbx.ParkedEntry(text(item, "ParkeeUniqueid"), text(item, "ParkingSpace"))
