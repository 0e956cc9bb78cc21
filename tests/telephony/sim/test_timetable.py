"""Who calls when, and how one steers it."""

import asyncio
import contextlib
import math

import pytest

from telephony.sim.timetable import FASTEST, SLOWEST, Kind, Timetable
from telephony.sim.town import on_the_wire, town


@pytest.fixture
async def timetable(sim):
    timetable = Timetable(sim)
    running = asyncio.create_task(timetable.run())
    yield timetable
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_the_first_caller_rings_soon_after_somebody_came_on_shift(sim, timetable, ami):
    await ami.add("101")
    async with asyncio.timeout(3):
        await ami.rings("101")


async def test_nobody_calls_while_it_is_paused(sim, timetable, ami):
    timetable.running = False
    timetable.pace = FASTEST
    await ami.add("101")
    await asyncio.sleep(1)
    assert sim.pbx.channels == {}


async def test_faster_means_more_callers(sim, timetable, ami):
    timetable.pace = FASTEST
    await ami.add("101")
    async with asyncio.timeout(4):
        while len({m["Uniqueid"] for m in ami.events if m["Event"] == "QueueCallerJoin"}) < 2:
            await asyncio.sleep(0.05)


async def test_the_kinds_of_callers_are_who_they_are_called(sim, timetable):
    timetable.running = False
    drivers = {on_the_wire(phone) for driver in town().drivers for phone in driver.phones}
    clients = {on_the_wire(phone) for client in town().clients for phone in client.phones}
    numbers = {}
    for kind in Kind:
        numbers[kind] = sim.pbx.channels[await timetable.ring(kind)].caller.number
    assert numbers[Kind.DRIVER] in drivers
    assert numbers[Kind.CLIENT] in clients
    assert numbers[Kind.STRANGER] not in drivers | clients
    assert numbers[Kind.HIDDEN] == "anonymous"


def test_the_pace_has_bounds(sim):
    timetable = Timetable(sim, 1000)
    assert timetable.pace == FASTEST
    timetable.pace = 0
    assert timetable.pace == SLOWEST
    with pytest.raises(ValueError):
        timetable.pace = math.nan
