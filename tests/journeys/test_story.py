"""A call on a PBX becomes an order that a driver performs. On the real PBX and on the pretend one."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town, on_both
from tests.journeys.desk import Desk
from tests.journeys.people import BORIS, LARISA, MARINA, MOBILE_OF_17, MOBILE_OF_18, STRANGER, VERA
from tests.journeys.street import RealStreet, until

pytestmark = [pytest.mark.browser, pytest.mark.alone, on_both]


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


@pytest.mark.feature("D6")
def test_both_click_at_the_same_instant_and_one_is_told_who_has_him(town: Town, vera: Desk, boris: Desk) -> None:
    town.street.ring(STRANGER)
    for desk in (vera, boris):
        expect(desk.card(STRANGER).get_by_role("button", name="Answer")).to_be_visible()

    until(lambda: town.street.rings("101") and town.street.rings("102"), 8, "both phones ring")
    instant = vera.page.evaluate("Date.now() + 700")
    for desk in (vera, boris):  # whatever is drawn at that instant
        click = "document.querySelector('.call [data-intent] button')?.click()"
        desk.page.evaluate(f"at => {{ setTimeout(() => {click}, at - Date.now()) }}", instant)

    until(lambda: town.street.talks("101") or town.street.talks("102"), 5, "one of them talks")
    won = town.street.talks("101")
    winner, loser = (vera, boris) if won else (boris, vera)
    told = re.compile(
        f"{'Sidorova Vera' if won else 'Petrov Boris'} (has taken this call|took it)"
    )  # by the answer or the card
    expect(loser.page.get_by_text(told).first).to_be_visible()
    expect(winner.pane.get_by_label("Phone")).to_be_visible()
    assert not town.street.talks("102" if won else "101")


@pytest.mark.feature("C3", "C4", "C5", "C6", "C7", "D8", "D9", "D10")
def test_a_call_becomes_an_order_that_driver_17_performs(town: Town, vera: Desk, boris: Desk) -> None:
    street = town.street

    # a stranger; the form opens by itself, and is filled with the keyboard alone
    street.ring(STRANGER)
    street.lift("101")
    pickup = vera.pane.locator("[name=pickup]")
    expect(pickup).to_be_focused()
    vera.page.keyboard.type("Lesnaya 5")
    expect(vera.page.locator("[data-draft-status]")).to_have_text("Kept.")
    vera.page.reload()
    expect(pickup).to_have_value("Lesnaya 5")
    vera.pane.locator("form:focus-within").wait_for()  # its keys work from now on
    pickup.focus()
    vera.page.keyboard.press("End")
    vera.page.keyboard.type(", entrance 2")
    vera.page.keyboard.press("Control+Enter")
    for desk in (vera, boris):
        expect(desk.orders.filter(has_text="Lesnaya 5, entrance 2")).to_be_visible()
    pk = int(vera.orders.filter(has_text="Lesnaya 5").locator("th").inner_text())

    # driver 17, by his call sign
    vera.pane.get_by_label("Assign driver").fill("17")
    vera.page.keyboard.press("Enter")
    for desk in (vera, boris):
        expect(desk.order(pk)).to_have_attribute("data-state", "assigned")
        expect(desk.order(pk)).to_contain_text("17")
    street.put_down("101")

    # the same client again: the card says it all while it rings
    street.ring(STRANGER)
    expect(vera.card(STRANGER)).to_contain_text(f"open order {pk}, driver 17 assigned")
    street.lift("101")
    expect(vera.pane.get_by_role("heading", name=f"Order {pk}")).to_be_visible()
    street.put_down("101")

    # driver 17 from his mobile: the list shows what he is performing, until he hangs up
    other = town.order_for(LARISA, "Tverskaya 1")
    for desk in (vera, boris):
        expect(desk.order(other)).to_be_visible()
    street.ring(MOBILE_OF_17)
    expect(vera.card(MOBILE_OF_17)).to_contain_text(re.compile(rf"Driver 17.*order {pk}", re.DOTALL))
    street.lift("101")
    expect(vera.order(other)).to_be_hidden()
    expect(vera.order(pk)).to_be_visible()
    expect(boris.order(other)).to_be_visible()
    street.give_up(MOBILE_OF_17)
    expect(vera.order(other)).to_be_visible()

    # a driver without an order: his card
    street.ring(MOBILE_OF_18)
    expect(vera.card(MOBILE_OF_18)).to_contain_text("no order now")
    street.lift("101")
    expect(vera.pane).to_contain_text("Zaitsev")
    street.give_up(MOBILE_OF_18)

    # on the way, arrived, on board, completed: by the order's own buttons
    vera.order(pk).get_by_role("link").first.click()
    performed = vera.pane.locator(".order")
    for state in ("en_route", "arrived", "on_board"):
        vera.pane.locator(".order-actions button.primary").first.click()
        for desk in (vera, boris):
            expect(desk.order(pk)).to_have_attribute("data-state", state, timeout=2000)
        expect(performed.locator(f"header [data-state={state}]")).to_be_visible()  # with the next step's button
    vera.pane.locator(".order-actions button.primary").first.click()
    for desk in (vera, boris):
        expect(desk.order(pk)).to_have_count(0, timeout=2000)
    assert vera.troubles == boris.troubles == []


@pytest.mark.feature("D13", "P14", "P15")
def test_marina_finds_the_call_its_order_and_its_sound(town: Town, vera: Desk) -> None:
    street = town.street
    street.ring(STRANGER)
    street.lift("101")
    expect(vera.pane.locator("[name=pickup]")).to_be_focused()
    vera.page.keyboard.type("Arbat 10")
    vera.page.keyboard.press("Control+Enter")
    expect(vera.orders.filter(has_text="Arbat 10")).to_be_visible()
    vera.page.wait_for_timeout(1500)  # sound to be recorded
    street.give_up(STRANGER)
    town.house.wait(
        lambda: town.house.rows("select 1 from telephony_recording where seconds > 0"), 90, "the recording is measured"
    )

    marina = town.desk(MARINA)
    marina.page.goto(f"{town.house.url}/calls/")
    call = marina.page.locator("tr[data-call]").first
    for text in ("Client without a name", "Sidorova Vera", "answered"):
        expect(call).to_contain_text(text)
    pk = town.house.rows("select order_id from telephony_call order by id desc limit 1")[0][0]
    expect(call).to_contain_text(str(pk))
    sound = call.locator("audio")
    played = sound.evaluate(
        """async audio => {
            audio.preload = "auto"; audio.load();
            await new Promise(done => audio.addEventListener("canplaythrough", done, {once: true}));
            audio.currentTime = audio.duration / 2;
            await new Promise(done => audio.addEventListener("seeked", done, {once: true}));
            return [audio.duration, audio.currentTime];
        }"""
    )
    assert played[0] > 1
    assert abs(played[1] - played[0] / 2) < 0.1
    if isinstance(street, RealStreet):
        file = town.house.rows("select file from telephony_recording order by id desc limit 1")[0][0]
        assert len(street.heard_in(street.recordings / file)) == 2

    marina.page.goto(f"{town.house.url}/orders/{pk}/")
    expect(marina.page.locator(".timeline [data-call]")).to_have_count(1)
    assert marina.troubles == []
