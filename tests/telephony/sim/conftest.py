"""A simulator in the test's own process, and a client that is signed in."""

import pytest

from telephony.sim.phones import Manners
from telephony.sim.simulator import Simulator
from tests.telephony.sim.client import Client
from tests.telephony.sim.desk import Desk

QUICK = Manners(reflex=0.02, mobile=(0.05, 0.05), mobile_talk=(0.3, 0.3), mobile_silent=0.0)


@pytest.fixture
async def sim(tmp_path):
    async with Simulator(manners=QUICK, recordings=tmp_path, seed=1) as sim:
        yield sim


@pytest.fixture
async def ami(sim):
    async with Client(sim.port) as ami:
        yield ami


@pytest.fixture
async def desk(transactional_db, sim):
    desk = Desk(sim)
    await desk.open()
    yield desk
    await desk.close()
