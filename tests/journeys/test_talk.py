"""In the call: hold, second party, connect, transfer, parking; in the browser, on the real PBX and the pretend one."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Town
from tests.journeys.desk import Desk
from tests.journeys.people import BORIS, STRANGER, VERA
from tests.journeys.street import RealStreet, until

HEARD_BYTES = 16_000  # a second of 8 kHz

pytestmark = [pytest.mark.browser, pytest.mark.journey]


class Office:
    """Vera talks with a stranger; Boris is on shift, too."""

    def __init__(self, town: Town) -> None:
        self.town, self.street = town, town.street
        self.vera, self.boris = town.desk(VERA), town.desk(BORIS)
        self.vera.start_shift("101")
        self.boris.start_shift("102")
        self.street.ring(STRANGER)
        self.vera.pick(STRANGER)
        expect(self.talk).to_contain_text("You are talking with")
        self.vera.pane.locator("[name=pickup]").fill("Lesnaya 5")
        expect(self.vera.page.locator("[data-draft-status]")).to_have_text("Kept.")

    @property
    def talk(self) -> Locator:
        return of(self.vera)

    def press(self, key: str) -> None:
        """On the desk, not in a field."""
        self.vera.page.evaluate("document.activeElement.blur()")
        self.vera.page.keyboard.press(key)

    def swap(self) -> None:
        expect(self.talk.get_by_role("button", name="Swap")).not_to_have_attribute("aria-busy", "true")
        self.press("q")

    def ask_boris(self) -> None:
        self.choose("petr")
        self.vera.page.keyboard.press("Enter")
        expect(self.second).to_contain_text("the telephone rings")

    def pass_to_boris(self, note: str = "") -> None:
        self.choose("102")
        if note:
            self.vera.page.get_by_label("Note for whoever answers").fill(note)
        self.vera.page.keyboard.press("Control+Enter")

    def choose(self, typed: str) -> None:
        self.press("t")
        search = self.vera.page.get_by_label("Name, call sign or number")
        expect(search).to_be_focused()
        self.vera.page.keyboard.type(typed)
        expect(self.vera.page.locator(".target[aria-current=true]")).to_contain_text("Petrov Boris")

    @property
    def second(self) -> Locator:
        return self.talk.locator(".talk-two")

    @property
    def connect(self) -> Locator:
        return self.talk.get_by_role("button", name="Connect the parties")


def of(desk: Desk) -> Locator:
    return desk.page.locator("[data-live=talk] > .talk")


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town)


@pytest.mark.feature("D7", "D11")
def test_vera_asks_boris_and_connects_the_parties(office: Office) -> None:
    office.press("F2")
    expect(office.talk).to_contain_text("On hold")
    expect(office.vera.page.locator("[data-say-talk]")).to_have_text(re.compile("is on hold"))
    office.vera.page.reload()
    expect(office.vera.pane.locator("[name=pickup]")).to_have_value("Lesnaya 5")
    expect(office.talk).to_contain_text("On hold")
    office.press("F2")
    expect(office.talk).to_contain_text("You are talking with")

    office.ask_boris()
    expect(office.second).to_contain_text("Petrov Boris")
    expect(office.connect).to_be_disabled()
    expect(of(office.boris)).to_contain_text("Sidorova Vera calls you about")
    expect(of(office.boris)).to_contain_text("Lesnaya 5")
    office.street.lift("102")
    expect(office.connect).to_be_enabled()

    office.swap()
    expect(office.second).to_contain_text("waits")
    spoken(office, conversations=3)
    office.swap()
    expect(office.second).to_contain_text("You are talking with")
    expect(office.talk).to_contain_text("On hold")
    expect(office.connect).to_be_enabled()
    office.press("c")

    expect(of(office.vera)).to_have_count(0)
    expect(of(office.boris)).to_contain_text("You are talking with")
    expect(office.boris.pane.locator("[name=pickup]")).to_have_value("Lesnaya 5")
    assert office.vera.troubles == office.boris.troubles == []
    spoken(office, conversations=4)
    heard(office, [{"client", "101"}, {"client", "101"}, {"client", "101"}, {"client", "102"}])


@pytest.mark.feature("D11")
def test_vera_swaps_as_fast_as_the_screen_changes(office: Office) -> None:
    """The next press comes in the moment in which the button waits no more."""
    office.ask_boris()
    office.street.lift("102")
    expect(office.connect).to_be_enabled()
    for _ in range(3):
        office.swap()
        expect(office.second).to_contain_text("waits")
        office.swap()
        expect(office.second).to_contain_text("You are talking with")
    office.swap()
    expect(office.second).to_contain_text("waits")
    expect(office.connect).to_be_enabled()
    office.press("c")
    expect(of(office.vera)).to_have_count(0)
    expect(of(office.boris)).to_contain_text("You are talking with")
    assert office.vera.troubles == office.boris.troubles == []


@pytest.mark.feature("D11")
def test_boris_refuses_and_then_all_three_talk(office: Office) -> None:
    office.ask_boris()
    office.street.refuse("102")
    expect(office.talk).to_contain_text("You are talking with")
    expect(office.talk).to_contain_text("Petrov Boris: rejected")

    office.ask_boris()
    office.street.lift("102")
    expect(office.connect).to_be_enabled()
    office.press("z")
    expect(office.talk).to_contain_text("All three are talking")
    office.talk.get_by_role("button", name="Leave them").click()
    expect(of(office.vera)).to_have_count(0)
    expect(of(office.boris)).to_contain_text("You are talking with")


@pytest.mark.feature("D12")
def test_a_passed_call_comes_back_and_then_goes_with_its_form(office: Office) -> None:
    office.pass_to_boris("wants a minibus")
    expect(of(office.boris)).to_contain_text("Sidorova Vera passes to you")
    for words in ("wants a minibus", "Lesnaya 5"):
        expect(of(office.boris)).to_contain_text(words)
    expect(of(office.vera)).to_have_count(0)
    office.street.refuse("102")
    expect(office.talk).to_contain_text("Returned to you")
    expect(office.talk).to_contain_text("Petrov Boris: rejected")
    office.street.lift("101")
    expect(office.talk).to_contain_text("You are talking with")

    office.pass_to_boris()
    office.street.lift("102")
    expect(of(office.boris)).to_contain_text("You are talking with")
    expect(office.boris.pane.locator("[name=pickup]")).to_have_value("Lesnaya 5")
    assert office.vera.troubles == office.boris.troubles == []
    heard(office, [{"client", "101"}, {"client", "101"}, {"client", "102"}])


@pytest.mark.feature("P13")
def test_a_parked_client_is_seen_by_all_and_taken_by_boris(office: Office) -> None:
    office.press("F4")
    for desk in (office.vera, office.boris):
        expect(desk.page.locator(".parked")).to_contain_text("701")
        expect(desk.page.locator(".parked")).to_contain_text("parked by Sidorova Vera")
    office.boris.page.locator(".parked-who").dblclick()
    expect(of(office.boris)).to_contain_text("You are talking with")
    for desk in (office.vera, office.boris):
        expect(desk.page.locator(".parked")).to_have_count(0)
    until(lambda: office.street.talks("102"), 3, "Boris talks")

    of(office.boris).get_by_role("button", name="Hang up").click()
    expect(of(office.boris)).to_have_count(0)
    heard(office, [{"client", "101"}, {"client", "102"}])


def spoken(office: Office, *, conversations: int) -> None:
    """The newest of so many has lasted long enough to be heard in its recording."""
    if not isinstance(office.street, RealStreet):
        return
    folder = office.street.recordings

    def is_heard() -> bool:
        files = sorted(folder.glob("*.wav"), key=lambda file: file.stat().st_mtime)
        return len(files) >= conversations and files[-1].stat().st_size > HEARD_BYTES

    until(is_heard, 5, f"conversation {conversations} is recorded")


def heard(office: Office, expected: list[set[str]]) -> None:
    """Who is heard in each segment of the ended call, in order; the pretend PBX has no sound to hear."""
    street = office.street
    if not isinstance(street, RealStreet):
        return
    street.reset()
    house = office.town.house
    house.wait(lambda: not house.rows("select 1 from telephony_call where state <> 'ended'"), 10, "the call has ended")
    files = house.rows("select file from telephony_recording order by started_at, id")
    said = [street.heard_in(street.recordings / file) for (file,) in files]
    assert said == expected
