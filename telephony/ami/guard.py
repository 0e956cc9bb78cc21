"""panoramisk 1.4 within bounds: one AMI connection, from its greeting to its end. Only this file imports panoramisk.

panoramisk opens the socket, numbers the actions and writes them. What it does with what comes back is replaced: it
loses letters cut in two, waits for ever for lists, dies of a callback's error, and after a reconnect sends old orders
anew. A session is never revived: whoever lost one opens another, and asks the PBX how things stand.
"""

import asyncio
import logging
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from panoramisk import Manager
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from telephony.ami.translate import text
from telephony.ami.wire import Message, Wire

log = logging.getLogger(__name__)

LINE_BYTES = 900  # Asterisk refuses a line from about 1 022 bytes on
LINES = 100  # and drops the headers beyond its 128th
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
GREETING = b"Asterisk Call Manager/"
LOOKS = 5  # between two pings, to see early that nothing comes
PING = b"Action: Ping\r\nActionID: ping\r\n\r\n"

Value = str | Sequence[str]


class NotSent(Exception):
    """The action did not leave this process: nothing was done."""


class Unsendable(NotSent):
    """A value that the AMI would read as something else: control characters, or a line that is too long."""


class Unanswered(Exception):
    """The action left, and no answer came in time or before the connection ended: its outcome is unknown."""


class Lost(Exception):
    """The connection ended, or never began; the text says why, for a person."""


class NotAmi(Lost):
    """Something else listens there."""


class WrongPassword(Lost):
    """The PBX does not accept our name and secret: trying again at once would only lock us out."""


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    user: str
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> "Address":
        """From `ami://user:secret@host:port`; raises ValueError with a sentence."""
        try:
            parts = urlsplit(url)
            port = parts.port or 5038
        except ValueError as error:
            raise ValueError("AMI_URL: the port must be a number from 1 to 65535.") from error
        if parts.scheme != "ami" or not parts.hostname or not parts.username or parts.password is None:
            raise ValueError("AMI_URL must look like ami://user:secret@host:5038.")
        return cls(parts.hostname, port, unquote(parts.username), unquote(parts.password))


@dataclass(frozen=True)
class Limits:
    """Every wait has an end, in seconds."""

    connect: float = 3.0
    action: float = 5.0
    ping: float = 1.0
    stale: float = 2.0


@dataclass(frozen=True)
class Reply:
    """The PBX's answer. `ok` means accepted, not done; `items` are the events of a list, without its end mark."""

    ok: bool
    message: str
    headers: Message
    items: tuple[Message, ...] = ()


class Session:
    """One socket's life. `on_event` gets each event in order; it must not wait, and an error in it harms nobody."""

    def __init__(
        self,
        address: Address,
        *,
        on_event: Callable[[Message], None],
        on_bytes: Callable[[bytes], None] = lambda data: None,
        may_send: Callable[[], bool] = lambda: True,
        limits: Limits = Limits(),
    ) -> None:
        self.address = address
        self.on_event = on_event
        self.on_bytes = on_bytes
        self.may_send = may_send
        self.limits = limits
        self.seen = 0.0  # when the last byte came, on the loop's clock
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._manager = _Manager(self)

    async def open(self) -> None:
        """Connect, await the greeting, sign in. Raises WrongPassword, Lost, OSError or TimeoutError."""
        try:
            async with asyncio.timeout(self.limits.connect):
                await self._manager.connect()
                await self._sign_in()
        except BaseException:
            self.close("could not sign in")
            raise

    async def order(self, name: str, **headers: Value) -> Reply:
        """Send an action that changes something, if we still may. Raises NotSent, Unsendable or Unanswered."""
        action = _Single(name, headers)
        if not self.may_send():  # nothing is awaited between this look and the write
            raise NotSent("this link is not the active one")
        return await self._send(action)

    async def read(self, name: str, **headers: Value) -> Reply:
        """Send an action that only asks, and has one answer. Raises NotSent, Unsendable or Unanswered."""
        return await self._send(_Single(name, headers))

    async def read_list(self, name: str, **headers: Value) -> Reply:
        """Send an action that is answered by a list, await its end. Empty lists are often told as an "Error"."""
        return await self._send(_List(name, headers))

    async def live(self) -> str:
        """Ping until the connection ends, or nothing comes for `limits.stale`; returns why, for a person."""
        loop, limits = asyncio.get_running_loop(), self.limits
        pinged = unanswered_since = 0.0
        while not self.ended.done():
            if loop.time() - pinged >= limits.ping:
                pinged = loop.time()
                unanswered_since = unanswered_since if unanswered_since > self.seen else pinged
                self._manager.protocol.transport.write(PING)
            await asyncio.wait([self.ended], timeout=limits.ping / LOOKS)
            # When it was we who slept, no question was open: that silence is not the peer's.
            is_asked = unanswered_since > self.seen and loop.time() - unanswered_since > limits.ping / 2
            if is_asked and loop.time() - self.seen > limits.stale:
                self.close(f"silent for more than {limits.stale:g} s")
        return self.ended.result()

    def close(self, why: str = "closed") -> None:
        """End it now, without waiting for a peer that may be frozen; every waiting action is forgotten."""
        if not self.ended.done():
            self.ended.set_result(why)
        protocol = self._manager.protocol
        if protocol is not None:
            protocol.transport.abort()
            protocol.forget(Unanswered(why))

    async def _sign_in(self) -> None:
        login = _Single("Login", {"Username": self.address.user, "Secret": self.address.secret, "Events": "on"})
        try:
            await self._manager.protocol.greeted
            reply = await self._send(login)
        except Unanswered as error:
            raise Lost(str(error)) from error
        if reply.ok:
            return
        if "authentication" in reply.message.lower() or "permission" in reply.message.lower():
            raise WrongPassword(f"The PBX does not let “{self.address.user}” in: {reply.message}.")
        raise Lost(f"The PBX does not let us in now: {reply.message}.")

    async def _send(self, action: "_Single") -> Reply:
        protocol = self._manager.protocol
        if protocol is None or self.ended.done():
            raise NotSent("not connected to the PBX")
        future = self._manager.send_action(action)
        try:
            async with asyncio.timeout(self.limits.action):  # wait_for of Python 3.11 swallows a cancellation
                return await future
        except TimeoutError as error:
            raise Unanswered(f"no answer to {action['Action']} within {self.limits.action:g} s") from error
        finally:
            protocol.responses.pop(action.id, None)


