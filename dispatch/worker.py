"""The worker's own part of Celery: it comes back within a second after the broker, and shows that it lives."""

import ctypes
import logging
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import redis
from celery import bootsteps
from celery.signals import beat_embedded_init
from celery.worker import consumer
from celery.worker.state import maybe_shutdown
from django.conf import settings

from dispatch.live.beat import WORKER_KEY, WORKER_KEY_SECONDS

PR_SET_PDEATHSIG = 1
AGAIN_SECONDS = 1.0  # between two attempts to reach the broker; Celery's own pause grows to half a minute

log = logging.getLogger(__name__)


@beat_embedded_init.connect
def die_with_the_worker(**_beat: Any) -> None:
    """`--beat` is a process of its own: one that outlives a killed worker would send every timer a second time."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Consumer(consumer.Consumer):
    def ensure_connected(self, conn: Any) -> Any:
        """Try for ever, each second; said once in the log."""
        complained = False

        def complain(error: Exception, _pause: float) -> None:
            nonlocal complained
            if not complained:
                log.warning("the broker is away, timers wait for it: %s", error)
            complained = True

        return conn.ensure_connection(
            complain,
            callback=maybe_shutdown,
            interval_start=AGAIN_SECONDS,
            interval_step=0,
            interval_max=AGAIN_SECONDS,
        )

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Let go of the broker that is lost. Where work was taken and not begun, kombu 5.7 means to put it back over
        the connection that it has let go already, and the error that it gets would end the worker."""
        try:
            super().on_connection_error_after_connected(exc)
        except AttributeError as error:
            log.warning("the broker has its unfinished work still, or has lost it: %s", error)


class SignOfLife(bootsteps.StartStopStep):
    """A key in Redis, written each second as long as tasks are taken: dispatch.live.beat reads how long it has left.

    Celery stops its steps when it loses the broker, and starts them when it has it again.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._over = threading.Event()

    def start(self, parent: Any) -> None:
        self._over = threading.Event()
        threading.Thread(target=_show, args=[self._over], name="sign of life", daemon=True).start()

    def stop(self, parent: Any) -> None:
        self._over.set()

    terminate = shutdown = stop


def _show(over: threading.Event) -> None:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    while not over.is_set():
        with suppress(redis.RedisError):
            client.set(WORKER_KEY, int(time.time()), ex=WORKER_KEY_SECONDS)
        over.wait(1)
    client.close()
