"""The order in the pane by keyboard: its keys on the sheet and as one likes them, its numbers copied, why it ends."""

import re

import pytest
from playwright.sync_api import Page, expect

from orders import actors
from orders.models import CalledOffBy, CancelReason, Client, DeskSetup, Order
from orders.services import assignment, lifecycle, marks, offers
from tests.orders import town
from tests.orders.conftest import ANNA, driver, placed

pytestmark = [pytest.mark.browser, pytest.mark.feature("C4", "X5")]


@pytest.fixture
def order(vera) -> Order:
    client = Client.objects.create(name="Анна")
    return placed(client, actors.staff(vera), "Тверская, 12", destination="Вокзал")


def opened(desk: Page, order: Order) -> Page:
    desk.locator(f"#order-{order.pk} th a").click()
    expect(desk.locator(f"#pane [data-order='{order.pk}'] .candidates > *").first).to_be_visible()
    for script in ("order.js", "copy.js"):  # its keys work
        desk.evaluate("name => import(new URL(name, document.querySelector('script[src*=main]').src))", script)
    return desk


def test_the_sheet_names_every_step_and_vera_gives_one_another_key(sit_down, vera, order):
    desk = sit_down(vera)
    desk.keyboard.press("?")
    sheet = desk.locator("#keys")
    for words in ("On the way", "Client did not come / No car found", "Cancel the order", "Put on hold", "Way back"):
        expect(sheet).to_contain_text(words)
    key = sheet.locator("[data-change-key=KeyK]")
    key.click()
    desk.keyboard.press("0")
    expect(key).to_have_text("0")
    key_of_hold = sheet.locator("[data-change-key=KeyJ]")
    key_of_hold.click()
    desk.keyboard.press("0")  # is taken: the two change places
    expect(desk.locator("#toasts .toast")).to_contain_text("it is on J now")
    expect(key_of_hold).to_have_text("0")
    expect(key).to_have_text("J")
    desk.keyboard.press("Escape")
    opened(desk, order)
    expect(desk.locator("#pane summary[data-hotkey=k] kbd")).to_have_text("J")
    desk.keyboard.press("k")
    expect(desk.locator("#pane .order-reason[open]")).to_have_count(0)
    desk.keyboard.press("j")
    expect(desk.locator(f"#cause-cancel-{order.pk}")).to_be_focused()
    assert DeskSetup.objects.get(person=vera).keys == {"KeyK": "KeyJ", "KeyJ": "Digit0"}


def test_no_key_of_the_order_fires_in_a_field(sit_down, vera, order):
    desk = opened(sit_down(vera), order)
    sign = desk.locator("#pane [name=call_sign]")
    desk.keyboard.press("g")
    expect(sign).to_be_focused()
    desk.keyboard.type("kpvjiswn")
    expect(sign).to_have_value("kpvjiswn")
    expect(desk.locator("#pane .order-reason[open]")).to_have_count(0)
    expect(desk.locator(f"#pane [data-order='{order.pk}']")).to_be_visible()
    order.refresh_from_db()
    assert (order.version, order.is_on_hold) == (1, False)


def test_a_number_is_copied_by_keyboard_and_it_is_said(sit_down, vera, order):
    desk = sit_down(vera, permissions=["clipboard-read", "clipboard-write"])
    opened(desk, order)
    for button, text in (("Copy the order number", str(order.pk)), ("Copy the client's number", ANNA)):
        desk.get_by_role("button", name=button).focus()
        desk.keyboard.press("Enter")
        expect(desk.locator("#toasts[role=status] .toast").last).to_contain_text("Copied:")
        assert desk.evaluate("navigator.clipboard.readText()") == text
        expect(desk.get_by_role("button", name=button)).to_be_focused()


def test_without_the_right_to_the_clipboard_it_is_copied_as_by_hand(sit_down, vera, order):
    desk = sit_down(vera)
    desk.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    desk.reload()
    opened(desk, order)
    desk.evaluate("document.addEventListener('copy', () => { window.taken = String(document.activeElement.value); })")
    desk.get_by_role("button", name="Copy the client's number").click()
    expect(desk.locator("#toasts .toast")).to_be_visible()
    assert desk.evaluate("window.taken") == ANNA


@pytest.mark.feature("C6")
def test_an_order_is_cancelled_for_a_reason_of_the_list_in_three_keys(sit_down, vera, order):
    CancelReason.objects.create(by_whom=CalledOffBy.CLIENT, text="передумал")
    desk = opened(sit_down(vera), order)
    desk.keyboard.press("k")
    expect(desk.locator(f"#cause-cancel-{order.pk}")).to_be_focused()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#pane article.order header .chip").first).to_have_text("cancelled")
    last = order.events.latest("pk")
    assert (last.reason, last.by_whom) == ("передумал", "client")


@pytest.mark.feature("C6")
def test_n_leads_first_to_the_note_and_then_to_the_end(sit_down, vera, order):
    driver("17")
    by_vera = actors.staff(vera)
    assignment.assign(order_id=order.pk, call_sign="17", actor=by_vera)
    for step in ("set_off", "arrive"):
        lifecycle.move(order_id=order.pk, name=step, actor=by_vera)
    desk = opened(sit_down(vera), order)
    expect(desk.locator("#pane .order-contact")).to_contain_text("Call the client first")
    desk.keyboard.press("n")
    expect(desk.locator("#pane [name=outcome]").first).to_be_focused()
    desk.keyboard.type("занято")
    desk.keyboard.press("Enter")
    expect(desk.locator("#pane .timeline")).to_contain_text("занято")
    expect(desk.locator("#pane .order-contact")).not_to_contain_text("Call the client first")
    desk.keyboard.press("n")
    expect(desk.locator("#pane article.order header .chip").first).to_have_text(re.compile("did not come"))


