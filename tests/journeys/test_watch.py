"""Sergey, the supervisor, at Vera's conversation: in the browser, on the real PBX and the pretend one."""

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Town
from tests.journeys.people import BORIS, SERGEY, STRANGER, VERA
from tests.journeys.street import RealStreet, until
from tests.journeys.test_talk import heard, of, spoken

pytestmark = [pytest.mark.browser, pytest.mark.journey]


class Office:
    """Vera talks with a stranger; Sergey is on shift at 103."""

    def __init__(self, town: Town) -> None:
        self.town, self.street = town, town.street
        self.vera, self.boris, self.sergey = town.desk(VERA), town.desk(BORIS), town.desk(SERGEY)
        for desk, extension in ((self.vera, "101"), (self.sergey, "103"), (self.boris, "102")):
            desk.start_shift(extension)
        self.street.ring(STRANGER)
        self.vera.pick(STRANGER)
        expect(of(self.vera)).to_contain_text("You are talking with")

    @property
    def row(self) -> Locator:
        """Vera's, in Sergey's phone book."""
        return self.sergey.phone_book.filter(has_text="Sidorova Vera")

    def ask(self, word: str) -> None:
        self.row.get_by_role("button", name=f"{word}: Sidorova Vera").click()


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town)


@pytest.mark.feature("P18", "P19", "P20")
def test_sergey_listens_whispers_joins_and_stops(office: Office) -> None:
    hers, his = of(office.vera), of(office.sergey)
    expect(office.boris.phone_book.filter(has_text="Sidorova Vera")).to_contain_text("talking")
    expect(office.boris.page.get_by_role("button", name="Listen")).to_have_count(0)

    office.ask("Listen")
    expect(his).to_contain_text("You listen to Sidorova Vera")
    until(lambda: office.street.talks("103"), 5, "Sergey's telephone has answered by itself")
    expect(hers.locator(".talk-watched")).to_have_count(0)

    office.sergey.page.keyboard.press("q")
    expect(his).to_contain_text("You whisper to Sidorova Vera")
    expect(hers).to_contain_text("Volkov Sergey whispers to you: the caller does not hear it")
    office.sergey.page.reload()
    expect(his).to_contain_text("You whisper to Sidorova Vera")

    office.sergey.page.keyboard.press("z")
    expect(his).to_contain_text("You have joined Sidorova Vera")
    expect(hers).to_contain_text("Volkov Sergey has joined: all hear each other")
    spoken(office, conversations=2)  # type: ignore[arg-type]

    office.vera.page.keyboard.press("Escape")
    hers.get_by_role("button", name="Hold").click()
    expect(his).to_contain_text("You whisper to Sidorova Vera")
    hers.get_by_role("button", name="Back to the caller").click()
    expect(hers).to_contain_text("You are talking with")
    his.get_by_role("button", name="Stop").click()
    expect(his).to_have_count(0)
    expect(hers.locator(".talk-watched")).to_have_count(0)
    office.street.give_up(STRANGER)
    expect(hers).to_have_count(0)
    assert office.vera.troubles == office.sergey.troubles == []
    assert office.town.house.rows("select count(*), max(answered_extension) from telephony_call") == [(1, "101")]
    heard(office, [{"client", "101"}, {"client", "101", "103"}, {"client", "101"}])  # type: ignore[arg-type]


@pytest.mark.feature("P17")
def test_sergey_takes_the_client_over_once_he_has_lifted(office: Office) -> None:
    if isinstance(office.street, RealStreet):
        office.street.answer_when("103", "never")
    office.ask("Take over")
    if isinstance(office.street, RealStreet):
        until(lambda: office.street.rings("103"), 5, "Sergey's telephone rings")
        expect(of(office.vera)).to_contain_text("You are talking with")
        office.street.refuse("103")
        expect(office.sergey.page.locator(".toast")).to_contain_text("Nothing has changed for those who talk")
        expect(of(office.vera)).to_contain_text("You are talking with")
        office.street.answer_when("103", "asked")
        office.ask("Take over")

    expect(of(office.sergey)).to_contain_text("You are talking with")
    expect(of(office.vera)).to_have_count(0)
    until(lambda: not office.street.talks("101"), 5, "Vera's telephone is free")
    of(office.sergey).get_by_role("button", name="Hold").click()
    expect(of(office.sergey)).to_contain_text("On hold")
    of(office.sergey).get_by_role("button", name="Back to the caller").click()
    expect(of(office.sergey)).to_contain_text("You are talking with")
    office.street.give_up(STRANGER)
    expect(of(office.sergey)).to_have_count(0)
    assert office.vera.troubles == office.sergey.troubles == []
    rows = office.town.house.rows('select kind, by, "to", completed from telephony_transfer order by place')
    assert rows == [("taken", "101", ["103"], True)]


@pytest.mark.feature("P20")
def test_the_call_ends_while_he_listens_and_so_does_he(office: Office) -> None:
    office.ask("Listen")
    expect(of(office.sergey)).to_contain_text("You listen to Sidorova Vera")
    house = office.town.house
    house.kill("link")
    house.wait(lambda: house.readiness().get("status") != "ok", 8, "the old one's last word is out of date")
    house.start("link")
    house.await_ready()
    expect(of(office.sergey)).to_contain_text("You listen to Sidorova Vera")
    office.street.give_up(STRANGER)
    expect(of(office.sergey)).to_have_count(0)
    until(lambda: not office.street.talks("103"), 5, "Sergey's telephone is free")
