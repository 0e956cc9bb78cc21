"""The way from a browser to the PBX, gone as a browser goes it: TLS, the WebSocket, a question in SIP, its answer.

By hand, so that what fails is told apart; nothing registers, and nobody is rung.
"""

import asyncio
import base64
import os
import re
import secrets
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from telephony.doctor.findings import Finding, fail, ok, unchecked

SECONDS = 5.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PBX = "asterisk"  # how its http server names itself
ASKED = (
    "OPTIONS sip:{realm} SIP/2.0\r\nVia: SIP/2.0/WSS doctor.invalid;branch=z9hG4bK{tag}\r\nMax-Forwards: 5\r\n"
    "From: <sip:desk-doctor@{realm}>;tag={tag}\r\nTo: <sip:{realm}>\r\nCall-ID: {tag}@doctor.invalid\r\n"
    "CSeq: 1 OPTIONS\r\nUser-Agent: Taxi desk doctor\r\nContent-Length: 0\r\n\r\n"
)


@dataclass
class Answer:
    """Of an HTTP server to the wish for a WebSocket."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_of_the_pbx(self) -> bool:
        return self.headers.get("server", "").lower().startswith(PBX)


async def examine(url: str, *, desk: str, realm: str) -> Finding:
    """`url`: PHONE_URL; `desk`: where browsers open the desk, for a path alone; "": not known."""
    if not urlsplit(url).netloc:
        if not desk:
            return unchecked("wire_unknown", url=url)
        url = urljoin(desk, url)
    url = re.sub("^http", "ws", url)
    parts = urlsplit(url)
    names = {
        "url": url,
        "host": parts.hostname or "",
        "port": str(parts.port or (443 if parts.scheme == "wss" else 80)),
    }
    if parts.scheme != "wss" and parts.hostname not in LOOPBACK:
        return fail("wire_plain", **names)
    try:
        async with asyncio.timeout(SECONDS):
            return await _asked(url, names, realm)
    except ConnectionRefusedError:
        return fail("wire_refused", **names)
    except TimeoutError:
        return fail("wire_silent", **names)
    except ssl.SSLCertVerificationError as error:
        return fail("wire_untrusted", **names, why=error.verify_message)
    except ssl.SSLError:
        return fail("wire_no_tls", **names)
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        return fail("wire_unreachable", **names, why=str(error)[:200])


async def _asked(url: str, names: dict[str, str], realm: str) -> Finding:
    parts = urlsplit(url)
    tls = ssl.create_default_context() if parts.scheme == "wss" else None
    reader, writer = await asyncio.open_connection(names["host"], int(names["port"]), ssl=tls)
    try:
        answer = await _opened(reader, writer, parts.path or "/", parts.netloc)
        if wrong := _refused(answer, names):
            return wrong
        writer.write(_frame(ASKED.format(realm=realm, tag=secrets.token_hex(8)).encode()))
        while not (said := await _heard(reader)).startswith(b"SIP/2.0 "):
            if not said:
                return fail("wire_silent", **names)
        return ok("wire", **names)
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            await writer.wait_closed()


async def _opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, host: str) -> Answer:
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: sip\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = re.match(r"HTTP/1\.[01] (\d{3})", head[0])
    if not status:
        raise ValueError(head[0])
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    return Answer(int(status[1]), headers)


def _refused(answer: Answer, names: dict[str, str]) -> Finding | None:
    if answer.status == 101:
        return None if answer.headers.get("sec-websocket-protocol") == "sip" else fail("wire_no_sip", **names)
    if answer.status == 400 and answer.is_of_the_pbx:
        return fail("wire_no_sip", **names)
    if answer.status == 404 and answer.is_of_the_pbx:
        return fail("wire_not_found", **names)
    if answer.status in (502, 503, 504):
        return fail("wire_proxy_alone", **names, status=answer.status)
    return fail("wire_no_upgrade", **names, status=answer.status)


def _frame(text: bytes) -> bytes:
    """Of text, masked as a browser's."""
    mask = os.urandom(4)
    size = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0x80 | 126]) + len(text).to_bytes(2, "big")
    return b"\x81" + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))


async def _heard(reader: asyncio.StreamReader) -> bytes:
    """The next frame; a PBX's are not masked. Nothing: it closes."""
    kind, size = await reader.readexactly(2)
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    text = await reader.readexactly(size)
    return b"" if kind & 0x0F == 8 else text or b" "