def test_hold_and_problem_by_key_and_both_desks_see_them(sit_down, vera, boris, order):
    veras, boriss = opened(sit_down(vera), order), sit_down(boris)
    veras.keyboard.press("j")
    expect(veras.locator("#pane [name=until]")).to_be_focused()
    veras.keyboard.type("+30")
    veras.keyboard.press("Enter")
    expect(veras.locator("#pane .facts")).to_contain_text("on hold until")
    veras.keyboard.press("i")
    expect(veras.locator("#pane .order-beside [name=reason]")).to_be_focused()
    veras.keyboard.type("жалоба")
    veras.keyboard.press("Enter")
    expect(veras.locator("#pane .note.danger")).to_contain_text("жалоба")
    expect(boriss.locator(f"#order-{order.pk}")).to_contain_text("on hold until")
    expect(boriss.locator(f"#order-{order.pk}")).to_contain_text("problem")
    veras.keyboard.press("i")
    expect(veras.locator("#pane .note.danger")).to_have_count(0)
    veras.keyboard.press("j")
    expect(boriss.locator(f"#order-{order.pk}")).not_to_contain_text("on hold")
    expect(boriss.locator(f"#order-{order.pk}")).not_to_contain_text("problem")


@pytest.mark.feature("C4")
def test_what_she_has_opened_stays_open_when_the_order_is_read_anew(sit_down, vera, boris, order):
    """The answer to her last key was on the screen; what the push brought swept the next form off it."""
    veras = opened(sit_down(vera), order)
    veras.keyboard.press("i")
    reason = veras.get_by_label("What is wrong")
    expect(reason).to_be_focused()
    marks.hold(order_id=order.pk, actor=actors.staff(boris))
    expect(veras.locator("#pane .facts")).to_contain_text("on hold")
    expect(reason).to_be_focused()
    veras.keyboard.type("жалоба")
    veras.keyboard.press("Enter")
    expect(veras.locator("#pane .note.danger")).to_contain_text("жалоба")


@pytest.mark.feature("C4")
def test_who_opens_a_form_by_the_mouse_types_into_it_at_once(sit_down, vera, order):
    """Beside it each letter would be a key of the order."""
    desk = opened(sit_down(vera), order)
    desk.locator("#pane summary", has_text="Mark as a problem").click()
    reason = desk.get_by_label("What is wrong")
    expect(reason).to_be_focused()
    desk.keyboard.type("kpvj")
    expect(reason).to_have_value("kpvj")


@pytest.mark.feature("C4", "C7")
def test_the_offers_so_far_stay_open_when_the_order_is_read_anew(sit_down, vera, boris, order):
    seven = town.at_work("7", 500)
    offer = offers.offer(order_id=order.pk, call_sign="7", actor=actors.staff(vera))
    offers.refuse(offer_id=offer.pk, actor=actors.driver(seven.person), reason="обед")
    desk = opened(sit_down(vera), order)
    desk.get_by_text("1 offer so far").click()
    expect(desk.get_by_text("обед").first).to_be_visible()
    marks.hold(order_id=order.pk, actor=actors.staff(boris))
    expect(desk.locator("#pane .facts")).to_contain_text("on hold")
    expect(desk.locator("#pane .candidate")).to_have_count(1)
    expect(desk.locator("#pane .offers-past")).to_have_attribute("open", "")


@pytest.mark.feature("C5")
def test_once_more_and_the_way_back_by_key(sit_down, vera, order):
    desk = opened(sit_down(vera), order)
    desk.keyboard.press("v")
    expect(desk.locator("#pane [name=pickup]")).to_have_value("Вокзал")
    expect(desk.locator("#pane [name=destination]")).to_have_value("Тверская, 12")
    opened(desk, order)
    desk.keyboard.press("p")
    expect(desk.locator("#pane [name=pickup]")).to_have_value("Тверская, 12")
    desk.reload()
    expect(desk.locator("#pane [name=pickup]")).to_have_value("Тверская, 12")  # nothing is lost by a reload


def test_an_answer_that_comes_late_does_not_show_a_state_that_is_over(sit_down, vera, order):
    """Vera opens it, and presses its first key before the answer has come; the answer of the key is the quicker one."""
    driver("17")
    assignment.assign(order_id=order.pk, call_sign="17", actor=actors.staff(vera))
    desk = opened(sit_down(vera), order)
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    desk.route(f"**/orders/{order.pk}/", hold_the_first)
    with desk.expect_request(f"**/orders/{order.pk}/"):
        desk.locator(f"#order-{order.pk} th a").click()
    desk.keyboard.press("w")
    state = desk.locator("#pane header [data-state=en_route]")
    expect(state).to_be_visible()
    desk.evaluate("new Promise(requestIdleCallback)")  # what the change itself asks for is under way
    [(route, answer)] = held
    with desk.expect_response(f"**/orders/{order.pk}/"):
        route.fulfill(response=answer)
    desk.evaluate("new Promise(requestIdleCallback)")
    expect(state).to_be_visible()
    expect(desk.locator("#pane .order")).to_have_count(1)
