"""Bytes of an AMI socket, cut anywhere, into whole messages.

Only whole messages are decoded, so no character is ever split; events that nobody wants are dropped by their name
before their headers are looked at, which is where the time goes (half of the traffic is VarSet).
"""

from collections.abc import Iterable

Message = dict[str, "str | list[str]"]  # a header that came twice is a list, in order

END = b"\r\n\r\n"
LIMIT = 1_000_000  # bytes: the largest real answers are lists sent as many messages
NOISE = frozenset(
    {
        "VarSet",
        "TestEvent",
        "RTCPSent",
        "RTCPReceived",
        "ChannelTalkingStart",
        "ChannelTalkingStop",
        "CEL",
        "Cdr",
        "DTMFBegin",
        "DTMFEnd",
        "NewConnectedLine",
        "Newexten",
        "DeviceStateChange",
        "ChallengeSent",
        "SuccessfulAuth",
        "RequestBadFormat",
    }
)


class Wire:
    """`feed()` bytes, get messages. Never raises for what the other side sends."""

    def __init__(self, skip: Iterable[str] = NOISE, limit: int = LIMIT) -> None:
        self._skip = frozenset(name.encode() for name in skip)
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
            if raw.startswith(b"\r\n"):  # some events are followed by a stray line end
                raw = raw.lstrip(b"\r\n")
            if raw[:7] == b"Event: " and raw[7 : raw.find(b"\r\n")] in skip:
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
    pairs = [line.split(": ", 1) for line in lines]
    try:
        message: Message = dict(pairs)  # type: ignore[arg-type,assignment]
    except ValueError:
        pairs = [
            [name, value.removeprefix(" ")] for line in lines for name, colon, value in [line.partition(":")] if colon
        ]
        message = dict(pairs)  # type: ignore[arg-type,assignment]
    if len(message) == len(pairs):
        return message
    message = {}
    for name, value in pairs:
        first = message.setdefault(name, value)
        if isinstance(first, list):
            first.append(value)
        elif first is not value:
            message[name] = [first, value]
    return message