class _Single(Action):
    """An action with one answer, checked before it can be written."""

    def __init__(self, name: str, headers: dict[str, Value]) -> None:
        values = {key: value for key, value in headers.items() if value != ""}
        _check({"Action": name, **values})
        super().__init__({"Action": name, **values})

    def add_message(self, message: Message) -> bool:
        if "Event" in message or self.future.done():  # OriginateResponse bears the ActionID too
            return False
        self.future.set_result(_reply(message))
        return True


class _List(_Single):
    """An action with an answer, events, and an end mark."""

    def add_message(self, message: Message) -> bool:
        if self.future.done():
            return False
        if not self.responses and message.get("Response") == "Error":
            self.future.set_result(_reply(message))
            return True
        self.responses.append(message)
        if len(self.responses) == 1 or not _ends_list(message):
            return True
        first, *items = self.responses[:-1]
        self.future.set_result(_reply(first, tuple(items)))
        return True


class _Protocol(AMIProtocol):
    """panoramisk's connection with a reader of our own."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.wire = Wire()
        self.greeting = b""
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.encoding = "utf-8"
        self.session.seen = asyncio.get_running_loop().time()

    def data_received(self, data: bytes) -> None:
        self.session.seen = asyncio.get_running_loop().time()
        try:
            self.session.on_bytes(data)
            for message in self.wire.feed(data if self.greeted.done() else self._after_greeting(data)):
                self.handle_message(message)
        except Exception:
            log.exception("data from the PBX could not be read")
            self.session.close("unreadable data")

    def _after_greeting(self, data: bytes) -> bytes:
        self.greeting += data
        greeting, end, rest = self.greeting.partition(b"\n")
        if not GREETING.startswith(greeting[: len(GREETING)]):
            self.forget(NotAmi("no Asterisk Manager answers at that port"))
        elif end:
            self.greeted.set_result(None)
            return rest
        return b""

    def handle_message(self, message: Message) -> None:
        action = self.responses.get(text(message, "ActionID"))
        if action is not None and action.add_message(message):
            return
        if "Event" not in message:
            return  # the answer to a ping, or to an action that was given up
        try:
            self.session.on_event(message)
        except Exception:
            log.exception("event %s was not understood", message.get("Event"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.session.close(f"connection lost: {exc}" if exc else "the PBX closed the connection")

    def forget(self, reason: Exception) -> None:
        for action in self.responses.values():
            if not action.future.done():
                action.future.set_exception(reason)
        self.responses.clear()
        if not self.greeted.done():
            self.greeted.set_exception(reason)
            self.greeted.exception()  # nobody may be waiting


class _Manager(Manager):
    """panoramisk's manager without its own login, pings, reconnects and replays: those are the session's."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            host=session.address.host,
            port=session.address.port,
            loop=asyncio.get_running_loop(),
            protocol_factory=lambda: _Protocol(session),
        )

    def connection_made(self, task: "asyncio.Task[tuple[asyncio.Transport, _Protocol]]") -> None:
        if not task.cancelled() and task.exception() is None:
            self.protocol = task.result()[1]

    def send_action(self, action: _Single, as_list: bool | None = False) -> "asyncio.Future[Reply]":
        return self.protocol.send(action, as_list=as_list)


def _reply(message: Message, items: tuple[Message, ...] = ()) -> Reply:
    ok = message.get("Response") in ("Success", "Follows", "Goodbye")
    return Reply(ok, text(message, "Message"), message, items)


def _ends_list(message: Message) -> bool:
    return text(message, "EventList") in ("Complete", "cancelled") or text(message, "Event").endswith("Complete")


def _check(headers: dict[str, Value]) -> None:
    lines = [
        (name, one) for name, value in headers.items() for one in ([value] if isinstance(value, str) else list(value))
    ]
    if len(lines) > LINES:
        raise Unsendable(f"an action of {len(lines)} lines")
    for name, value in lines:
        if not HEADER.match(name):
            raise Unsendable(f"{name!r} is no header's name")
        if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") for letter in value):
            raise Unsendable(f"{name} holds a control character")
        if len(f"{name}: {value}".encode()) > LINE_BYTES:
            raise Unsendable(f"{name} is longer than {LINE_BYTES} bytes")
