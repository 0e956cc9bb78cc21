"""Sofia, the supervisor, at Vera's conversation: the real link attached to the simulator."""

import asyncio
import uuid

import pytest

from dispatch.staff.refusal import Refused
from telephony.models import Call, Extension, Intent, Lease, Transfer
from telephony.services import intents
from telephony.sim.channel import State
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def sofia(desk):
    return await in_database(lambda: office.sofia("104"))


async def talking(desk, sim) -> Call:
    caller = await sim.ring("79161111111")
    await desk.becomes(await desk.picks(desk.vera, "101", caller), "confirmed")
    return await desk.row(caller, state="talking", talking_to=["101"])


async def asks(sofia, call: Call, verb: str) -> Intent:
    call = await in_database(lambda: Call.objects.get(pk=call.pk))
    return await in_database(
        lambda: intents.ask(
            verb=verb,
            call=call,
            actor=sofia,
            extension="104",
            intent_id=uuid.uuid4(),
            args={"of": "101", "name": "Ivanova Vera"},
        )
    )


@pytest.mark.feature("P18", "P19", "P20")
async def test_each_is_confirmed_by_the_pbx_and_ends_with_the_call(desk, sim, sofia):
    call = await talking(desk, sim)
    for mode in ("listen", "join", "whisper"):
        await desk.becomes(await asks(sofia, call, mode), "confirmed")
        await desk.row(call.key, talking_to=["101"], watchers=[{"by": "104", "mode": mode, "of": "101"}])
    sim.hang_up(call.key)
    ended = await desk.row(call.key, state="ended")
    assert (ended.watchers, ended.answered_extension) == ([], "101")
    assert await in_database(lambda: Call.objects.count()) == 1
    assert not await in_database(lambda: ended.legs.filter(party="104", outcome="answered").exists())
    await awaited(lambda: not [each for each in sim.pbx.channels.values() if each.device == "PJSIP/104"])


@pytest.mark.feature("P20")
async def test_she_stops_and_the_call_goes_on(desk, sim, sofia):
    call = await talking(desk, sim)
    await desk.becomes(await asks(sofia, call, "listen"), "confirmed")
    await awaited(lambda: Call.objects.exclude(watchers=[]).exists())
    await desk.becomes(await asks(sofia, call, "stop_watching"), "confirmed")
    await desk.row(call.key, state="talking", talking_to=["101"], watchers=[])


@pytest.mark.feature("P17")
async def test_she_takes_the_client_over(desk, sim, sofia):
    call = await talking(desk, sim)
    await desk.becomes(await asks(sofia, call, "take_over"), "confirmed")
    await desk.row(call.key, state="talking", talking_to=["104"])
    taken = await in_database(lambda: Transfer.objects.get(call=call))
    assert (taken.kind, taken.by, taken.to, taken.completed) == ("taken", "101", ["104"], True)


@pytest.mark.feature("P17", "P20")
@pytest.mark.parametrize("verb", ["listen", "take_over"])
async def test_a_telephone_that_is_off_or_silent_changes_nothing(desk, sim, sofia, verb):
    call = await talking(desk, sim)
    sim.mute("104")
    asked = await asks(sofia, call, verb)
    silent = await awaited(lambda: Intent.objects.filter(pk=asked.pk, state="refused").first(), seconds=12)
    assert silent.reason == "not_lifted_watch"
    sim.unplug("104")
    await awaited(lambda: Extension.objects.filter(number="104", is_off=True).exists())
    with pytest.raises(Refused, match="Your own telephone is not switched on"):
        await asks(sofia, call, verb)
    await desk.row(call.key, state="talking", talking_to=["101"], watchers=[])


async def rings_at_hers_when_the_line_breaks(desk, sim, asked: Intent) -> None:
    await awaited(lambda: Intent.objects.filter(pk=asked.pk, state="sent").exists())
    await until(lambda: ringing(sim))
    sim.drop()
    await awaited(lambda: Intent.objects.filter(pk=asked.pk, state="unknown").exists())


def ringing(sim) -> bool:
    return any(leg.device == "PJSIP/104" and leg.state is State.RINGING for leg in sim.pbx.channels.values())


async def until(look) -> None:
    async with asyncio.timeout(5):
        while not look():
            await asyncio.sleep(0.02)


@pytest.mark.feature("P17", "P18")
@pytest.mark.parametrize("verb", ["listen", "take_over"])
@pytest.mark.parametrize("lifts", ["while it is broken", "after it", "never"])
async def test_her_telephone_rings_while_the_line_breaks(desk, sim, sofia, verb, lifts):
    call = await talking(desk, sim)
    sim.mute("104")
    asked = await asks(sofia, call, verb)
    await rings_at_hers_when_the_line_breaks(desk, sim, asked)
    if lifts == "while it is broken":
        sim.answer("104")
    await awaited(lambda: Lease.objects.filter(pbx=Lease.Pbx.UP).exists())
    if lifts == "after it":
        assert (await in_database(lambda: Intent.objects.get(pk=asked.pk))).state == "unknown"
        sim.answer("104")
    if lifts == "never":
        assert (await desk.becomes(asked, "refused")).reason == "not_lifted_watch"
        await desk.row(call.key, state="talking", talking_to=["101"], watchers=[])
        return
    await desk.becomes(asked, "confirmed")
    if verb == "take_over":
        await desk.row(call.key, state="talking", talking_to=["104"], watchers=[])
    else:
        await desk.row(call.key, talking_to=["101"], watchers=[{"by": "104", "mode": "listen", "of": "101"}])
