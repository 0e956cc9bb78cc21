"""A connected desk, as the hub sees it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from autobahn.exception import Disconnected

from dispatch.live import numbers
from dispatch.live.registry import Viewer

BACKLOG_BYTES = 256 * 1024  # a socket that has not taken so much is stalled: daphne's send() never waits

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Desk:
    """One WebSocket. `write` sends a text frame, `close` ends it with a code; on daphne neither waits."""

    person_id: int
    audience: str
    language: str
    session_key: str
    write: Callable[[str], Awaitable[None]]
    close: Callable[[int], Awaitable[None]]
    transport: Any = None  # Twisted's, when daphne serves; it knows the backlog
    tab: str = ""  # as the page names itself; nobody else knows the name
    topics: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.topics = numbers.heard_by(self.person_id, self.audience)
        self._shared = Viewer(self.language, self.audience)
        self._private = Viewer(self.language, self.audience, self.person_id)

    def viewer_of(self, topic: str) -> Viewer:
        return self._private if topic == numbers.private(self.person_id) else self._shared

    async def send(self, frame: str) -> None:
        """Write, or drop the socket when it does not take what it got before. Never raises: others wait behind."""
        if self._backlog() > BACKLOG_BYTES:
            log.warning("a desk of person %s takes nothing any more: dropped", self.person_id)
            self.transport.abortConnection()
            return
        try:
            await self.write(frame)
        except Disconnected:
            log.debug("a desk of person %s has just gone", self.person_id)
        except Exception:
            log.exception("writing to a desk of person %s failed", self.person_id)

    def _backlog(self) -> int:
        """Bytes that the kernel has not taken yet; 0 where the server does not tell."""
        transport = self.transport
        if transport is None:
            return 0
        try:
            return len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        except AttributeError:
            return 0
