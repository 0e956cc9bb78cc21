"""Threads in which the event loop's tasks use Django's database, each with one connection that it keeps."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

T = TypeVar("T")

AWAY = (OperationalError, InterfaceError)  # the database is not there; nothing is wrong with the question


class Reader:
    """One thread and one connection. A question that hangs holds up only those that were put to the same reader."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"live-{name}")

    async def __call__(self, question: Callable[..., T], *arguments: object) -> T:
        """Raises what the question raises; after any error the next question gets a new connection."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _answer, question, arguments)


def _answer(question: Callable[..., T], arguments: tuple[object, ...]) -> T:
    try:
        return question(*arguments)
    except Exception:
        connection.close()
        raise
