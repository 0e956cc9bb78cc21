"""Many desks in one process, for `bin/bench push`: sockets spoken to by hand, so that the listening costs little.

Reads a plan from its input (ports, session keys, languages), says "ready" when all have their hello, and after
a line on its input writes what each desk heard of the orders as JSON: [[when (CLOCK_MONOTONIC), from, to], …].
"""

import asyncio
import base64
import json
import os
import re
import sys
import time
from pathlib import Path

BATCH = re.compile(rb'\{"type": "batch", "topic": "orders", "from": (\d+), "to": (\d+)')
HEAD = 120  # bytes of a frame that are looked at


class Desk(asyncio.Protocol):
    def __init__(self, port: int, session: str, language: str, hello: asyncio.Event) -> None:
        self._request = (port, session, language)
        self._hello = hello
        self._buffer = bytearray()
        self._upgraded = False
        self.heard: list[tuple[float, int, int]] = []
        self.frames = self.bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        port, session, language = self._request
        key = base64.b64encode(os.urandom(16)).decode()
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(
            f"GET /ws/?language={language} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Cookie: sessionid={session}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        buffer = self._buffer
        buffer += data
        self.bytes += len(data)
        if not self._upgraded:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert buffer.startswith(b"HTTP/1.1 101"), bytes(buffer[:200])
            self._upgraded = True
            del buffer[: end + 4]
        self._take(buffer, now)

    def _take(self, buffer: bytearray, now: float) -> None:
        """Whole frames: the server's are not masked."""
        at = 0
        while len(buffer) - at >= 2:
            size, head = buffer[at + 1] & 0x7F, 2
            if size >= 126:
                head = 4 if size == 126 else 10
                if len(buffer) - at < head:
                    break
                size = int.from_bytes(buffer[at + 2 : at + head], "big")
            if len(buffer) - at < head + size:
                break
            self._frame(buffer[at] & 0x0F, bytes(buffer[at + head : at + head + min(size, HEAD)]), now)
            at += head + size
        if at:
            del buffer[:at]

    def _frame(self, kind: int, start: bytes, now: float) -> None:
        self.frames += 1
        if kind == 9 and isinstance(self.transport, asyncio.WriteTransport):  # ping
            self.transport.write(bytes([0x8A, 0x80 | len(start)]) + bytes(4) + start)
        if kind == 1 and start.startswith(b'{"type": "hello"'):
            self._hello.set()
        elif kind == 1 and (found := BATCH.match(start)):
            self.heard.append((now, int(found[1]), int(found[2])))


async def _until(said: asyncio.Event) -> None:
    async with asyncio.timeout(30):
        await said.wait()


async def main() -> None:
    loop = asyncio.get_running_loop()
    plan = json.loads(sys.stdin.readline())
    desks = []
    for port, session, language in plan["desks"]:
        hello = asyncio.Event()
        desk = Desk(port, session, language, hello)
        await loop.create_connection(lambda desk=desk: desk, "127.0.0.1", port)  # type: ignore[misc]
        desks.append(desk)
        if len(desks) % 10 == 0:
            await _until(hello)
    for desk in desks:
        await _until(desk._hello)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.readline)
    said = {"heard": [desk.heard for desk in desks], "bytes": sum(desk.bytes for desk in desks)}
    Path(plan["file"]).write_text(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
