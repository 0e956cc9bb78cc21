"""In the middle of a talking call a part of the house dies. The desk says so, refuses what cannot be done, goes on with
orders, and is right again by itself; who talks, talks on."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.conftest import ONE, QUICK
from tests.journeys.faults import (
    Fault,
    Office,
    PretendTelephones,
    RealTelephones,
    SturdyHouse,
    WatchedDesk,
)
from tests.journeys.people import BORIS, KONSTANTIN, LARISA, STRANGER, VERA
from tests.journeys.street import until
from tests.live.wire import Wire
from tests.rig.asterisk import Pbx

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.feature("X4")]

FIRST_PORT = 30700  # below those that the kernel gives away, since a part must get its own again
NO_TELEPHONES = r"No connection to the telephones for (\d+) s: the calls may have changed"
NO_DATABASE = r"The database does not answer. What you see is (\d+) s old"
NO_REDIS = r"Redis does not answer for (\d+) s"
NO_TIMERS = r"The timers stand still for (\d+) s"
TAKEN_OVER_SECONDS = 5.0
NO_SERVER = r"No connection to the server. What you see is (\d+) s old"
DRIVERS = (
    "from orders.models import Driver\n"
    "Driver.objects.bulk_create([Driver(call_sign=str(n), last_name='Driver', first_name=str(n), on_shift=True)"
    " for n in range(30, 60)])"
)


@pytest.fixture(scope="module", params=ONE)
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as closing:
        street: RealTelephones | PretendTelephones
        if request.param == "asterisk":
            pbx = Pbx(f"faults-{os.getpid()}", QUICK)
            closing.callback(pbx.stop)
            street = RealTelephones(pbx)
        else:
            street = PretendTelephones(folder / "pbx", first_port=FIRST_PORT + 60)
        closing.callback(street.stop)
        wire = Wire(urlsplit(street.ami).port, FIRST_PORT + 40)
        closing.callback(wire.close)
        ami = street.ami.rsplit(":", 1)[0] + f":{wire.port}"
        house = SturdyHouse(folder, first_port=FIRST_PORT, ami=ami, recordings=street.recordings)
        closing.callback(house.stop)
        house.manage("shell", "-v", "0", "-c", DRIVERS)
        desks = [WatchedDesk(chromium, house.url, name, house.passwords[name]) for name in (VERA, BORIS)]
        for desk, extension in zip(desks, ("101", "102"), strict=True):
            closing.callback(desk.close)
            desk.start_shift(extension)
            desk.watch()
        yield Office(house, street, wire, *desks)


@dataclass
class Talk:
    """Vera talks with a stranger, Larisa waits."""

    office: Office
    stranger: int  # the call's number in the database
    larisa: int
    orders: dict[int, str] = field(default_factory=dict)  # those that are open

    def order(self, desk: WatchedDesk, pickup: str) -> int:
        """A new order is taken and given to a driver who has none; both desks show it."""
        pk = desk.take_order(KONSTANTIN, pickup)
        desk.pane.get_by_label("Assign driver").fill(str(30 + len(self.orders)))
        desk.page.keyboard.press("Enter")
        for each in self.office.desks:
            expect(each.order(pk)).to_have_attribute("data-state", "assigned")
        self.orders[pk] = "assigned"
        return pk

    def right_again(self, fault: Fault, *, larisa: str = "ringing") -> None:
        """Vera talks on. `larisa`: ringing; talking, which is with Boris; or "" when she rang off."""
        calls = {self.stranger: "talking"} | ({self.larisa: larisa} if larisa else {})
        boriss = [self.larisa] if larisa == "talking" else []
        self.office.right_again(fault, calls=calls, talks=([self.stranger], boriss), orders=self.orders)

    def clicks(self) -> list[str]:
        """What became of those on these calls."""
        rows = self.office.house.rows("select state from telephony_intent where call_id >= %s", self.stranger)
        return [state for (state,) in rows]

    def results(self) -> dict[int, tuple[str, str]]:
        """Of every call since this story began: its state and result."""
        rows = self.office.house.rows(
            "select id, state, result from telephony_call where id >= %s", min(self.stranger, self.larisa)
        )
        return {pk: (state, result) for pk, state, result in rows}


@pytest.fixture
def talk(
    office: Office, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> Iterator[Talk]:
    house, street = office.house, office.street
    street.ring(STRANGER)
    street.lift("101")
    expect(office.vera.page.locator("[data-live=talk] .talk")).to_be_visible()
    street.ring(LARISA)
    until(lambda: street.rings("102"), 8, "Boris's phone rings")
    for desk in office.desks:
        expect(desk.card(LARISA)).to_be_visible()
    live = dict(house.rows("select caller_raw, id from telephony_call where state <> 'ended'"))
    open_orders = dict(house.rows("select id, state from orders_order where state in ('searching', 'assigned')"))
    street.listen(STRANGER, "101")
    office.faults.clear()
    yield Talk(office, live[STRANGER], live[LARISA], open_orders)
    for fault in office.faults:
        record_property(fault.part, fault.figures())
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(fault.figures() for fault in office.faults) + "\n")
    office.revive()


def test_the_link_is_killed(office: Office, talk: Talk) -> None:
    fault = office.kill("link")
    talk.order(office.boris, "Lesnaya 1")
    office.say(fault, NO_TELEPHONES)
    office.refuse_to_answer(LARISA, "Not sent: there is no connection to the telephones")
    office.street.give_up(LARISA)
    office.mend(fault)

    talk.right_again(fault, larisa="")
    assert talk.results() == {talk.stranger: ("talking", ""), talk.larisa: ("ended", "lost_link")}
    assert talk.clicks() == []
    assert office.street.both_are_heard()


def test_the_web_is_killed(office: Office, talk: Talk) -> None:
    """Vera is typing an order just then: what she types meanwhile is not lost, and is saved once."""
    status = office.vera.page.locator("[data-draft-status]")
    office.vera.pane.locator("[name=pickup]").fill("Webstreet 1")
    expect(status).to_have_text("Kept.")
    fault = office.kill("web")
    office.vera.pane.locator("[name=destination]").fill("the airport")
    expect(status).to_have_text("Not on the server yet; kept in this browser.")
    office.say(fault, NO_SERVER)
    office.refuse_to_answer(LARISA, "Not sent: there is no connection to the server")
    office.vera.page.keyboard.press("Control+Enter")
    expect(office.vera.toast).to_contain_text("Not sent: there is no connection to the server")
    office.street.give_up(LARISA)
    office.mend(fault)

    talk.right_again(fault, larisa="")
    expect(status).to_have_text("Kept.")
    lose_the_answer(office.vera)
    office.vera.page.keyboard.press("Control+Enter")
    for desk in office.desks:
        expect(desk.orders.filter(has_text="Webstreet 1")).to_contain_text("the airport")
    assert office.house.rows("select count(*) from orders_order where pickup = 'Webstreet 1'") == [(1,)]
    assert talk.results() == {talk.stranger: ("talking", ""), talk.larisa: ("ended", "abandoned")}
    assert talk.clicks() == []
    assert office.street.both_are_heard()


def lose_the_answer(desk: WatchedDesk) -> None:
    """Save the form, and as when the web dies just then, its answer never comes."""
    intake = "**/orders/intake/"

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        route.fetch()
        return route.abort()

    desk.page.route(intake, lose)
    desk.page.keyboard.press("Control+Enter")
    expect(desk.toast).to_contain_text("The server did not answer")
    desk.page.unroute(intake)


def test_the_timers_are_killed(office: Office, talk: Talk) -> None:
    fault = office.kill("worker")
    talk.order(office.boris, "Workerstreet 1")
    office.say(fault, NO_TIMERS)
    office.boris.click_answer(LARISA)
    until(lambda: office.street.talks("102"), 4, "Boris talks")
    office.mend(fault)

    talk.right_again(fault, larisa="talking")
    assert talk.clicks() == ["confirmed"]
    assert office.street.both_are_heard()


def test_valkey_is_killed(office: Office, talk: Talk) -> None:
    """It only carries; nothing is kept there alone."""
    fault = office.kill("valkey")
    talk.order(office.boris, "Valkeystreet 1")
    office.say(fault, NO_REDIS)
    office.boris.click_answer(LARISA)
    until(lambda: office.street.talks("102"), 4, "Boris talks")
    office.mend(fault)

    talk.right_again(fault, larisa="talking")
    office.house.wait(lambda: office.house.is_ready("worker"), 5, "the timers take work again")
    assert office.street.both_are_heard()


def test_postgresql_is_killed(office: Office, talk: Talk) -> None:
    """What happened meanwhile is in the history as it was: the link kept it."""
    pk = office.boris.take_order(KONSTANTIN, "Postgresstreet 1")
    talk.orders[pk] = "searching"
    sign = office.boris.pane.get_by_label("Assign driver")
    sign.fill("59")
    fault = office.kill("postgres")
    office.say(fault, NO_DATABASE)
    office.refuse_to_answer(LARISA, "Not saved: the database does not answer")
    sign.press("Enter")
    expect(office.boris.toast).to_contain_text("Not saved: the database does not answer")
    office.street.give_up(LARISA)
    gone = time.time()
    office.mend(fault)

    talk.right_again(fault, larisa="")
    sign.press("Enter")
    for desk in office.desks:
        expect(desk.order(pk)).to_have_attribute("data-state", "assigned")
    assert talk.results() == {talk.stranger: ("talking", ""), talk.larisa: ("ended", "abandoned")}
    assert talk.clicks() == []
    ended_at = office.house.rows("select ended_at from telephony_call where id = %s", talk.larisa)[0][0]
    assert abs(ended_at.timestamp() - gone) < 2
    assert office.street.both_are_heard()


def test_asterisk_is_killed(office: Office, talk: Talk) -> None:
    """Its calls end with it; orders go on; the next caller rings at the desks that were there before."""
    fault = office.kill("asterisk")
    talk.order(office.boris, "Asteriskstreet 1")
    office.say(fault, NO_TELEPHONES)
    office.refuse_to_answer(LARISA, "Not sent: there is no connection to the telephones")
    office.mend(fault)

    office.right_again(fault, calls={}, talks=([], []), orders=talk.orders)
    assert talk.results() == {talk.stranger: ("ended", "lost_pbx"), talk.larisa: ("ended", "lost_pbx")}
    office.street.plug_in()
    office.street.ring(LARISA)
    office.street.lift("101")
    expect(office.vera.page.locator("[data-live=talk] .talk")).to_be_visible()
    assert len(talk.results()) == 3


def test_the_ami_socket_freezes(office: Office, talk: Talk) -> None:
    fault = office.freeze_ami()
    talk.order(office.boris, "Frozenstreet 1")
    office.say(fault, NO_TELEPHONES)
    office.refuse_to_answer(LARISA, "Not sent: there is no connection to the telephones")
    office.street.give_up(LARISA)
    office.mend(fault)

    talk.right_again(fault, larisa="")
    assert talk.results() == {talk.stranger: ("talking", ""), talk.larisa: ("ended", "lost_link")}
    assert talk.clicks() == []
    assert office.street.both_are_heard()


def test_a_second_link_takes_over(office: Office, talk: Talk) -> None:
    house = office.house
    house.start("standby")
    house.wait(lambda: "standing by" in house.log("standby"), 15, "the second link stands by")
    fault = office.kill("link")
    office.mend(fault, by="standby")
    assert fault.ready is not None
    assert fault.ready <= TAKEN_OVER_SECONDS, fault.figures()

    talk.right_again(fault)
    office.boris.click_answer(LARISA)
    both = {talk.stranger: ("talking", ""), talk.larisa: ("talking", "")}
    house.wait(lambda: talk.results() == both, 4, lambda: f"Boris talks: {talk.results()}")
    assert office.street.both_are_heard()


def test_the_link_is_killed_with_a_click_on_its_way(office: Office, talk: Talk) -> None:
    """The PBX has it, and carries it out; the next link finds what became of it."""
    office.boris.click_answer(LARISA)
    office.house.wait(lambda: talk.clicks() in (["sent"], ["confirmed"]), 3, "the click left for the PBX")
    fault = office.kill("link")
    office.mend(fault)

    talk.right_again(fault, larisa="talking")
    office.house.wait(lambda: talk.clicks() == ["confirmed"], 3, lambda: f"confirmed: {talk.clicks()}")
    assert talk.results() == {talk.stranger: ("talking", ""), talk.larisa: ("talking", "")}
    assert office.street.both_are_heard()


@pytest.mark.parametrize("part", ["link", "web", "worker", "valkey", "postgres"])
def test_what_is_started_again_at_once_is_soon_right_again(office: Office, talk: Talk, part: str) -> None:
    """So quickly that a desk may have had nothing to say; then everything works."""
    fault = office.kill(part)
    office.mend(fault)

    talk.right_again(fault)
    pk = talk.order(office.boris, f"Soon, {part}")
    office.boris.click_answer(LARISA)
    until(lambda: office.street.talks("102"), 4, "Boris talks")
    assert office.street.both_are_heard()
    office.street.put_down("101")
    ended = {talk.stranger: ("ended", "answered"), talk.larisa: ("talking", "")}
    office.house.wait(lambda: talk.results() == ended, 3, lambda: f"{ended}: {talk.results()}")
    assert office.house.rows("select count(*) from orders_order where pickup = %s", f"Soon, {part}") == [(1,)]
    assert office.house.rows("select count(*) from orders_orderevent where order_id = %s", pk) == [(2,)]
