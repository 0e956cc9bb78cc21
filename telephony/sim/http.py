"""As much HTTP as one plain page on loopback needs: whole requests, short answers, no other site's forms."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

HEAD_LIMIT = 16 << 10
BODY_LIMIT = 16 << 10
SECONDS = 10.0
REASONS = {200: "OK", 303: "See Other", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    fields: dict[str, str]  # of the form that was sent


@dataclass(frozen=True, slots=True)
class Response:
    body: str = ""
    kind: str = "text/html"
    status: int = 200
    location: str = ""


Handle = Callable[[Request], Awaitable[Response]]


class BadRequest(Exception):
    """It was not HTTP, or more of it than we read."""


class HttpServer:
    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._own: frozenset[str] = frozenset()
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self, host: str, port: int) -> int:
        """The port that it listens on; OSError when that one is taken."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=HEAD_LIMIT)
        port = int(self._server.sockets[0].getsockname()[1])
        self._own = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        return port

    async def close(self) -> None:
        if self._server:
            self._server.close()
            for writer in self._open:
                writer.transport.abort()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            async with asyncio.timeout(SECONDS):
                try:
                    request = await read(reader)
                    response = await self._handle(request) if self._is_ours(request) else Response(status=403)
                except BadRequest:
                    response = Response(status=400)
                writer.write(encode(response))
                await writer.drain()
        except (OSError, TimeoutError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _is_ours(self, request: Request) -> bool:
        """Refuses a name that was pointed at loopback, and forms of other sites."""
        origin = request.headers.get("origin", "")
        same = not origin or urlsplit(origin).netloc in self._own
        return request.headers.get("host", "") in self._own and (request.method == "GET" or same)


async def read(reader: asyncio.StreamReader) -> Request:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as why:
        raise BadRequest from why
    first, *lines = head.split("\r\n")
    try:
        method, target, _ = first.split(" ", 2)
    except ValueError as why:
        raise BadRequest from why
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdecimal() or int(length) > BODY_LIMIT:
        raise BadRequest
    try:
        body = (await reader.readexactly(int(length))).decode()
    except (asyncio.IncompleteReadError, UnicodeDecodeError) as why:
        raise BadRequest from why
    fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
    return Request(method, urlsplit(target).path, headers, fields)


def encode(response: Response) -> bytes:
    body = response.body.encode()
    head = [
        f"HTTP/1.1 {response.status} {REASONS[response.status]}",
        f"Content-Type: {response.kind}; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"Content-Security-Policy: {POLICY}",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if response.location:
        head.append(f"Location: {response.location}")
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body
