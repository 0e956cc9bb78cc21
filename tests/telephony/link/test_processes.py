"""Two real link processes, a PBX, the database: who speaks, and when."""

import asyncio
import signal
import time

import pytest

from telephony.models import Lease
from tests.telephony.link.conftest import awaited, in_database
from tests.telephony.link.rogue import until

STARTED = 40  # seconds at most, on a machine that is busy with other tests

pytestmark = pytest.mark.django_db(transaction=True)


def is_active(link) -> bool:
    row = Lease.objects.first()
    return row is not None and row.holder.endswith(f":{link.process.pid}") and row.pbx == Lease.Pbx.UP


async def until_active(link, *, seconds: float) -> float:
    start = time.monotonic()
    await awaited(lambda: is_active(link), seconds=seconds)
    return time.monotonic() - start


@pytest.fixture
async def pair(rogue, start_link):
    """The active one, and the one that stands by."""
    first = start_link(rogue.url)
    await until_active(first, seconds=STARTED)
    second = start_link(rogue.url)
    await until(lambda: "standing by" in second.log.read_text(), seconds=STARTED)
    return first, second


async def test_a_killed_link_is_replaced_within_five_seconds(rogue, pair):
    first, second = pair
    await asyncio.sleep(3.5)  # longer than a lease lasts: two at once would show by now
    assert (rogue.logins, len(rogue.callers)) == (1, 1)
    first.process.kill()
    assert await until_active(second, seconds=8) < 5
    assert (rogue.logins, (await in_database(Lease.objects.get)).epoch) == (2, 2)


async def test_a_stopped_link_is_replaced_at_once(rogue, pair):
    first, second = pair
    first.process.terminate()
    assert await until_active(second, seconds=5) < 2.5
    assert first.process.wait() == 0


async def test_a_frozen_link_that_wakes_can_do_nothing(rogue, pair):
    first, second = pair
    first.process.send_signal(signal.SIGSTOP)
    assert await until_active(second, seconds=8) < 5
    epoch = (await in_database(Lease.objects.get)).epoch
    rogue.actions.clear()
    first.process.send_signal(signal.SIGCONT)
    await until(lambda: len(rogue.callers) == 1, seconds=5)  # it let go of its socket by itself
    await asyncio.sleep(1.5)
    assert await in_database(lambda: is_active(second))
    assert (await in_database(Lease.objects.get)).epoch == epoch
    reads = {"Ping", "QueueStatus", "DBGetTree"}  # of the second one
    assert {action["Action"] for action in rogue.actions} <= reads
    assert first.process.poll() is None  # it stands by again
    second.process.kill()
    assert await until_active(first, seconds=8) < 5
