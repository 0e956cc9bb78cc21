"""The tasks of a web process: hub, relay and beat. Started by its first ASGI call, since daphne has no lifespan."""

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable
from functools import partial

from django.db import connection

from dispatch.live import drawing
from dispatch.live.attendance import Attendance
from dispatch.live.beat import Beat
from dispatch.live.doors import Doors
from dispatch.live.hub import Hub
from dispatch.live.reading import AWAY
from dispatch.live.relay import Relay

FIRST_PAUSE_SECONDS = 0.2
TURN_SECONDS = 0.001  # a thread that draws gives the loop its turn after so long; by itself Python waits for 5 ms
LONGEST_PAUSE_SECONDS = 1.0  # everything is right again within five seconds after a part is ready

log = logging.getLogger(__name__)


class Background:
    """What runs beside the requests of one process and one event loop."""

    def __init__(self) -> None:
        sys.setswitchinterval(TURN_SECONDS)
        self.hub = Hub()
        self.relay = Relay()
        self.doors = Doors(self.hub)
        work: dict[str, Callable[[], Awaitable[None]]] = {
            "hub": self.hub.listen,
            "outbox": self.hub.read_outbox,
            "flush calls": partial(self.hub.flush, self.hub.calls),
            "flush lists": partial(self.hub.flush, self.hub.lists),
            "flush own": partial(self.hub.flush, self.hub.own),
            "relay": self.relay.run,
            "beat": Beat(self.hub).run,
            "doors": self.doors.run,
            "attendance": Attendance(self.hub).run,
        }
        self._tasks = [asyncio.create_task(supervise(name, run), name=f"live {name}") for name, run in work.items()]
        self._rehearsal = asyncio.create_task(asyncio.to_thread(rehearse), name="live rehearsal")


_background: Background | None = None


def running() -> Background:
    """The background of this process, started when it is not yet. Call it in the event loop."""
    global _background
    if _background is None:
        _background = Background()
    return _background


def rehearse() -> None:
    """Once in a process. What it has loaded then it keeps, so the collector of garbage need not go through it again:
    each time would hold up every desk for a tenth of a second and more."""
    try:
        drawing.rehearse()
    except AWAY as error:
        log.debug("nothing was rehearsed: %s", error)
    finally:
        connection.close()
    gc.collect()
    gc.freeze()


async def supervise(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run it for ever: whatever it raises is logged once per kind, and it begins anew after a pause."""
    pause = FIRST_PAUSE_SECONDS
    complaint = ""
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except Exception as error:
            if (said := f"{type(error).__name__}: {error}") != complaint:
                log.warning("live %s stopped, starts again: %s", name, said, exc_info=log.isEnabledFor(logging.DEBUG))
                complaint = said
        if asyncio.get_running_loop().time() - started > 10:
            pause, complaint = FIRST_PAUSE_SECONDS, ""
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
