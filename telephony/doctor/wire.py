"""The way from a browser to the PBX, gone as a browser goes it: TLS, the WebSocket, a question in SIP, its answer.

What fails is told apart; nothing registers, and nobody is rung.
"""

import asyncio
import re
import secrets
import ssl
from urllib.parse import urljoin, urlsplit

from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from telephony.doctor.findings import Finding, fail, ok, unchecked

SECONDS = 5.0
SIP = Subprotocol("sip")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PBX = "asterisk"  # how its http server names itself
ASKED = (
    "OPTIONS sip:{realm} SIP/2.0\r\nVia: SIP/2.0/WSS doctor.invalid;branch=z9hG4bK{tag}\r\nMax-Forwards: 5\r\n"
    "From: <sip:desk-doctor@{realm}>;tag={tag}\r\nTo: <sip:{realm}>\r\nCall-ID: {tag}@doctor.invalid\r\n"
    "CSeq: 1 OPTIONS\r\nUser-Agent: Taxi desk doctor\r\nContent-Length: 0\r\n\r\n"
)


class Straight(connect):
    """A browser follows no redirect here."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


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
    except (OSError, InvalidHandshake) as error:
        return fail("wire_unreachable", **names, why=str(error)[:200])


async def _asked(url: str, names: dict[str, str], realm: str) -> Finding:
    try:
        async with Straight(url, subprotocols=[SIP], proxy=None, open_timeout=None, close_timeout=0.2) as wire:
            if wire.subprotocol is None:
                return fail("wire_no_sip", **names)
            await wire.send(ASKED.format(realm=realm, tag=secrets.token_hex(8)))
            async for said in wire:
                if isinstance(said, str) and said.startswith("SIP/2.0 "):
                    return ok("wire", **names)
    except InvalidStatus as refused:
        return _refused(refused.response.status_code, refused.response.headers, names)
    except ConnectionClosed:
        pass
    return fail("wire_silent", **names)


def _refused(status: int, headers: Headers, names: dict[str, str]) -> Finding:
    is_of_the_pbx = headers.get("Server", "").lower().startswith(PBX)
    if status == 400 and is_of_the_pbx:
        return fail("wire_no_sip", **names)
    if status == 404 and is_of_the_pbx:
        return fail("wire_not_found", **names)
    if status in (502, 503, 504):
        return fail("wire_proxy_alone", **names, status=status)
    return fail("wire_no_upgrade", **names, status=status)
