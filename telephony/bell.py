"""The link's bell: PostgreSQL's NOTIFY. It says only where there is something to look for; the rows say what."""

import asyncio
import logging
from collections.abc import Callable

import psycopg
from django.db import connection

log = logging.getLogger(__name__)

CHANNEL = "link_bell"
CLICK = "click"  # a letter lies there; any other ring means: look everywhere
AGAIN = 1.0  # seconds until the database is tried anew
LISTEN = 5.0  # seconds of quiet after which the connection is looked at


def ring(where: str = "") -> None:
    """Inside a transaction it rings with the commit."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, where])


async def listen(heard: Callable[[str], None]) -> None:
    """Call `heard` with what each ring says, and with "" after each gap in listening. For ever, until cancelled."""
    given = connection.get_connection_params()
    where = {name: given[name] for name in ("host", "port", "dbname", "user", "password") if given.get(name)}
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**where, connect_timeout=3, autocommit=True) as listening:
                await listening.execute(f"listen {CHANNEL}")
                heard("")
                while True:
                    async for told in listening.notifies(timeout=LISTEN):
                        heard(told.payload)
                    await listening.execute("select 1")
        except (psycopg.Error, OSError) as error:
            log.debug("the bell is not heard: %s", error)
            await asyncio.sleep(AGAIN)
