"""PostgreSQL as Django speaks to it, but what one request leaves is there for the next (docs/decisions/0020)."""

import select
import time
from collections import deque
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

IDLE_SECONDS = 60.0  # longer nothing is kept that nobody takes
WHERE = ("host", "port", "dbname", "user", "options")

Connection = psycopg.Connection[Any]


class Kept:
    """Connections at rest. `limit`: how many; 0, as outside the web process: none."""

    def __init__(self) -> None:
        self.limit = 0
        self._idle: deque[tuple[float, tuple[object, ...], Connection]] = deque()  # the latest one last

    def take(self, where: tuple[object, ...]) -> Connection | None:
        """One to that place that nothing has happened to. It waits for nobody."""
        while True:
            try:
                since, leads_to, connection = self._idle.pop()
            except IndexError:
                return None
            if leads_to == where and time.monotonic() - since < IDLE_SECONDS and _is_quiet(connection):
                return connection
            connection.close()

    def give(self, where: tuple[object, ...], connection: Connection) -> bool:
        """False: it is not to be kept."""
        is_whole = not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE
        if not is_whole or len(self._idle) >= self.limit:
            return False
        self._idle.append((time.monotonic(), where, connection))
        return True


kept = Kept()


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._where = tuple(conn_params.get(name) for name in WHERE)
        return kept.take(self._where) or super().get_new_connection(conn_params)

    def _close(self) -> None:
        if self.connection is None or self.errors_occurred or not kept.give(self._where, self.connection):
            super()._close()  # type: ignore[misc]


def _is_quiet(connection: Connection) -> bool:
    """A database that ended it, or went away, has said so to the socket: no question is needed to see it."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
