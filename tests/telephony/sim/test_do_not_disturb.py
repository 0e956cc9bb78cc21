"""Do not disturb by the real link at the pretend PBX: who is refused, who comes back, and that it is put right."""

import uuid

import pytest
from django.db import transaction

from dispatch.staff.models import Person, Status
from dispatch.staff.services import breaks, statuses
from telephony.models import Call, Extension, Intent
from telephony.services import control
from telephony.sim.channel import Place
from tests.telephony.link.conftest import awaited, in_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("P9")]

CLIENT = "79161111111"


async def chooses(person: Person, status: str) -> None:
    await in_database(lambda: statuses.choose(shift=person.shifts.get(), status=status, actor=person))


async def stands(extension: str, *, refuses: bool, queue: str) -> None:
    fits = {"number": extension, "refuses": refuses, "queue": queue}
    await awaited(lambda: Extension.objects.filter(**fits).exists())


async def boris_refuses(desk) -> None:
    await chooses(desk.boris, Status.DND)
    await stands("102", refuses=True, queue="paused")


async def vera_talks(desk, sim) -> Call:
    caller = await sim.ring(CLIENT)
    await desk.becomes(await desk.picks(desk.vera, "101", caller), "confirmed")
    return await desk.row(caller, state="talking", talking_to=["101"])


async def test_the_queue_rings_the_others_and_him_again_after_it(desk, sim):
    await boris_refuses(desk)
    caller = await sim.ring(CLIENT)
    await desk.row(caller, ringing=["101"])
    sim.hang_up(caller)
    await desk.row(caller, state="ended")
    await chooses(desk.boris, Status.DESK)
    await stands("102", refuses=False, queue="rings")
    caller = await sim.ring(CLIENT)
    await desk.row(caller, ringing=["101", "102"])


async def test_a_break_within_it_goes_on_after_it(desk, sim):
    shift = await in_database(lambda: desk.boris.shifts.get())
    await boris_refuses(desk)
    await in_database(lambda: breaks.begin(shift=shift, reason="tea", note="", actor=desk.boris))
    await chooses(desk.boris, Status.DESK)
    await stands("102", refuses=False, queue="paused")
    await in_database(lambda: breaks.end(shift=shift, actor=desk.boris))
    await stands("102", refuses=False, queue="rings")


@pytest.mark.feature("D12")
async def test_a_client_who_was_on_the_way_to_him_comes_back(desk, sim):
    """The web had not heard of it yet: the PBX alone refuses."""
    await boris_refuses(desk)
    call = await vera_talks(desk, sim)
    sim.pbx.redirect(sim.pbx.channels[call.key], Place("desk-transfer", "102-101"))
    home = await desk.row(call.key, handling__phase="home", ringing=["101"])
    assert home.handling["to"] == "dnd"
    assert not [leg for leg in sim.pbx.channels.values() if leg.device == "PJSIP/102"]


@pytest.mark.feature("D11", "D12")
@pytest.mark.parametrize("verb", ["consult", "transfer"])
async def test_the_link_asks_the_pbx_before_it_sends(desk, sim, verb):
    await boris_refuses(desk)
    call = await vera_talks(desk, sim)
    refused = await desk.becomes(await in_database(lambda: clicks_unaware(desk.vera, verb, call)), "refused")
    assert refused.reason == "target_dnd"
    await desk.row(call.key, state="talking", talking_to=["101"])


@transaction.atomic
def clicks_unaware(vera: Person, verb: str, call: Call) -> Intent:
    """The web has not heard from the link yet."""
    boris = Extension.objects.filter(number="102")
    boris.update(refuses=False)
    shift, said = vera.shifts.get(), {"to": "102"}
    asked = control.command(verb=verb, call=call, actor=vera, shift=shift, intent_id=uuid.uuid4(), said=said)
    boris.update(refuses=True)
    return asked


@pytest.mark.feature("P8")
async def test_a_call_by_hand_is_busy(desk, sim):
    await boris_refuses(desk)
    await sim.dial("101", "102")
    call = await awaited(lambda: Call.objects.filter(caller_raw="101", state="ended").first())
    assert (call.dialled, call.result) == ("102", "busy")
    assert not await in_database(lambda: call.legs.filter(party="102").exists())


async def test_after_a_restart_of_the_pbx_it_stands_and_what_another_wrote_is_put_right(desk, sim):
    await boris_refuses(desk)
    sim.pbx.database["desk-dnd", "103"] = "1"
    del sim.pbx.database["desk-dnd", "102"]
    await sim.restart()
    await awaited(lambda: ("desk-dnd", "102") in sim.pbx.database, seconds=12)
    await awaited(lambda: ("desk-dnd", "103") not in sim.pbx.database)
    await stands("102", refuses=True, queue="paused")


async def test_while_the_link_is_away_it_is_not_shown_as_done(desk, sim):
    await desk.close()
    await chooses(desk.boris, Status.DND)
    assert not await in_database(lambda: Extension.objects.filter(refuses=True).exists())
    await desk.start_link()
    await stands("102", refuses=True, queue="paused")


async def test_a_talk_goes_on_and_his_own_call_goes_out(desk, sim):
    call = await vera_talks(desk, sim)
    await chooses(desk.vera, Status.DND)
    await stands("101", refuses=True, queue="paused")
    await desk.row(call.key, state="talking", talking_to=["101"])
    sim.hang_up(call.key)
    await desk.row(call.key, state="ended")
    await sim.dial("101", "102")
    await awaited(lambda: Call.objects.filter(caller_raw="101", ringing=["102"]).exists())
    assert not await in_database(lambda: Intent.objects.filter(state="unknown").exists())
