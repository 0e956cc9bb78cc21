"""Own clients by the real link at the pretend PBX: its book follows cards, shifts, breaks and the switch."""

import asyncio
import uuid

import pytest

from dispatch.staff.models import Person
from dispatch.staff.services import breaks, people
from orders.models import Client
from telephony.models import Call
from telephony.services import intents
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("P10", "P11")]

ANNA = "79161234567"


@pytest.fixture
async def anna(desk):
    """Vera's own client; Vera wants to be rung."""

    def make() -> Client:
        made = office.client()
        Client.objects.filter(pk=made.pk).update(responsible=desk.vera, own_seconds=5)
        people.take_own_clients(person=desk.vera)
        return made

    return await in_database(make)


async def kept(sim, family: str, key: str, value: str | None) -> None:
    await awaited(lambda: sim.pbx.database.get((family, key)) == value, seconds=12)


async def ready(desk, sim) -> None:
    await kept(sim, "desk-own", ANNA, f"{desk.vera.pk}-5-queue")
    await kept(sim, "desk-seat", str(desk.vera.pk), "101")


async def test_it_rings_at_vera_alone_and_she_picks_it_by_a_click(desk, sim, anna):
    await ready(desk, sim)
    caller = await sim.ring(ANNA)
    rings = await desk.row(caller, state="ringing", ringing=["101"])
    assert (rings.phase, rings.handling["to"], rings.queue, rings.client_id) == ("own", "101", "", anna.pk)
    click = await in_database(lambda: desk_click(desk.vera, rings, "101"))
    await desk.becomes(click, "confirmed")
    talk = await desk.row(caller, state="talking", talking_to=["101"])
    assert (talk.answered_by_id, talk.queue) == (desk.vera.pk, "")


def desk_click(who: Person, call: Call, extension: str):
    return intents.ask(verb="pick", call=call, actor=who, extension=extension, intent_id=uuid.uuid4())


async def test_nobody_answers_there_and_the_queue_has_it_as_the_same_call(desk, sim, anna):
    await ready(desk, sim)
    sim.mute("101")
    caller = await sim.ring(ANNA)
    await desk.row(caller, ringing=["101"])
    waits = await desk.row(caller, state="ringing", queue="dispatch", ringing=["101", "102"])
    assert waits.handling == {}
    sim.answer("102")
    await desk.row(caller, state="talking", talking_to=["102"])
    legs = await in_database(lambda: list(waits.legs.filter(party="101").values_list("role", "outcome")))
    assert legs[0] == ("own", "noanswer")
    assert await in_database(Call.objects.count) == 1


async def test_the_pbxs_book_follows_break_switch_and_card(desk, sim, anna):
    await ready(desk, sim)
    seat = str(desk.vera.pk)
    shift = await in_database(lambda: desk.vera.shifts.get())
    await in_database(lambda: breaks.begin(shift=shift, reason="tea", note="", actor=desk.vera))
    await kept(sim, "desk-seat", seat, None)
    caller = await sim.ring(ANNA)
    await desk.row(caller, queue="dispatch", ringing=["102"])
    await in_database(lambda: breaks.end(shift=shift, actor=desk.vera))
    await kept(sim, "desk-seat", seat, "101")
    await in_database(lambda: people.leave_own_clients(person=desk.vera))
    await kept(sim, "desk-seat", seat, None)
    await in_database(lambda: Client.objects.filter(pk=anna.pk).update(responsible=None))
    await kept(sim, "desk-own", ANNA, None)


async def test_what_another_wrote_there_is_put_right_at_the_next_connection(desk, sim, anna):
    await ready(desk, sim)
    seat = str(desk.vera.pk)
    sim.pbx.database["desk-seat", "4242"] = "102"
    sim.pbx.database["desk-own", "79990000000"] = "4242-10-queue"
    sim.pbx.database["desk-seat", seat] = "102"
    await sim.restart()
    await kept(sim, "desk-seat", "4242", None)
    await kept(sim, "desk-own", "79990000000", None)
    await kept(sim, "desk-seat", seat, "101")


async def test_without_the_link_the_pbx_goes_on_by_what_it_knows(desk, sim, anna):
    await ready(desk, sim)
    await desk.close()
    caller = await sim.ring(ANNA)
    async with asyncio.timeout(5):
        while not sim.pbx.device_state("PJSIP/101").startswith("RINGING"):
            await asyncio.sleep(0.01)
    assert sim.pbx.find(caller).place.context == "desk-own"
    sim.answer("101")
    await desk.start_link()  # it comes in the middle of the talk, and knows whose it is
    await desk.row(caller, state="talking", talking_to=["101"])


async def test_a_link_that_comes_while_it_rings_sees_for_whom(desk, sim, anna):
    await ready(desk, sim)
    await desk.close()
    sim.mute("101")
    caller = await sim.ring(ANNA)
    await desk.start_link()
    found = await desk.row(caller, state="ringing", ringing=["101"])
    assert (found.phase, found.handling["to"]) == ("own", "101")
