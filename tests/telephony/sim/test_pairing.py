"""Client and driver of an order are connected at a click; the real link and the pretend PBX."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from dispatch.staff.models import Shift
from dispatch.staff.refusal import Refused
from orders.models import Fleet, FleetNumber, Order
from telephony.core import naming
from telephony.models import Call, Intent, Recording
from telephony.selectors import breakdown, history
from telephony.selectors.breakdown import What
from telephony.services import outgoing
from telephony.sim.simulator import Simulator
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database
from tests.telephony.sim.conftest import QUICK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("X1")]


@pytest.fixture
async def sim(tmp_path):
    """Nobody outside answers by himself."""
    async with Simulator(manners=replace(QUICK, mobile_silent=1.0), recordings=tmp_path, seed=1) as sim:
        yield sim


@pytest.fixture
async def order(desk) -> Order:
    """Of a fleet with a number of its own, Anna's, with Pavel of driver 17."""

    def make() -> Order:
        fleet = Fleet.objects.create(name="Daisy")
        FleetNumber.objects.create(fleet=fleet, e164="+74954950001", raw="4950001")
        order = office.order(office.client(), by=office.driver())
        order.fleet = fleet
        order.save(update_fields=["fleet"])
        return order

    return await in_database(make)


class Pair:
    def __init__(self, desk, order: Order, sim: Simulator) -> None:
        self.desk, self.order, self.sim = desk, order, sim
        self.driver, self.client = office.MOBILE.removeprefix("+"), office.ANNA.removeprefix("+")

    async def click(self, who=None, intent_id: uuid.UUID | None = None) -> Intent:
        def ask() -> Intent:
            shift = Shift.objects.get(person=who or self.desk.vera, ended_at=None)
            order = Order.objects.select_related("client", "fleet").get(pk=self.order.pk)
            return outgoing.connect(order=order, actor=shift.person, shift=shift, intent_id=intent_id or uuid.uuid4())

        self.intent = await in_database(ask)
        return self.intent

    async def row(self, **wanted) -> Call:
        key = naming.name(self.intent.pk.hex, self.intent.asked_at.timestamp(), naming.PAIR)
        return await self.desk.row(key, **wanted)

    async def rings(self, number: str):
        """The leg that rings there."""
        async with asyncio.timeout(5):
            while True:
                for leg in self.sim.pbx.channels.values():
                    if leg.dialled == number and leg.state.value[1] == "Ringing":
                        return leg
                await asyncio.sleep(0.01)

    async def said(self) -> str:
        """How far it is, as the order's page shows it."""
        return await in_database(lambda: history.of_order(self.order.pk, self.desk.vera)[0].pair)

    async def lifts(self, number: str) -> None:
        self.sim.pbx.answered(await self.rings(number))

    async def busy(self, number: str) -> None:
        self.sim.pbx.remote_hang_up(await self.rings(number), 17, 486)


@pytest.fixture
async def pair(desk, order, sim) -> Pair:
    return Pair(desk, order, sim)


async def test_the_driver_is_called_then_the_client_and_both_see_the_number_of_the_fleet(pair):
    intent = await pair.click()
    at_driver = await pair.rings(pair.driver)
    await pair.row(state="ringing", ringing=[pair.driver])
    assert (await pair.said(), at_driver.connected.number) == ("first", "4950001")
    await pair.lifts(pair.driver)
    at_client = await pair.rings(pair.client)
    await pair.row(state="ringing", ringing=[pair.client])
    assert (await pair.said(), at_client.caller.number) == ("second", "4950001")
    assert (await in_database(lambda: Intent.objects.get(pk=intent.pk))).state == "sent"
    await pair.lifts(pair.client)
    call = await pair.row(state="talking")
    await pair.desk.becomes(intent, "confirmed")
    assert await pair.said() == "talk"
    assert (call.order_id, call.client_id, call.driver_id) == (
        pair.order.pk,
        pair.order.client_id,
        pair.order.driver_id,
    )
    assert (call.direction, call.caller_raw, call.dialled, call.handling, call.colleague_id) == (
        "out",
        pair.driver,
        office.ANNA,
        {},
        pair.desk.vera.pk,
    )
    pair.sim.hang_up(pair.client)
    ended = await pair.row(state="ended")
    assert (ended.result, ended.ended_by, await pair.said()) == ("answered", "answerer", "talked")
    await awaited(lambda: Recording.objects.filter(call=call).exists())
    told = await in_database(lambda: breakdown.of(ended.pk, pair.desk.vera))
    assert [(step.what, step.who.name) for step in told.steps] == [
        (What.CALLED, "Ivanova Vera"),
        (What.ANSWERED, "Driver 17"),
        (What.ANSWERED, "Anna Sidorova"),
        (What.ENDED, "Anna Sidorova"),
    ]
    assert [party.name for party in told.steps[0].to] == ["Driver 17", "Anna Sidorova"]
    assert await in_database(lambda: Call.objects.count()) == 1


