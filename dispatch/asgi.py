"""The web process: pages through Django, the one WebSocket, and what runs beside them."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
pages = get_asgi_application()

from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402  needs the apps, which the line above loads
from channels.sessions import CookieMiddleware  # noqa: E402

import dispatch.celery  # noqa: E402, F401  the web hands tasks to the worker by the same broker
from dispatch.database.base import kept  # noqa: E402
from dispatch.live import background  # noqa: E402
from dispatch.live.consumer import DeskConsumer  # noqa: E402

KEPT_CONNECTIONS = 8  # to the database, from one request for the next

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

socket = AllowedHostsOriginValidator(CookieMiddleware(DeskConsumer.as_asgi()))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] in ("http", "websocket"):
        background.running()  # daphne has no lifespan: the first call of any kind starts it
        kept.limit = KEPT_CONNECTIONS
    if scope["type"] == "http":
        await pages(dict(scope), receive, send)
    elif scope["type"] == "websocket" and scope["path"] == "/ws/":
        # Daphne passes partial(server.handle_reply, protocol); the protocol's transport knows its backlog.
        protocol = next(iter(getattr(send, "args", ())), None)
        await socket({**scope, "protocol": protocol}, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})
