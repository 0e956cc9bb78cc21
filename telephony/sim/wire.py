"""AMI as text on a socket: actions that come in, messages that go out."""

from collections.abc import Iterable
from dataclasses import dataclass

Header = tuple[str, str]

LINE_LIMIT = 1024  # bytes: the real one's input buffer, a longer line spoils its action


@dataclass(frozen=True, slots=True)
class Action:
    """What a client asked. Header names are matched without regard to case, as the real one does."""

    headers: tuple[Header, ...]

    @property
    def name(self) -> str:
        return self.get("Action")

    @property
    def id(self) -> str:
        return self.get("ActionID")

    def get(self, name: str, default: str = "") -> str:
        """The first value of that header, or the default."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class TooLong:
    """A line over the limit; its action is lost."""


class Reader:
    """`feed()` bytes cut anywhere, get the actions that are complete. Never raises."""

    def __init__(self) -> None:
        self._rest = b""
        self._headers: list[Header] = []
        self._too_long = False

    def feed(self, data: bytes) -> list[Action | TooLong]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        found: list[Action | TooLong] = []
        for line in lines:
            self._take(line.rstrip(b"\r"), found)
        if len(self._rest) > LINE_LIMIT:
            self._rest = self._rest[: LINE_LIMIT + 1]
        return found

    def _take(self, line: bytes, found: list[Action | TooLong]) -> None:
        if len(line) > LINE_LIMIT:
            self._too_long = True
        elif line:
            key, _, value = line.decode("utf-8", "replace").partition(":")
            self._headers.append((key.strip(), value.lstrip("".join(map(chr, range(1, 33)))).rstrip()))
        else:
            found.append(TooLong() if self._too_long else Action(tuple(self._headers)))
            self._headers, self._too_long = [], False


def encode(headers: Iterable[Header]) -> bytes:
    """One message. A control character in a value cannot end a line: it becomes a blank."""
    lines = [f"{key}: {''.join(' ' if c < ' ' else c for c in value)}\r\n" for key, value in headers]
    return ("".join(lines) + "\r\n").encode()