async def test_the_driver_is_busy_and_the_client_is_not_called(pair):
    intent = await pair.click()
    await pair.busy(pair.driver)
    refused = await pair.desk.becomes(intent, "refused")
    call = await pair.row(state="ended")
    assert (refused.reason, call.result, call.dialled) == ("first_busy", "busy", office.ANNA)
    assert await pair.said() == "first_busy"
    assert [leg.outcome for leg in await in_database(lambda: list(call.legs.all()))] == ["busy"]


async def test_the_driver_does_not_answer(pair, settings):
    settings.PAIR_RING_SECONDS = 1
    refused = await pair.desk.becomes(await pair.click(), "refused")
    assert (refused.reason, (await pair.row(state="ended")).result) == ("first_silent", "noanswer")


async def test_the_client_is_busy_and_the_driver_is_told(pair):
    intent = await pair.click()
    await pair.lifts(pair.driver)
    await pair.busy(pair.client)
    refused = await pair.desk.becomes(intent, "refused")
    assert refused.reason == "second_busy"
    ended = await pair.row(state="ended")
    outcomes = await in_database(lambda: {leg.role: leg.outcome for leg in ended.legs.all()})
    assert (ended.result, outcomes) == ("busy", {"caller": "answered", "called": "busy"})


async def test_the_client_does_not_answer(pair, settings):
    settings.PAIR_RING_SECONDS = 1
    intent = await pair.click()
    await pair.lifts(pair.driver)
    assert (await pair.desk.becomes(intent, "refused")).reason == "second_silent"
    await pair.row(state="ended", result="noanswer")


async def test_the_driver_rings_off_before_the_client_answers(pair):
    intent = await pair.click()
    await pair.lifts(pair.driver)
    await pair.rings(pair.client)
    pair.sim.hang_up(pair.driver)
    assert (await pair.desk.becomes(intent, "refused")).reason == "first_left"
    await pair.row(state="ended")


@pytest.mark.parametrize("when", ["driver rings", "client rings", "they talk"])
async def test_vera_or_boris_ends_it_whenever_they_want(pair, when):
    intent = await pair.click()
    if when != "driver rings":
        await pair.lifts(pair.driver)
        await pair.rings(pair.client)
    if when == "they talk":
        await pair.lifts(pair.client)
        await pair.desk.becomes(intent, "confirmed")
    call = await pair.row()
    ending = await pair.desk.asks(pair.desk.boris, "hang_up", call)
    await pair.desk.becomes(ending, "confirmed")
    await pair.row(state="ended")
    if when != "they talk":
        assert (await pair.desk.becomes(intent, "refused")).reason == "stopped"


async def test_the_same_click_twice_and_a_second_click_connect_once(pair):
    click = uuid.uuid4()
    first = await pair.click(intent_id=click)
    await pair.rings(pair.driver)
    assert (await pair.click(intent_id=click)).pk == (await pair.click()).pk == first.pk
    with pytest.raises(Refused, match="being connected already"):
        await pair.click(pair.desk.boris)
    await pair.lifts(pair.driver)
    await pair.lifts(pair.client)
    await pair.desk.becomes(first, "confirmed")
    assert (await pair.click(intent_id=click)).pk == first.pk
    with pytest.raises(Refused, match="being connected already"):
        await pair.click()
    assert await in_database(lambda: (Intent.objects.count(), Call.objects.count())) == (1, 1)


async def test_a_link_that_comes_late_knows_what_became_of_it(pair):
    intent = await pair.click()
    await pair.lifts(pair.driver)
    await pair.rings(pair.client)
    await pair.row(state="ringing", ringing=[pair.client])
    pair.sim.drop()
    await pair.desk.becomes(intent, "unknown")
    await pair.lifts(pair.client)
    await pair.desk.becomes(intent, "confirmed")
    call = await pair.row(state="talking")
    assert (call.direction, call.caller_raw, call.dialled) == ("out", pair.driver, office.ANNA)
    pair.sim.hang_up(pair.client)
    await pair.row(state="ended", result="answered")


async def test_nobody_of_the_house_is_in_it(pair):
    """It opens no card, and cannot be held, parked or listened to; whoever clicked may still call and be called."""
    intent = await pair.click()
    await pair.lifts(pair.driver)
    await pair.lifts(pair.client)
    await pair.desk.becomes(intent, "confirmed")
    call = await pair.row(state="talking")
    assert call.desks == ()
    sofia = await in_database(lambda: office.sofia("103"))
    with pytest.raises(Refused, match="Nobody of ours talks in this call"):
        await pair.desk.asks(sofia, "hold", call)
