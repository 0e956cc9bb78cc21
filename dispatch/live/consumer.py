"""The one WebSocket, at /ws/: it listens only; what a person wants is posted."""

import asyncio
import json

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import QueryDict

from dispatch.live import background, registry
from dispatch.live.desk import Desk
from dispatch.live.doors import NOT_ALLOWED
from dispatch.live.reading import AWAY

TRY_LATER = 1013  # the database is away: nobody can be recognised
ANSWER_SECONDS = 5.0
LONGEST_TAB = 32


class DeskConsumer(AsyncWebsocketConsumer):
    # No subscription of its own: the hub has the one of the process (docs/architecture.md, "Live push").
    channel_layer_alias = "none, on purpose"
    desk: Desk | None = None

    async def connect(self) -> None:
        """Accepted first, then closed with a code: of a refused handshake a page cannot learn why."""
        await self.accept()
        live = background.running()
        session_key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await live.hub.ready.wait()
                visitor = (await live.doors.ask(registry.visitors, [session_key])).get(session_key)
        except (*AWAY, TimeoutError):
            await self.close(TRY_LATER)
            return
        if visitor is None:
            await self.close(NOT_ALLOWED)
            return
        self.desk = Desk(
            person_id=visitor.person_id,
            audience=visitor.audience,
            language=_language(self.scope["query_string"]),
            session_key=session_key,
            write=self.send,
            close=self.close,
            tab=QueryDict(self.scope["query_string"]).get("tab", "")[:LONGEST_TAB],
            transport=getattr(self.scope.get("protocol"), "transport", None),
        )
        numbers = live.hub.join(self.desk)
        hello = {"type": "hello", "version": settings.STATIC_VERSION, "numbers": numbers}
        await self.desk.send(json.dumps(hello))

    async def disconnect(self, code: int) -> None:
        if self.desk is not None:
            background.running().hub.leave(self.desk)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is expected from the page."""


def _language(query_string: bytes) -> str:
    """The language of the page that listens: what is pushed must not be written in another."""
    wanted = QueryDict(query_string).get("language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
