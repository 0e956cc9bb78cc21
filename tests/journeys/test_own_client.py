"""A client of one's own, in the browser, on the real PBX and the pretend one: from the form on the card to the talk."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.people import BORIS, KONSTANTIN, VERA
from tests.journeys.street import until
from tests.rig.ami import Ami

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.feature("P10", "P11")]


def test_konstantin_rings_at_vera_alone_and_when_she_lets_it_ring_boris_has_him(town: Town) -> None:
    vera, boris = town.desk(VERA), town.desk(BORIS)
    vera.start_shift("101")
    boris.start_shift("102")
    try:
        boris.page.goto(f"{town.house.url}/clients/")
        boris.page.get_by_role("link", name="Konstantin Belov").click()
        boris.page.get_by_role("link", name="Edit").click()
        boris.page.get_by_label("Whose client").select_option(label="Sidorova Vera")
        boris.page.get_by_label("It rings there for").fill("6")
        boris.page.keyboard.press("Control+Enter")
        expect(boris.page.locator(".client-card")).to_contain_text("6 s, then the queue")
        expect(boris.page.locator("form.intake")).to_have_count(0)
        boris.page.goto(f"{town.house.url}/desk/")

        vera.page.keyboard.press("F9")
        vera.page.get_by_role("switch", name="Calls of my own clients come to me").press("Enter")
        expect(vera.page.locator("[role=switch]")).to_have_attribute("aria-checked", "true")
        vera.page.keyboard.press("Escape")
        until(lambda: knows(town), 12, "the PBX knows whose client he is")

        town.street.ring(KONSTANTIN)
        for desk in (vera, boris):
            expect(desk.card(KONSTANTIN)).to_contain_text("for Sidorova Vera, own client")
        until(lambda: town.street.rings("101"), 3, "Vera's telephone rings")
        assert not town.street.rings("102")
        expect(vera.card(KONSTANTIN).get_by_role("button", name="Answer")).to_be_visible()
        expect(boris.card(KONSTANTIN).get_by_role("button", name="Answer")).to_be_hidden()
        expect(vera.waiting).to_have_text("1")
        expect(boris.waiting).to_have_text("0")

        expect(boris.card(KONSTANTIN)).not_to_contain_text("own client", timeout=12_000)
        expect(boris.waiting).to_have_text("1")
        boris.pick(KONSTANTIN)
        expect(boris.page.locator("[data-live=talk] > .talk")).to_contain_text("You are talking with")
        call = town.house.rows("select id from telephony_call")[0][0]
        town.street.put_down("102")
        boris.page.goto(f"{town.house.url}/calls/{call}/")
        expect(boris.page.locator(".steps")).to_contain_text(
            re.compile(
                r"The telephone of Sidorova Vera rang for 0:0[5-7].*own client, before the queue.*Petrov Boris answers",
                re.DOTALL,
            )
        )
        assert not vera.troubles + boris.troubles
    finally:
        town.house.rows("update orders_client set responsible_id = null returning id")


def test_konstantins_call_is_answered_by_vera_with_one_key(town: Town) -> None:
    vera, boris = town.desk(VERA), town.desk(BORIS)
    vera.start_shift("101")
    boris.start_shift("102")
    try:
        town.house.rows(
            "update orders_client set own_seconds = 30, responsible_id = staff_person.id from staff_person"
            " where username = %s and orders_client.name = 'Konstantin Belov' returning orders_client.id",
            VERA,
        )
        town.house.rows("update staff_person set own_clients = true where username = %s returning id", VERA)
        until(lambda: knows(town, seconds=30), 12, "the PBX knows whose client he is")
        town.street.ring(KONSTANTIN)
        expect(boris.card(KONSTANTIN)).to_contain_text("own client")
        vera.page.keyboard.press("a")
        expect(vera.page.locator("[data-live=talk] > .talk")).to_contain_text("You are talking with")
        expect(vera.pane.locator("[name=pickup]")).to_be_focused()
        town.street.put_down("101")
    finally:
        town.house.rows("update orders_client set responsible_id = null returning id")


def knows(town: Town, seconds: int = 6) -> bool:
    """What the link has written into the PBX."""
    vera = town.house.rows("select id from staff_person where username = %s", VERA)[0][0]
    with Ami(town.street.ami) as ami:
        kept = [
            entry["Val"]
            for family, key in (("desk-own", KONSTANTIN), ("desk-seat", str(vera)))
            for entry in ami.listed("DBGet", Family=family, Key=key)
        ]
    return kept == [f"{vera}-{seconds}-queue", "101"]
