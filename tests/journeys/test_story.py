"""A call on a PBX becomes an order that a driver performs. On the real PBX and on the pretend one."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.desk import Desk
from tests.journeys.people import BORIS, LARISA, STRANGER, VERA
from tests.journeys.street import until

pytestmark = [pytest.mark.browser, pytest.mark.alone]


@pytest.fixture
def vera(town: Town) -> Desk:
    desk = town.desk(VERA)
    desk.start_shift("101")
    return desk


@pytest.fixture
def boris(town: Town) -> Desk:
    desk = town.desk(BORIS)
    desk.start_shift("102")
    return desk


@pytest.mark.feature("D2", "R2")
def test_each_sees_the_other_come_and_go(town: Town, vera: Desk) -> None:
    expect(vera.phone_book).to_have_count(1)
    boris = town.desk(BORIS)
    boris.start_shift("102")
    expect(vera.phone_book).to_have_count(2, timeout=1500)
    expect(vera.phone_book.filter(has_text="Petrov Boris")).to_be_visible()

    boris.end_shift()
    expect(vera.phone_book).to_have_count(1, timeout=1500)


@pytest.mark.feature("D5", "D6")
def test_two_callers_are_two_cards_and_vera_takes_the_second(town: Town, vera: Desk, boris: Desk) -> None:
    town.street.ring(STRANGER)
    until(lambda: town.street.rings("101") and town.street.rings("102"), 8, "both phones ring")
    for desk in (vera, boris):
        expect(desk.waiting).to_have_text("1", timeout=1500)
        expect(desk.card(STRANGER)).to_contain_text(re.compile("new client", re.IGNORECASE))

    town.street.ring(LARISA)
    for desk in (vera, boris):
        expect(desk.waiting).to_have_text("2", timeout=1500)
        expect(desk.cards).to_have_count(2)
    vera.pick(LARISA)

    until(lambda: town.street.talks("101"), 3, "Vera talks")
    expect(boris.waiting).to_have_text("1", timeout=1500)
    assert town.street.rings("102"), "Boris's phone goes on ringing with the first"
    expect(vera.pane.get_by_label("Phone")).to_have_value(re.compile(r"\D*".join(LARISA[-10:])))
    assert vera.troubles == boris.troubles == []
