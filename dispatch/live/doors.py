"""Whether those who listen still may: asked for all desks of the process together, every few seconds."""

import asyncio
import logging

from dispatch.live import registry
from dispatch.live.desk import Desk
from dispatch.live.hub import Hub
from dispatch.live.reading import AWAY, Reader

CHECK_SECONDS = 3.0
NOT_ALLOWED = 4401  # signed out, or the right is gone: the page reloads and comes to where it now belongs
CHANGED = 4205  # may see something else than before: connect anew and read anew

log = logging.getLogger(__name__)


class Doors:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.ask = Reader("doors")

    async def run(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self.check()
            except AWAY as error:
                log.debug("nobody's right can be checked while the database is away: %s", error)

    async def check(self) -> None:
        """Close every desk whose session may no longer listen, or now sees with other eyes."""
        asked = list(self._hub.desks)
        visitors = await self.ask(registry.visitors, sorted({desk.session_key for desk in asked}))
        for desk in asked:
            visitor = visitors.get(desk.session_key)
            if visitor is None or visitor.person_id != desk.person_id:
                await self._show_out(desk, NOT_ALLOWED)
            elif visitor.audience != desk.audience:
                await self._show_out(desk, CHANGED)

    async def _show_out(self, desk: Desk, code: int) -> None:
        self._hub.leave(desk)
        await desk.close(code)
