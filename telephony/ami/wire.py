"""Bytes of an AMI socket, cut anywhere, into whole messages.

Only whole messages are decoded, so no character is ever split; events that nobody wants are dropped by their name
before their headers are looked at, which is where the time goes (half of the traffic is VarSet).
"""

from collections.abc import Iterable
from operator import methodcaller

Message = dict[str, "str | list[str]"]  # a header that came twice is a list, in order

END = b"\r\n\r\n"
LIMIT = 1_000_000  # bytes: the largest real answers are lists sent as many messages
NOISE = frozenset(  # what nobody in this house reads
    {
        "AgentCalled",
        "AgentComplete",
        "AgentRingNoAnswer",
        "BridgeCreate",
        "BridgeMerge",
        "CEL",
        "Cdr",
        "ChallengeSent",
        "ChannelTalkingStart",
        "ChannelTalkingStop",
        "DTMFBegin",
        "DTMFEnd",
        "DeviceStateChange",
        "LocalBridge",
        "LocalOptimizationBegin",
        "LocalOptimizationEnd",
        "NewConnectedLine",
        "Newexten",
        "RTCPReceived",
        "RTCPSent",
        "RequestBadFormat",
        "SoftHangupRequest",
        "SuccessfulAuth",
        "TestEvent",
        "VarSet",
    }
)


_header = methodcaller("split", ": ", 1)


class Wire:
    """`feed()` bytes, get messages. Never raises for what the other side sends."""

    def __init__(self, skip: Iterable[str] = NOISE, limit: int = LIMIT) -> None:
        self._skip = frozenset(b"Event: " + name.encode() for name in skip)
        self._limit = limit
        self._rest = bytearray()
        self._overlong = False
        self.dropped = 0  # messages over the limit

    def feed(self, data: bytes) -> list[Message]:
        """Take what was read; return the messages that are complete now."""
        rest = self._rest
        searched = max(0, len(rest) - len(END) + 1)
        rest += data
        last = rest.rfind(END, searched)
        if last < 0:
            self._bound()
            return []
        whole = bytes(rest[:last])
        del rest[: last + len(END)]
        raws = whole.split(END)
        if self._overlong:
            self._overlong = False
            raws = raws[1:]
        skip = self._skip
        messages = []
        for raw in raws:
            first_line = raw[: raw.find(b"\r\n")]
            if first_line in skip:
                continue
            if not first_line:  # some events are followed by a stray line end
                raw = raw.lstrip(b"\r\n")
                if raw[: raw.find(b"\r\n")] in skip:
                    continue
            if raw:
                messages.append(parse(raw))
        self._bound()
        return messages

    def _bound(self) -> None:
        if len(self._rest) > self._limit:
            if not self._overlong:
                self.dropped += 1
            self._overlong = True
            del self._rest[: -len(END) + 1]


def parse(raw: bytes) -> Message:
    """One message without its end. Lines that are no headers are left out."""
    lines = raw.decode("utf-8", "replace").split("\r\n")
    if b"\r\nChanVariable" in raw:  # mostly more than one
        return _parse_odd(lines)
    try:
        message: Message = dict(map(_header, lines))
    except ValueError:  # a line without ": "
        return _parse_odd(lines)
    return message if len(message) == len(lines) else _parse_odd(lines)


def _parse_odd(lines: list[str]) -> Message:
    """With odd lines, or headers that come twice."""
    message: Message = {}
    for line in lines:
        name, colon, value = line.partition(": ")
        if not colon:
            name, colon, value = line.partition(":")
        if not colon:
            continue
        if name not in message:
            message[name] = value
            continue
        first = message[name]
        if isinstance(first, list):
            first.append(value)
        else:
            message[name] = [first, value]
    return message
