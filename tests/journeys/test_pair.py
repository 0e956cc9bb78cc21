"""Client and driver of an order are connected from its page; in the browser, on the real PBX and the pretend one."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Town
from tests.journeys.desk import Desk
from tests.journeys.people import BORIS, KONSTANTIN, MOBILE_OF_17, VERA
from tests.journeys.street import RealStreet

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.feature("X1")]

GIVEN = (
    "from dispatch.staff.models import Person\nfrom orders import actors\nfrom orders.services import assignment\n"
    "assignment.assign(order_id={order}, call_sign='17', actor=actors.staff(Person.objects.get(username='boris')))"
)


class Office:
    """Konstantin's order is driven by 17; Vera and Boris look at it."""

    def __init__(self, town: Town) -> None:
        self.town, self.street = town, town.street
        self.vera, self.boris = town.desk(VERA), town.desk(BORIS)
        self.vera.start_shift("101")
        self.boris.start_shift("102")
        self.order = town.order_for(KONSTANTIN, "Lesnaya 5")
        town.house.manage("shell", "-v", "0", "-c", GIVEN.format(order=self.order))
        for desk in (self.vera, self.boris):
            expect(desk.order(self.order)).to_have_attribute("data-state", "assigned")
            desk.order(self.order).click()
        expect(self.button).to_be_visible()

    @property
    def button(self) -> Locator:
        return self.vera.pane.get_by_role("button", name="Connect client and driver")

    def line(self, desk: Desk) -> Locator:
        return desk.pane.locator(".call-on-line").first

    def says(self, sentence: str) -> None:
        for desk in (self.vera, self.boris):
            expect(self.line(desk)).to_contain_text(sentence)


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town)


def test_vera_has_them_connected_and_sees_how_far_it_is(office: Office) -> None:
    office.button.focus()
    office.vera.page.keyboard.press("Enter")
    office.says("The driver is being called…")
    expect(office.button).to_have_attribute("aria-busy", "true")
    assert not office.street.is_called(KONSTANTIN)
    office.street.lift_outside(MOBILE_OF_17)
    office.says("The driver is on the line, the client is being called…")
    office.street.lift_outside(KONSTANTIN)
    office.says("Client and driver are talking.")
    expect(office.button).not_to_have_attribute("aria-busy", "true")
    for desk in (office.vera, office.boris):
        expect(desk.page.locator("[data-live=talk] > .talk")).to_have_count(0)
        expect(office.line(desk)).to_contain_text("connected by Sidorova Vera")
    house = office.town.house
    if isinstance(office.street, RealStreet):
        house.wait(lambda: sounds(office), 8, "the conversation is long enough to be heard in the recording")

    office.line(office.boris).get_by_role("button", name="End this call").click()

    for desk in (office.vera, office.boris):
        expect(office.line(desk)).to_contain_text("answered")
        expect(office.line(desk).get_by_role("button", name="End this call")).to_have_count(0)
    rows = house.rows("select direction, state, result, order_id from telephony_call")
    assert rows == [("out", "ended", "answered", office.order)]
    assert office.vera.troubles == office.boris.troubles == []
    if isinstance(office.street, RealStreet):
        ((file,),) = house.rows("select file from telephony_recording")
        assert office.street.heard_in(office.street.recordings / file) == {"mobile", "second client"}
    office.line(office.vera).get_by_role("link", name=re.compile("Call [0-9]")).click()
    steps = office.vera.page.locator(".steps")
    expect(steps).to_contain_text(re.compile("Sidorova Vera has these two connected: Driver 17, "))
    expect(steps).to_contain_text("Driver 17 answers after")


def sounds(office: Office) -> bool:
    return any(file.stat().st_size > 16_000 for file in office.street.recordings.glob("pair*.wav"))


def test_the_client_declines_and_vera_is_told(office: Office) -> None:
    office.button.click()
    office.street.lift_outside(MOBILE_OF_17)
    office.street.refuse_outside(KONSTANTIN)
    sentence = "The client declined the call. The driver was told by the busy tone."
    expect(office.vera.page.locator(".toast").filter(has_text=sentence)).to_be_visible()
    office.says(sentence)
    expect(office.line(office.boris)).to_contain_text("rejected")


def test_boris_cannot_connect_them_a_second_time(office: Office) -> None:
    office.button.click()
    office.says("The driver is being called…")
    office.boris.pane.get_by_role("button", name="Connect client and driver").click()
    sentence = "The client and the driver of this order are being connected already."
    expect(office.boris.page.locator(".toast").filter(has_text=sentence)).to_be_visible()
    office.street.refuse_outside(MOBILE_OF_17)
    office.says("The driver declined the call. The client was not called.")
