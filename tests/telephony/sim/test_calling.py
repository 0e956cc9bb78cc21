"""A dispatcher calls from the desk: her own telephone first, then the other one; the real link and the pretend PBX."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from dispatch.staff.refusal import Refused
from orders.models import Order
from telephony.core import naming
from telephony.models import Call, Intent, MissedCaller, Recording
from telephony.selectors import talks
from telephony.services import outgoing, targets
from telephony.sim.simulator import Simulator
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database
from tests.telephony.sim.conftest import QUICK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("P8", "D4")]

MOBILE = "8 (916) 111-22-33"


@pytest.fixture
async def sim(tmp_path):
    """Whoever is called talks until somebody rings off."""
    manners = replace(QUICK, mobile_talk=(60, 60))
    async with Simulator(manners=manners, recordings=tmp_path, seed=1) as sim:
        yield sim


async def calls(desk, to: str | Order, click: uuid.UUID | None = None) -> Intent:
    def ask() -> Intent:
        shift = desk.vera.shifts.get(ended_at=None)
        target = targets.to_call(to, own="101") if isinstance(to, str) else targets.client_of(to)
        typed = to if isinstance(to, str) else ""
        return outgoing.call(target=target, typed=typed, actor=desk.vera, shift=shift, intent_id=click or uuid.uuid4())

    return await in_database(ask)


async def placed_by(desk, intent: Intent, **wanted) -> Call:
    key = naming.name(intent.pk.hex, intent.asked_at.timestamp())
    return await desk.row(key, **wanted)


async def test_vera_calls_boris_who_is_free(desk, sim):
    intent = await calls(desk, "102")
    await desk.becomes(intent, "confirmed")
    call = await placed_by(desk, intent, state="ringing")
    assert (call.direction, call.caller_raw, call.dialled, call.ringing) == ("internal", "101", "102", ["102"])
    sim.answer("102")
    call = await placed_by(desk, intent, state="talking")
    assert (await in_database(lambda: Intent.objects.get(pk=intent.pk))).call_id == call.pk
    mine, his = await in_database(lambda: [talks.conversations(one.pk)[0].name for one in (desk.vera, desk.boris)])
    assert (mine, his) == ("Petrov Boris", "Ivanova Vera")
    await awaited(lambda: Recording.objects.filter(call=call).exists())


async def test_the_outside_is_dialled_by_the_rules_and_what_was_typed_is_kept(desk, sim):
    intent = await calls(desk, MOBILE)
    call = await placed_by(desk, intent, state="talking")
    assert (call.direction, call.dialled) == ("out", "79161112233")
    assert intent.args == {"to": "79161112233", "name": MOBILE, "typed": MOBILE, "e164": "+79161112233"}
    await desk.does(desk.vera, "hold", call)
    await desk.handled(call.key, "hold")
    await desk.does(desk.vera, "back", call)
    await desk.does(desk.vera, "hang_up", call)
    ended = await placed_by(desk, intent, state="ended")
    assert ended.result == "answered"


@pytest.mark.feature("X1")
async def test_the_client_of_an_order_is_called_for_that_order(desk, sim):
    def order() -> Order:
        office.client("Larisa Petrova", office.ANNA)  # has that number, too
        return office.order(office.client())

    about = await in_database(order)
    call = await placed_by(desk, await calls(desk, about), state="talking")
    assert (call.order_id, call.client_id) == (about.pk, about.client_id)


async def test_the_same_click_twice_calls_once(desk, sim):
    click = uuid.uuid4()
    for _ in range(2):
        await calls(desk, "102", click)
    intent = await desk.becomes(await calls(desk, "102", click), "confirmed")
    await placed_by(desk, intent, state="ringing")
    assert await in_database(lambda: (Intent.objects.count(), Call.objects.count())) == (1, 1)


async def test_her_own_telephone_is_not_lifted(desk, sim):
    sim.mute("101")
    refused = await desk.becomes(await calls(desk, "102"), "refused")
    assert refused.reason == "not_lifted"


async def test_a_click_on_its_way_when_the_line_breaks_is_settled_by_what_is_there(desk, sim):
    sim.mute("101")
    intent = await desk.becomes(await calls(desk, "102"), "sent")
    async with asyncio.timeout(5):
        while not any(channel.device == "PJSIP/101" for channel in sim.pbx.channels.values()):
            await asyncio.sleep(0.01)
    sim.drop()
    await desk.becomes(intent, "unknown")
    async with asyncio.timeout(5):
        while not sim.clients:
            await asyncio.sleep(0.01)
    sim.answer("101")
    await desk.becomes(intent, "confirmed")
    await placed_by(desk, intent, state="ringing")


async def test_who_is_off_or_talks_is_not_called(desk, sim):
    sim.unplug("102")
    await awaited(lambda: office.Extension.objects.filter(number="102", is_off=True).exists())
    with pytest.raises(Refused, match="not switched on"):
        await calls(desk, "102")
    sim.plug_in("102")
    await awaited(lambda: office.Extension.objects.filter(number="102", is_off=False).exists())
    caller = await sim.ring("79161111111")
    await desk.row(caller, ringing=["101", "102"])
    sim.answer("102")
    await desk.row(caller, state="talking")
    with pytest.raises(Refused, match="is talking"):
        await calls(desk, "102")


@pytest.mark.feature("M5")
async def test_who_rang_off_is_red_until_he_answers_the_call_back(desk, sim):
    missed = await sim.ring("79161112233", patience=0.3)
    await desk.row(missed, state="ended")
    await awaited(lambda: MissedCaller.objects.filter(number="+79161112233", reached_at=None).exists())
    await calls(desk, MOBILE)
    reached = await awaited(lambda: MissedCaller.objects.exclude(reached_at=None).select_related("reached_by").first())
    assert (reached.reached_how, reached.reached_by) == ("called_back", desk.vera)
