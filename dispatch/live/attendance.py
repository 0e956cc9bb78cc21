"""Which tabs are there: a page that listens has not died, and needs to say nothing for it."""

import asyncio
import logging

from dispatch.live import registry
from dispatch.live.hub import Hub
from dispatch.live.reading import AWAY, Reader

ATTEND_SECONDS = 5.0

log = logging.getLogger(__name__)


class Attendance:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tell = Reader("attendance")

    async def run(self) -> None:
        while True:
            await asyncio.sleep(ATTEND_SECONDS)
            tabs = sorted({desk.tab for desk in self._hub.desks if desk.tab})
            for attend in registry.attendants:
                try:
                    await self._tell(attend, tabs)
                except AWAY as error:
                    log.debug("nobody's tabs can be noted while the database is away: %s", error)
