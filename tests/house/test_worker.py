"""The timers' worker: dies with nothing, comes back with its broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from django.conf import settings

from dispatch.embedded import process
from dispatch.live.beat import WORKER_KEY
from dispatch.worker import AGAIN_SECONDS
from tests.live.wire import Wire

ROOT = Path(__file__).resolve().parents[2]
FIRST_PORT = 30900
HEARTBEAT = 2.5  # Celery's own comes every two seconds
OUTAGE = 6.5  # Celery's own pauses would end 5.5 s after it


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture
def wire(broker: redis.Redis) -> Iterator[Wire]:
    made = Wire(urlsplit(settings.REDIS_URL).port, FIRST_PORT)
    yield made
    made.close()


@pytest.fixture
def worker(wire: Wire, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "-A", "dispatch.celery", "--quiet", "worker", "--pool=threads",
               "--concurrency=1", "--loglevel", "INFO", "--without-gossip", "--without-mingle",
               "--without-heartbeat"]  # fmt: skip
    env = {**os.environ, "REDIS_URL": f"redis://127.0.0.1:{wire.port}/0"}
    with (tmp_path / "log").open("wb") as log:
        running = process.start(command, env=env, cwd=ROOT, stdout=log)
        yield running
        process.stop(running)


@pytest.mark.feature("X4")
def test_the_clock_of_a_killed_worker_dies_with_it(broker: redis.Redis, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "celery", "-A", "dispatch.celery", "--quiet", "worker", "--pool=threads",
               "--concurrency=1", "--beat", "--schedule", tmp_path / "beat", "--without-gossip"]  # fmt: skip
    running = process.start(command, env=os.environ, cwd=ROOT)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    await_sign_of_life(broker, 40)
    clock = Path("/proc", children.read_text().split()[0])
    running.kill()
    running.wait()
    end = time.monotonic() + 5
    while clock.exists():
        assert time.monotonic() < end, "the clock goes on alone"
        time.sleep(0.05)


def await_sign_of_life(broker: redis.Redis, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not broker.exists(WORKER_KEY):
        assert time.monotonic() < end, f"no sign of life within {seconds} s"
        time.sleep(0.05)


def answers() -> bool:
    app = Celery(broker=settings.REDIS_URL, set_as_current=False)
    with app.connection_for_write() as connection:
        return bool(app.control.ping(timeout=1, connection=connection))


@pytest.mark.feature("X4")
def test_after_an_outage_of_the_broker_it_takes_work_at_once(broker: redis.Redis, wire: Wire, worker: object) -> None:
    await_sign_of_life(broker, 40)
    wire.cut()
    broker.delete(WORKER_KEY)
    time.sleep(OUTAGE)
    assert not broker.exists(WORKER_KEY)

    wire.mend()
    await_sign_of_life(broker, 3)
    assert answers(), "who shows that he lives takes work"


@pytest.mark.feature("X4")
def test_work_that_lay_there_unfinished_when_the_broker_went_does_not_end_it(
    broker: redis.Redis, wire: Wire, worker: subprocess.Popen[bytes]
) -> None:
    await_sign_of_life(broker, 40)
    app = Celery(broker=settings.REDIS_URL, set_as_current=False)
    app.send_task("orders.tasks.release_due", countdown=60)
    await_unfinished(broker, 5)
    wire.cut()
    broker.flushall()  # as with a broker that was killed
    time.sleep(2 * AGAIN_SECONDS)
    wire.mend()
    await_sign_of_life(broker, 5)
    assert worker.poll() is None
    assert answers()


def await_unfinished(broker: redis.Redis, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not broker.hlen("unacked"):
        assert time.monotonic() < end, f"nothing was taken within {seconds} s"
        time.sleep(0.05)


@pytest.mark.feature("X4")
def test_told_to_end_while_the_broker_is_away_it_ends(
    broker: redis.Redis, wire: Wire, worker: subprocess.Popen[bytes]
) -> None:
    """As when the house of a busy machine goes down: Celery's own heartbeat, which is due then, would try for ever."""
    await_sign_of_life(broker, 40)
    worker.send_signal(signal.SIGSTOP)
    wire.cut()
    time.sleep(HEARTBEAT)
    worker.send_signal(signal.SIGCONT)
    worker.terminate()
    worker.wait(8)
