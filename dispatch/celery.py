"""The Celery application of the house: `celery -A dispatch.celery worker -B`."""

import os
import threading
import time
from contextlib import suppress
from typing import Any

import redis
from celery import Celery
from celery.signals import worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")

app = Celery("dispatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def start_heartbeat(**_signal: Any) -> None:
    """The desks see by a key in Redis that the worker lives (dispatch.live.beat reads how long it has left)."""
    stop = threading.Event()
    threading.Thread(target=_beat, args=[stop], name="heartbeat", daemon=True).start()
    worker_shutting_down.connect(lambda **_other: stop.set(), weak=False)


def _beat(stop: threading.Event) -> None:
    from django.conf import settings

    from dispatch.live.beat import WORKER_KEY, WORKER_KEY_SECONDS

    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    while not stop.is_set():
        with suppress(redis.RedisError):  # the broker is the same Redis: the worker itself says so, and waits for it
            client.set(WORKER_KEY, int(time.time()), ex=WORKER_KEY_SECONDS)
        stop.wait(1)
