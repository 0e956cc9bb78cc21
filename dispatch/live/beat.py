"""The beat: each second every desk learns how far the numbers are and which part of the house is alive; and at once
when a part falls silent or speaks again."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import redis.asyncio
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from dispatch.live import registry
from dispatch.live.hub import Hub
from dispatch.live.reading import AWAY, Reader
from dispatch.live.registry import Pulse

BEAT_SECONDS = 1.0
SAMPLE_SECONDS = 0.25  # so often each part is asked: what died is said within three seconds
FRESH_SECONDS = 2.0  # a part that has said nothing for longer is called stale
HANG_SECONDS = (
    FRESH_SECONDS + 2 * SAMPLE_SECONDS
)  # a question hangs: later than the database is called stale, its cause
WORKER_KEY = "worker:seen"
WORKER_KEY_SECONDS = 60

log = logging.getLogger(__name__)


class Beat:
    """Samples each pulse by itself, so that one that hangs delays no beat and no other pulse."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._pulses: dict[str, Pulse] = {}
        self._began_at = asyncio.get_running_loop().time()
        self._answered_at: dict[str, float] = {}
        self._redis_at: float | None = None
        self._worker_at: float | None = None

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick())
            tasks.create_task(self._sample_redis())
            for name, function in registry.pulses.items():
                tasks.create_task(self._sample(name, function))

    async def _tick(self) -> None:
        now = asyncio.get_running_loop().time
        due = now()
        told: dict[str, bool] = {}
        while True:
            pulses = self._fresh_pulses()
            well = {name: pulse.ok for name, pulse in pulses.items()}
            if well != told or now() >= due:
                await send_beats(self._hub, pulses, datetime.now(UTC))
                told = well
            if now() >= due:
                due = max(due + BEAT_SECONDS, now())
            await asyncio.sleep(min(SAMPLE_SECONDS, due - now()))

    def _fresh_pulses(self) -> dict[str, Pulse]:
        """What was sampled; a part whose question has not been answered for long is not ok, whatever it said before."""
        now = asyncio.get_running_loop().time()
        answers = [self._hub.read_at, *self._answered_at.values()]
        heard = max((at for at in answers if at is not None), default=None)
        pulses = {"database": _since(heard, now), "redis": _since(self._redis_at, now)} | self._pulses
        pulses["worker"] = _since(self._worker_at, now)
        for name in registry.pulses:
            if now - self._answered_at.get(name, self._began_at) > HANG_SECONDS:
                seen_at = pulses[name].seen_at if name in pulses else None
                pulses[name] = Pulse(False, seen_at, _("does not answer"))
        return pulses

    async def _sample(self, name: str, function: Callable[[], Pulse]) -> None:
        ask = Reader(f"pulse-{name}")
        now = asyncio.get_running_loop().time
        while True:
            try:
                self._pulses[name] = await ask(function)
                self._answered_at[name] = now()
            except AWAY as error:
                log.debug("pulse %s: %s", name, error)
            except Exception as error:
                before = self._pulses.get(name)
                self._pulses[name] = Pulse(False, before.seen_at if before else None, _("unknown"))
                log.log(logging.DEBUG if before and not before.ok else logging.WARNING, "pulse %s: %s", name, error)
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _sample_redis(self) -> None:
        """One question for two pulses: Redis answers, and says how long ago the worker wrote its key."""
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=None, protocol=2
        )
        now = asyncio.get_running_loop().time
        while True:
            try:
                left = await client.pttl(WORKER_KEY)
                self._redis_at = now()
                if left >= 0:
                    self._worker_at = self._redis_at - (WORKER_KEY_SECONDS - left / 1000)
            except (RedisError, OSError) as error:
                log.debug("redis: %s", error)
            await asyncio.sleep(SAMPLE_SECONDS)


async def send_beats(hub: Hub, pulses: dict[str, Pulse], at: datetime) -> None:
    """To every desk: the shared part is written once per language, the numbers once, one's own number apart."""
    shared: dict[str, str] = {}
    for desk in list(hub.desks):
        if desk.language not in shared:
            shared[desk.language] = _shared_part(pulses, at, desk.language)
        await desk.send(f'{shared[desk.language]}, "numbers": {json.dumps(hub.numbers_for(desk))}}}')


def _shared_part(pulses: dict[str, Pulse], at: datetime, language: str) -> str:
    with translation.override(language):
        written: dict[str, dict[str, Any]] = {
            name: {"ok": pulse.ok, "age": _age(pulse.seen_at, at), "note": str(pulse.note)}
            for name, pulse in pulses.items()
        }
    frame = {"type": "beat", "at": at.isoformat().replace("+00:00", "Z"), "pulses": written}
    return json.dumps(frame, ensure_ascii=False)[:-1]


def _age(seen_at: datetime | None, at: datetime) -> float | None:
    return None if seen_at is None else round(max(0.0, (at - seen_at).total_seconds()), 1)


def _since(seen: float | None, now: float) -> Pulse:
    """A pulse from a time of the loop's clock."""
    if seen is None:
        return Pulse(False, None, _("has not been seen yet"))
    return Pulse(now - seen <= FRESH_SECONDS, datetime.fromtimestamp(datetime.now(UTC).timestamp() - (now - seen), UTC))
