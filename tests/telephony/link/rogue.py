"""An AMI server that does what a test tells it, good manners and bad."""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

from dispatch.embedded.process import free_port

GREETING = b"Asterisk Call Manager/11.0.0\r\n"


def message(**headers: object) -> bytes:
    """One AMI message; a list value becomes several lines, `Cause_txt` the header Cause-txt."""
    lines = []
    for name, value in headers.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            lines.append(f"{name.replace('_', '-')}: {one}\r\n")
    return "".join(lines).encode() + b"\r\n"


class Caller:
    """One client of the server: the link, or who plays it."""

    def __init__(self, rogue: "Rogue", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.rogue = rogue
        self.reader = reader
        self.writer = writer
        self.signed_in = False

    def write(self, data: bytes) -> None:
        if not self.rogue.frozen and not self.writer.is_closing():
            self.writer.write(data)

    def reply(self, action: dict[str, str], response: str = "Success", **headers: object) -> None:
        self.write(message(Response=response, ActionID=action["ActionID"], **headers))

    def reply_list(self, action: dict[str, str], items: Iterable[bytes], *, complete: str) -> None:
        """`items`: whole messages; the ActionID is put into each as Asterisk does."""
        mark = f"ActionID: {action['ActionID']}\r\n".encode()
        self.reply(action, EventList="start", Message="list will follow")
        for item in items:
            head, rest = item.split(b"\r\n", 1)
            self.write(head + b"\r\n" + mark + rest)
        self.write(message(Event=complete, ActionID=action["ActionID"], EventList="Complete", ListItems=1))

    async def serve(self) -> None:
        self.write(self.rogue.greeting)
        try:
            while text := await self.reader.readuntil(b"\r\n\r\n"):
                lines = [line.split(": ", 1) for line in text.decode().split("\r\n") if ": " in line]
                action = dict(lines)
                self.rogue.actions.append(action)
                if not self.rogue.frozen:
                    answer = self.rogue.answers[action["Action"]](self, action)
                    if answer is not None:
                        await answer
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.writer.close()
            self.rogue.callers.remove(self)


class Rogue:
    """`actions`: all that was received; `answers[name]`: what to do for one; `frozen`: not a byte more;
    `is_booting`: it lets callers in, but is not ready."""

    def __init__(self, *, secret: str = "s3cret") -> None:
        self.secret = secret
        self.greeting = GREETING
        self.frozen = False
        self.is_booting = False
        self.logins = 0
        self.booted_at = time.time() - 100
        self.callers: list[Caller] = []
        self.actions: list[dict[str, str]] = []
        self.answers: dict[str, Callable[[Caller, dict[str, str]], Awaitable[None] | None]] = defaultdict(
            lambda: self.unknown,
            Login=self.login,
            Ping=lambda caller, action: caller.reply(action, Ping="Pong", Timestamp="1795420800.000000"),
            CoreStatus=lambda caller, action: caller.reply(action, CoreCurrentCalls=0),
            Status=lambda caller, action: caller.reply_list(action, [], complete="StatusComplete"),
            CoreShowChannels=lambda caller, action: caller.reply_list(action, [], complete="CoreShowChannelsComplete"),
            BridgeList=lambda caller, action: caller.reply_list(action, [], complete="BridgeListComplete"),
            QueueStatus=lambda caller, action: caller.reply_list(action, [], complete="QueueStatusComplete"),
            ParkedCalls=lambda caller, action: caller.reply_list(action, [], complete="ParkedCallsComplete"),
        )
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Rogue":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        return f"ami://dispatch:s3cret@127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.port = self.port or free_port(34000 + os.getpid() % 500)
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Close everything, as a PBX that is killed."""
        if self._server is not None:
            self._server.close()
        for caller in list(self.callers):
            caller.writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._server = None

    def send(self, data: bytes) -> None:
        """To everybody who has signed in."""
        for caller in self.callers:
            if caller.signed_in:
                caller.write(data)

    def event(self, name: str, **headers: object) -> None:
        self.send(message(Event=name, **headers))

    def received(self, name: str) -> list[dict[str, str]]:
        return [action for action in self.actions if action["Action"] == name]

    def login(self, caller: Caller, action: dict[str, str]) -> None:
        if action["Secret"] != self.secret:
            caller.reply(action, "Error", Message="Authentication failed")
            caller.writer.close()
            return
        self.logins += 1
        caller.signed_in = True
        caller.reply(action, Message="Authentication accepted")
        if not self.is_booting:
            self.fully_booted(caller.write)

    def fully_booted(self, tell: Callable[[bytes], None]) -> None:
        age = int(time.time() - self.booted_at)
        tell(message(Event="FullyBooted", Privilege="system,all", Uptime=age, LastReload=age, Status="Fully Booted"))

    def unknown(self, caller: Caller, action: dict[str, str]) -> None:
        caller.reply(action, "Error", Message="Invalid/unknown command")

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = Caller(self, reader, writer)
        self.callers.append(caller)
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            await caller.serve()
        finally:
            self._tasks.discard(task)


def silent(caller: Caller, action: dict[str, str]) -> None:
    """An answer that never comes."""


async def until(condition: Callable[[], object], *, seconds: float = 5.0) -> None:
    """Await a condition of the test's own process; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
