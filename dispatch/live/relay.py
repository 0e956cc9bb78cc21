"""The relay: numbers what was committed and tells every hub. All web processes try; an advisory lock chooses one."""

import asyncio
import logging
from typing import Any

import psycopg
from channels.layers import get_channel_layer
from django.db import connections
from redis.exceptions import RedisError

from dispatch.live.numbers import Told
from dispatch.live.publish import CHANNEL

GROUP = "live"
LOCK = 0x7461_7869  # "taxi"
POLL_SECONDS = 1.0  # the net below NOTIFY
CANDIDATE_SECONDS = 0.5  # how often those who are not the relay ask for the lock
RETRY_SECONDS = 0.5
ANSWER_SECONDS = 5.0  # the database says nothing for so long: begin anew
TELL_SECONDS = 1.0  # Redis says nothing for so long: the hubs read the outbox themselves
AT_ONCE = 500  # rows in one statement

NUMBER = """
with untold as (
    select id, topic, row_number() over (partition by topic order by id) as place
    from (select id, topic from live_change where number is null order by id limit %s) as first_ones
), counted as (
    insert into live_topic as t (name, last)
    select topic, count(*) from untold group by topic order by topic
    on conflict (name) do update set last = t.last + excluded.last
    returning name, last
), sizes as (select topic, count(*) as size from untold group by topic)
update live_change as c
set number = counted.last - sizes.size + untold.place
from untold join counted on counted.name = untold.topic join sizes on sizes.topic = untold.topic
where c.id = untold.id
returning c.topic, c.number, c.kind, c.key
"""

log = logging.getLogger(__name__)


class Relay:
    """Run in every web process; `is_elected` says whether this one numbers just now."""

    is_elected = False

    async def run(self) -> None:
        while True:
            try:
                async with await _connect() as connection:
                    await self._stand_for_election(connection)
                    await self._serve(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.log(logging.WARNING if self.is_elected else logging.DEBUG, "relay lost the database: %s", error)
            finally:
                self.is_elected = False
            await asyncio.sleep(RETRY_SECONDS)

    async def _stand_for_election(self, connection: psycopg.AsyncConnection[Any]) -> None:
        # A relay whose process is frozen loses its session, and with it the lock.
        await connection.execute("set idle_session_timeout = '4s'")
        while not await _ask(connection, "select pg_try_advisory_lock(%s)", LOCK):
            await asyncio.sleep(CANDIDATE_SECONDS)
        self.is_elected = True

    async def _serve(self, connection: psycopg.AsyncConnection[Any]) -> None:
        await connection.execute(f"listen {CHANNEL}")
        while True:
            async with asyncio.timeout(ANSWER_SECONDS):
                told = await number_committed(connection)
            if told:
                await _tell(told)
            if len(told) < AT_ONCE:
                async for _bell in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    pass


async def number_committed(connection: psycopg.AsyncConnection[Any]) -> list[Told]:
    """Give the next numbers of their topics to committed rows that have none; at most AT_ONCE of them."""
    cursor = await connection.execute(NUMBER, [AT_ONCE])
    return sorted((Told(*row) for row in await cursor.fetchall()), key=lambda one: (one.topic, one.number))


async def _tell(told: list[Told]) -> None:
    layer = get_channel_layer()
    changes = [[one.topic, one.number, one.kind, one.key] for one in told]
    try:
        async with asyncio.timeout(TELL_SECONDS):
            await layer.group_send(GROUP, {"type": "live.told", "changes": changes})
    except (RedisError, OSError, TimeoutError) as error:
        log.debug("relay could not tell the hubs, they will read: %s", error)


async def _ask(connection: psycopg.AsyncConnection[Any], question: str, *arguments: Any) -> Any:
    async with asyncio.timeout(ANSWER_SECONDS):
        cursor = await connection.execute(question, arguments)
        row = await cursor.fetchone()
    return row[0] if row else None


async def _connect() -> psycopg.AsyncConnection[Any]:
    parameters = dict(connections["default"].get_connection_params())
    for own_of_django in ("cursor_factory", "context"):
        parameters.pop(own_of_django, None)
    async with asyncio.timeout(ANSWER_SECONDS):
        return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
