"""A bare AMI client of the tests: it reads what the simulator writes, byte for byte."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Self

Header = tuple[str, str]


class Message(NamedTuple):
    headers: tuple[Header, ...]

    def __getitem__(self, name):  # type: ignore[override]
        return next((value for key, value in self.headers if key == name), "")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key for key, _ in self.headers)


def parse(data: bytes) -> list[Message]:
    """The whole messages in that text; the banner is left out."""
    text = data.decode().replace("Asterisk Call Manager/11.0.0\r\n", "")
    whole = text.split("\r\n\r\n")[:-1]
    return [
        Message(tuple((key, value) for key, _, value in (line.partition(": ") for line in one.split("\r\n") if line)))
        for one in whole
    ]


class Client:
    """`async with Client(port) as ami:` signs in and hears everything."""

    def __init__(self, port: int, *, user: str = "sim", secret: str = "sim", events: str = "on") -> None:
        self._port, self._user, self._secret, self._events = port, user, secret, events
        self._count = 0
        self._news = asyncio.Event()
        self._parsed = 0
        self.data = b""
        self.messages: list[Message] = []
        self.closed = False

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._pump = asyncio.create_task(self._read())
        reply = await self.order("Login", Username=self._user, Secret=self._secret, Events=self._events)
        assert reply["Response"] == "Success", reply
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pump.cancel()
        self._writer.close()

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(65536):
                self.data += data
                whole = self.data.rfind(b"\r\n\r\n") + 4
                self.messages += parse(self.data[self._parsed : whole])
                self._parsed = max(whole, self._parsed)
                self._news.set()
        except OSError:
            pass
        self.closed = True
        self._news.set()

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def order(self, action: str, **headers: object) -> Message:
        """Send it and wait for its response."""
        self._count += 1
        own = f"t{self._count}"
        lines = [f"Action: {action}", f"ActionID: {own}", *(f"{k}: {v}" for k, v in headers.items())]
        self.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.wait(lambda m: m["ActionID"] == own and m["Response"] != "")

    async def read_list(self, action: str, **headers: object) -> list[Message]:
        """Its response, the items and the end."""
        first = await self.order(action, **headers)
        own = first["ActionID"]
        await self.wait(lambda m: m["ActionID"] == own and m["EventList"] == "Complete")
        return [m for m in self.messages if m["ActionID"] == own]

    @property
    def events(self) -> list[Message]:
        return [m for m in self.messages if m["Event"]]

    async def wait(self, wanted: Callable[[Message], bool], seconds: float = 5, after: int = 0) -> Message:
        """The first message that fits, among those from the `after`th on."""
        async with asyncio.timeout(seconds):
            while True:
                self._news.clear()
                for message in self.messages[after:]:
                    if wanted(message):
                        return message
                after = max(after, len(self.messages))
                await self._news.wait()

    async def event(self, name: str, seconds: float = 5, after: int = 0, **headers: str) -> Message:
        def fits(message: Message) -> bool:
            return message["Event"] == name and all(message[key] == value for key, value in headers.items())

        return await self.wait(fits, seconds, after)

    async def add(self, *extensions: str) -> None:
        for extension in extensions:
            await self.order(
                "QueueAdd", Queue="dispatch", Interface=f"PJSIP/{extension}", MemberName=f"Person {extension}"
            )

    async def remove(self, *extensions: str) -> None:
        for extension in extensions:
            await self.order("QueueRemove", Queue="dispatch", Interface=f"PJSIP/{extension}")

    async def rings(self, extension: str, after: int = 0) -> Message:
        """That desk phone rings."""

        def fits(message: Message) -> bool:
            return message["Event"] == "DialState" and message["DestChannel"].startswith(f"PJSIP/{extension}-")

        return await self.wait(fits, after=after)
