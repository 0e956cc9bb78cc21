"""By which servers the sound of a browser outside the office finds its way to the PBX: STUN and TURN."""

import base64
import hmac
import re
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

TURN_SECONDS = 3600  # from when a call begins to use the server; one that lasts longer goes on
HOST = r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?"
STUN = re.compile(rf"stuns?:{HOST}")
TURN = re.compile(rf"turns?:{HOST}(\?transport=(udp|tcp))?")


def check() -> None:
    """Raises ImproperlyConfigured for what browsers would not take: no call of theirs would come about."""
    servers = settings.PHONE_ICE
    if not isinstance(servers, list) or not all(isinstance(server, dict) for server in servers):
        raise ImproperlyConfigured('PHONE_ICE is a list like [{"urls": "stun:stun.example.org"}].')
    for server in servers:
        urls = _urls(server)
        if wrong := [
            url for url in urls if not isinstance(url, str) or not (STUN.fullmatch(url) or TURN.fullmatch(url))
        ]:
            raise ImproperlyConfigured(f"PHONE_ICE: {wrong[0]!r} is no address like stun:HOST:PORT or turn:HOST:PORT.")
        if not urls:
            raise ImproperlyConfigured('PHONE_ICE: a server needs "urls".')
        has_own = all(isinstance(server.get(name), str) for name in ("username", "credential"))
        if _relays(server) and not has_own and not settings.PHONE_TURN_SECRET:
            raise ImproperlyConfigured(
                f"PHONE_ICE: {urls[0]} needs PHONE_TURN_SECRET, or a username and a credential of its own."
            )


def servers_for(login: str) -> list[dict[str, Any]]:
    """As RTCPeerConnection takes them. A TURN server without a credential of its own gets one for an hour, made of the
    secret that it shares with us (draft-uberti-behave-turn-rest; coturn: use-auth-secret)."""
    username = f"{int(time.time()) + TURN_SECONDS}:{login}"
    digest = hmac.digest(settings.PHONE_TURN_SECRET.encode(), username.encode(), "sha1")
    made = {"username": username, "credential": base64.b64encode(digest).decode()}
    return [
        server | made if _relays(server) and "credential" not in server else server for server in settings.PHONE_ICE
    ]


def _urls(server: dict[str, Any]) -> list[Any]:
    urls = server.get("urls", [])
    return urls if isinstance(urls, list) else [urls]


def _relays(server: dict[str, Any]) -> bool:
    return any(TURN.fullmatch(url) for url in _urls(server))
