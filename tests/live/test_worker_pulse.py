"""The worker's sign of life: a thread of its own writes a key that runs out."""

import redis
from django.conf import settings

from dispatch.live.beat import WORKER_KEY, WORKER_KEY_SECONDS
from dispatch.worker import SignOfLife
from tests.live.web import greeted


def test_the_desks_see_the_worker_live_and_fall_silent(web, vera):
    with redis.Redis.from_url(settings.REDIS_URL) as client, greeted(web, vera) as listener:
        client.delete(WORKER_KEY)
        sign = SignOfLife(None)
        sign.start(None)
        try:
            listener.until(lambda frame: frame["type"] == "beat" and frame["pulses"]["worker"]["ok"])
            assert WORKER_KEY_SECONDS - 2 <= client.ttl(WORKER_KEY) <= WORKER_KEY_SECONDS
        finally:
            sign.stop(None)
        silent = listener.until(lambda frame: frame["type"] == "beat" and not frame["pulses"]["worker"]["ok"])
    assert silent["pulses"]["worker"]["age"] >= 1.5
