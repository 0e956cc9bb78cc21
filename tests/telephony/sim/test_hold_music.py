"""The choice of music, told to the pretend PBX by the link."""

import asyncio

import pytest

from telephony.models import HoldMusic
from tests.telephony.link.conftest import awaited, in_database

pytestmark = [pytest.mark.feature("P22"), pytest.mark.django_db(transaction=True)]


async def test_the_choice_is_kept_by_the_pbx_and_said_so(desk, sim):
    """In AstDB, where the dialplan looks; it stays over a restart, and is put right after it where it was lost."""
    await in_database(lambda: HoldMusic.objects.update_or_create(pk=1, defaults={"chosen": "jazz"}))
    await awaited(lambda: HoldMusic.objects.filter(kept="jazz").exists(), seconds=8)
    assert sim.pbx.database["desk-music", "class"] == "jazz"
    sim.pbx.database.clear()
    await sim.restart()
    async with asyncio.timeout(20):
        while ("desk-music", "class") not in sim.pbx.database:
            await asyncio.sleep(0.05)
