"""In the middle of a talking call a part of the house dies. The desk says so, refuses what cannot be done, goes on with
orders, and is right again by itself; who talks, talks on."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import QUICK
from tests.journeys.faults import (
    Fault,
    Office,
    RealTelephones,
    SturdyHouse,
    WatchedDesk,
)
from tests.journeys.people import BORIS, KONSTANTIN, LARISA, STRANGER, VERA
from tests.journeys.street import until
from tests.live.wire import Wire
from tests.rig.asterisk import Pbx

pytestmark = [pytest.mark.rig, pytest.mark.browser, pytest.mark.alone, pytest.mark.feature("X4")]

FIRST_PORT = 40800
NO_TELEPHONES = r"No connection to the telephones for (\d+) s: the calls may have changed"
NO_DATABASE = r"The database does not answer. What you see is (\d+) s old"
NO_SERVER = r"No connection to the server. What you see is (\d+) s old"
DRIVERS = (
    "from orders.models import Driver\n"
    "Driver.objects.bulk_create([Driver(call_sign=str(n), last_name='Driver', first_name=str(n), on_shift=True)"
    " for n in range(30, 60)])"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Office]:
    pbx = Pbx(f"faults-{os.getpid()}", QUICK)
    try:
        street = RealTelephones(pbx)
        wire = Wire(urlsplit(street.ami).port, FIRST_PORT + 40)
        ami = street.ami.rsplit(":", 1)[0] + f":{wire.port}"
        folder = tmp_path_factory.mktemp("faults")
        house = SturdyHouse(folder, first_port=FIRST_PORT, ami=ami, recordings=street.recordings)
        try:
            house.manage("shell", "-v", "0", "-c", DRIVERS)
            vera, boris = (WatchedDesk(chromium, house.url, name, house.passwords[name]) for name in (VERA, BORIS))
            vera.start_shift("101")
            boris.start_shift("102")
            for desk in (vera, boris):
                desk.watch()
            made = Office(house, street, wire, vera, boris)
            yield made
            for desk in made.desks:
                desk.close()
        finally:
            house.stop()
            wire.cut()
    finally:
        pbx.stop()


@dataclass
class Talk:
    """Vera talks with a stranger, Larisa waits."""

    office: Office
    stranger: int  # the call's number in the database
    larisa: int
    orders: dict[int, str] = field(default_factory=dict)  # those that are open

    def order(self, desk: WatchedDesk, pickup: str) -> int:
        """A new order is taken and given to a driver who has none; both desks show it."""
        desk.take_order(KONSTANTIN, pickup)
        pk = int(desk.orders.filter(has_text=pickup).locator("th").inner_text())
        desk.pane.get_by_label("Assign driver").fill(str(30 + len(self.orders)))
        desk.page.keyboard.press("Enter")
        for each in self.office.desks:
            expect(each.order(pk)).to_have_attribute("data-state", "assigned")
        self.orders[pk] = "assigned"
        return pk

    def right_again(self, fault: Fault, *, larisa: str = "ringing") -> None:
        calls = {self.stranger: "talking"} | ({self.larisa: larisa} if larisa else {})
        self.office.right_again(fault, calls=calls, talks=[self.stranger], orders=self.orders)

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
    ids = dict(house.rows("select caller_raw, id from telephony_call order by id desc limit 2"))
    open_orders = dict(house.rows("select id, state from orders_order where state = 'assigned'"))
    street.listen(STRANGER, "101")
    office.faults.clear()
    yield Talk(office, ids[STRANGER], ids[LARISA], open_orders)
    for fault in office.faults:
        record_property(fault.part, fault.figures())
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(fault.figures() for fault in office.faults) + "\n")
    office.wire.mend()
    house.revive()
    street.reset()
    house.wait(lambda: not house.rows("select 1 from telephony_call where state <> 'ended'"), 10, "all calls ended")


def test_the_link_is_killed(office: Office, talk: Talk) -> None:
    fault = office.kill("link")
    office.say(fault, NO_TELEPHONES)
    office.refuse_to_answer(LARISA, "Not sent: there is no connection to the telephones")
    talk.order(office.boris, "Lesnaya 1")
    office.street.give_up(LARISA)
    office.mend(fault)

    talk.right_again(fault, larisa="")
    assert talk.results() == {talk.stranger: ("talking", ""), talk.larisa: ("ended", "lost_link")}
    assert office.street.both_are_heard()
