"""The AMI server: who may speak, what he hears, how he is answered."""

import asyncio
import contextlib
import hashlib
import hmac
import random
import re
import time
from collections.abc import Awaitable, Callable

from telephony.sim.answers import Answer, done, messages, refused
from telephony.sim.pbx import Event
from telephony.sim.wire import Action, Header, Reader, encode

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
READ = frozenset({"system", "call", "agent", "user", "dtmf", "cdr"})  # read= of the link's account in manager.conf
BACKLOG = 8 << 20  # bytes: who does not read that much is dropped (writetimeout)

Perform = Callable[[Action], Awaitable[Answer | None]]


class Session:
    """One client."""

    def __init__(self, server: "AmiServer", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._challenge = ""
        self._hears: frozenset[str] = READ
        self._wanted: list[re.Pattern[str]] = []
        self._unwanted: list[re.Pattern[str]] = []
        self.knows_us = False

    async def serve(self) -> None:
        self._write(BANNER)
        lines = Reader()
        while data := await self._reader.read(65536):
            for action in lines.feed(data):
                await self._server.thawed.wait()
                if not isinstance(action, Action):
                    self._answer(refused("Failed to parse message: line too long"), "")
                elif not await self._take(action):
                    return

    async def _take(self, action: Action) -> bool:
        """Answer it; False when this was the last one."""
        name = action.name.lower()
        if not name:
            self._answer(refused("Missing action in request"), action.id)
        elif name == "login":
            return self._login(action)
        elif name == "challenge":
            self._answer(self._give_challenge(action), action.id)
        elif name == "logoff":
            self._answer(Answer("Goodbye", "Thanks for all the fish."), action.id)
            return False
        elif not self.knows_us:
            self._answer(refused("Permission denied"), action.id)
        elif name == "events":
            self._answer(self._choose_events(action.get("EventMask")), action.id)
        elif name == "filter":
            self._answer(self._filter(action), action.id)
        else:
            self._answer(await self._server.perform(action) or unknown(action.name), action.id)
        return True

    # --- who is there ---------------------------------------------------------------------------------------------

    def _give_challenge(self, action: Action) -> Answer:
        if action.get("AuthType").lower() != "md5":
            return refused("Must specify AuthType")
        self._challenge = str(random.SystemRandom().randrange(10**8, 10**9))
        return done("", ("Challenge", self._challenge))

    def _login(self, action: Action) -> bool:
        if self.knows_us:
            self._answer(done("Already authenticated"), action.id)
            return True
        if not self._proves(action):
            self._answer(refused("Authentication failed"), action.id)
            return False
        self._answer(done("Authentication accepted"), action.id)
        self.knows_us = True
        mask = action.get("Events")
        if mask:
            self._choose_events(mask)
        self.hear(self._server.booted())
        return True

    def _proves(self, action: Action) -> bool:
        server = self._server
        if action.get("AuthType").lower() == "md5":
            if not self._challenge:
                return False
            expected = hashlib.md5((self._challenge + server.secret).encode(), usedforsecurity=False).hexdigest()
            given = action.get("Key").lower()
        else:
            expected, given = server.secret, action.get("Secret")
        right = hmac.compare_digest(expected.encode(), given.encode())
        return right and hmac.compare_digest(server.user.encode(), action.get("Username").encode())

    # --- what he hears --------------------------------------------------------------------------------------------

    def _choose_events(self, mask: str) -> Answer:
        words = {word.strip().lower() for word in mask.split(",")}
        if words & {"off", "none", "no", "false", "0"}:
            self._hears = frozenset()
            return done("", ("Events", "Off"))
        everything = words & {"on", "all", "yes", "true", "1", ""}
        self._hears = READ if everything else READ & words
        return done("", ("Events", "On"))

    def _filter(self, action: Action) -> Answer:
        if action.get("Operation").lower() != "add":
            return refused("Unknown operation")
        text = action.get("Filter")
        unwanted = text.startswith("!")
        try:
            pattern = re.compile(text.removeprefix("!"))
        except re.error:
            return refused("Filter did not compile.  Check the syntax of the filter given.")
        (self._unwanted if unwanted else self._wanted).append(pattern)
        return done("Success")

    def hear(self, event: Event) -> None:
        if not self.knows_us or event.privilege not in self._hears:
            return
        data = self._server.encoded(event)
        if self._wanted or self._unwanted:
            text = data.decode()
            if any(p.search(text) for p in self._unwanted):
                return
            if self._wanted and not any(p.search(text) for p in self._wanted):
                return
        self._write(data)

    # --- the wire -------------------------------------------------------------------------------------------------

    def _answer(self, answer: Answer, action_id: str) -> None:
        self._write(b"".join(encode(headers) for headers in messages(answer, action_id)))

    def _write(self, data: bytes) -> None:
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > BACKLOG:
            self._writer.transport.abort()
            return
        self._writer.write(data)

    def drop(self) -> None:
        self._writer.transport.abort()

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


class AmiServer:
    """Listens on loopback; several clients at once. Frozen, it keeps every socket open and says nothing."""

    def __init__(self, user: str, secret: str, perform: Perform) -> None:
        self.user = user
        self.secret = secret
        self.perform = perform
        self.started = time.time()
        self.thawed = asyncio.Event()
        self.thawed.set()
        self._held: list[Event] = []
        self._sessions: set[Session] = set()
        self._server: asyncio.Server | None = None
        self._last: tuple[Event, bytes] | None = None

    async def listen(self, host: str, port: int) -> int:
        """The port that it listens on; OSError when that one is taken."""
        self._server = await asyncio.start_server(self._greet, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, reader, writer)
        self._sessions.add(session)
        try:
            await self.thawed.wait()
            await session.serve()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._sessions.discard(session)
            await session.close()

    @property
    def clients(self) -> int:
        """How many are signed in."""
        return sum(session.knows_us for session in self._sessions)

    def tell(self, event: Event) -> None:
        if not self.thawed.is_set():
            self._held.append(event)
            return
        for session in list(self._sessions):
            session.hear(event)

    def freeze(self) -> None:
        self.thawed.clear()

    def thaw(self) -> None:
        """What was held back comes at once, as from a machine that had been stopped."""
        self.thawed.set()
        held, self._held = self._held, []
        for event in held:
            self.tell(event)

    def drop_all(self) -> None:
        self._held.clear()
        for session in list(self._sessions):
            session.drop()

    async def close(self) -> None:
        self.thawed.set()
        if self._server:
            self._server.close()
        self.drop_all()
        if self._server:
            await self._server.wait_closed()

    def booted(self) -> Event:
        up = str(int(time.time() - self.started))
        headers = (("Uptime", up), ("LastReload", up), ("Status", "Fully Booted"))
        return Event("FullyBooted", "system", headers, None)

    def encoded(self, event: Event) -> bytes:
        if self._last is None or self._last[0] is not event:
            stamp: list[Header] = [] if event.at is None else [("Timestamp", f"{event.at:.6f}")]
            head = [("Event", event.name), ("Privilege", f"{event.privilege},all"), *stamp]
            self._last = (event, encode([*head, *event.headers]))
        return self._last[1]


def unknown(name: str) -> Answer:
    return refused(f"Invalid/unknown command: {name}. Use Action: ListCommands to show available commands.")
