"""The intake form and the order in a real browser: by keyboard alone, and nothing typed is ever lost."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client as Browser
from playwright.sync_api import BrowserContext, Page, expect

from dispatch.staff.models import Person, Role
from orders import actors
from orders.flow import State
from orders.models import Client, ClientPhone, Draft, Order
from orders.services import assignment, contact, lifecycle
from tests.orders.conftest import ANNA, driver, on_shift, person, placed
from tests.pages import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INTAKE = "/orders/intake/?source=call:731&phone=%2B79123456789"
BEATS = """setInterval(() => {
  document.dispatchEvent(new CustomEvent("live:beat", { detail: { at: new Date().toISOString() } }));
}, 1000)"""


@pytest.fixture
def vera() -> Person:
    return on_shift(person("vera", Role.DISPATCHER, last_name="Ветрова"), "101")


@pytest.fixture
def context(chromium, live_server, vera) -> Iterator[BrowserContext]:
    session = Browser()
    session.force_login(vera)
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    context.add_cookies([{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": live_server.url}])
    context.set_default_timeout(8000)
    yield context
    leave(context)


@pytest.fixture
def page(context) -> Page:
    return watched(context.new_page())


def watched(page: Page) -> Page:
    """A script that fails, or that the content policy refuses, fails the test. The server of these tests has no socket:
    without its beats a page rightly refuses to send anything once it is four seconds old."""
    page.add_init_script(BEATS)
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    page.on("console", lambda line: pytest.fail(line.text) if "Content Security Policy" in line.text else None)
    return page


def kept(expected: dict[str, str]) -> Callable[[], bool]:
    return lambda: expected.items() <= Draft.objects.get().fields.items()


def until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(80):
        if true():
            return
        page.wait_for_timeout(50)
    assert true(), Draft.objects.values_list("fields", "version")


def tell(page: Page, order: Order) -> None:
    """As the socket does when it has changed."""
    told = {"detail": {"kind": "order", "key": str(order.pk), "html": ""}}
    page.evaluate("(told) => document.dispatchEvent(new CustomEvent('live:told', told))", told)


def ready(page: Page) -> None:
    """The behaviours of the form have started: they put the focus where speech begins."""
    expect(page.locator("#id_pickup")).to_be_focused()


@pytest.mark.feature("C5", "X5")
def test_vera_takes_an_order_without_touching_the_mouse(page):
    page.goto(INTAKE)
    ready(page)
    expect(page.locator("#id_phone")).to_have_value("8 (912) 345-67-89")
    page.keyboard.type("Ленина, 5")
    page.keyboard.press("Enter")
    page.keyboard.type("18:30")
    page.keyboard.press("Enter")
    page.keyboard.type("Вокзал")
    page.keyboard.press("Enter")
    page.keyboard.type("с собакой")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.order h2")).to_contain_text("Order")
    order = Order.objects.get()
    assert (order.pickup, order.destination, order.comment, order.source) == (
        "Ленина, 5",
        "Вокзал",
        "с собакой",
        "call:731",
    )
    assert order.pickup_at is not None


@pytest.mark.feature("C5")
def test_a_reload_in_the_middle_of_typing_loses_nothing(page):
    page.goto(INTAKE)
    ready(page)
    page.keyboard.type("Ленина, 5, подъезд 2")
    page.reload()  # at once: before the pause after the last key is over
    expect(page.locator("#id_pickup")).to_have_value("Ленина, 5, подъезд 2")
    until(page, kept({"pickup": "Ленина, 5, подъезд 2"}))
    assert Draft.objects.count() == 1


@pytest.mark.feature("C5")
def test_a_dropped_connection_loses_nothing(page, context):
    page.goto(INTAKE)
    ready(page)
    page.route("**/orders/drafts/**", lambda route: route.abort())
    page.keyboard.type("Мира, 7")
    expect(page.locator("[data-draft-status]")).to_have_text("Not on the server yet; kept in this browser.")
    page.reload()
    expect(page.locator("#id_pickup")).to_have_value("Мира, 7")  # the server has never heard of it
    page.unroute("**/orders/drafts/**")
    until(page, kept({"pickup": "Мира, 7"}))  # and as soon as it answers, it does


@pytest.mark.feature("C5")
def test_who_is_signed_out_in_the_middle_of_a_form_signs_in_and_finds_it(page, context):
    page.goto(INTAKE)
    ready(page)
    page.keyboard.type("Мира, 7")
    until(page, kept({"pickup": "Мира, 7"}))
    cookies = context.cookies()
    context.clear_cookies(name="sessionid")
    page.locator("[name=destination]").press_sequentially("Вокзал")
    expect(page.locator("[data-draft-status]")).to_have_text("Not on the server yet; kept in this browser.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[name=username]")).to_be_visible()
    context.add_cookies(cookies)
    page.goto(INTAKE)
    expect(page.locator("#id_destination")).to_have_value("Вокзал")
    until(page, kept({"pickup": "Мира, 7", "destination": "Вокзал"}))


@pytest.mark.feature("C5")
def test_two_tabs_of_one_form_lose_nothing(page, context):
    page.goto(INTAKE)
    ready(page)
    other = watched(context.new_page())
    other.goto(INTAKE)
    ready(other)
    page.bring_to_front()
    page.locator("#id_pickup").fill("Ленина, 5")
    until(page, kept({"pickup": "Ленина, 5"}))
    other.bring_to_front()
    other.locator("#id_comment").fill("с собакой")
    until(other, kept({"pickup": "Ленина, 5", "comment": "с собакой"}))


@pytest.mark.feature("C5")
def test_a_digit_takes_an_address_of_before_and_typing_on_makes_it_a_digit(page, vera):
    anna = Client.objects.create(name="Анна")
    ClientPhone.objects.create(client=anna, e164=ANNA, raw=ANNA)
    order = placed(anna, actors.staff(vera), "Садовая, 3", destination="Вокзал")
    lifecycle.move(order_id=order.pk, name="cancel", actor=actors.staff(vera), reason="x")
    page.goto(INTAKE)
    ready(page)
    page.keyboard.press("1")
    expect(page.locator("#id_pickup")).to_have_value("Садовая, 3")
    expect(page.locator("#id_destination")).to_have_value("Вокзал")
    page.keyboard.type("-я Тверская")
    expect(page.locator("#id_pickup")).to_have_value("1-я Тверская")
    expect(page.locator("#id_destination")).to_have_value("")
    page.keyboard.press("Alt+1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.order h2")).to_contain_text("Order")
    assert Order.objects.latest("pk").pickup == "Садовая, 3"


@pytest.mark.feature("C5", "C10")
def test_a_typed_number_is_recognised(page):
    anna = Client.objects.create(name="Анна Петрова")
    ClientPhone.objects.create(client=anna, e164=ANNA, raw=ANNA)
    page.goto("/orders/intake/")
    expect(page.locator("#id_phone")).to_be_focused()
    page.keyboard.type("89123456789")
    page.keyboard.press("Enter")
    expect(page.locator(".caller")).to_contain_text("Анна Петрова")
    page.locator("#id_pickup").fill("Мира, 1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.order h2")).to_contain_text("Order")
    assert Order.objects.get().client == anna


@pytest.mark.feature("C4", "C6", "C7", "X5")
def test_the_whole_trip_by_single_keys(page, vera):
    ivan = driver("17")
    order = placed(Client.objects.create(name="Олег"), actors.staff(vera))
    page.goto(f"/orders/{order.pk}/")
    expect(page.locator("[data-hotkey=g]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("g")
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    expect(page.locator("article.order header .chip")).to_have_text("assigned")
    for key, state in (("w", "on the way"), ("r", "arrived"), ("b", "on board"), ("d", "completed")):
        page.keyboard.press(key)
        expect(page.locator("article.order header .chip")).to_have_text(state)
    order.refresh_from_db()
    assert (order.state, order.driver) == (State.COMPLETED, ivan)


@pytest.mark.feature("C6", "X5")
def test_a_reason_is_asked_for_and_given_by_keyboard(page, vera):
    order = placed(Client.objects.create(name="Олег"), actors.staff(vera))
    page.goto(f"/orders/{order.pk}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("k")
    expect(page.locator(f"#cause-cancel-{order.pk}")).to_be_focused()
    page.keyboard.press("ArrowDown")  # the client
    page.keyboard.press("Enter")
    expect(page.locator(f"#reason-cancel-{order.pk}")).to_be_focused()
    page.keyboard.type("заболел")
    page.keyboard.press("Enter")
    expect(page.locator("article.order header .chip")).to_have_text("cancelled")
    expect(page.locator(".timeline")).to_contain_text("заболел")


@pytest.mark.feature("C7")
def test_a_refusal_is_said_and_what_was_typed_stays(page, vera):
    order = placed(Client.objects.create(name="Олег"), actors.staff(vera))
    page.goto(f"/orders/{order.pk}/")
    page.wait_for_load_state("networkidle")
    field = page.locator("[name=call_sign]")
    field.fill("99")
    field.press("Enter")
    expect(page.locator(".toast")).to_have_text(re.compile("no driver with the call sign “99”"))
    expect(field).to_have_value("99")


@pytest.mark.feature("C4")
def test_boris_sees_on_his_order_what_vera_does_but_loses_no_half_typed_reason(page, vera):
    order = placed(Client.objects.create(name="Олег"), actors.staff(vera))
    driver("17")
    chip = page.locator("article.order header .chip")
    page.goto(f"/orders/{order.pk}/")
    page.wait_for_load_state("networkidle")
    assignment.assign(order_id=order.pk, call_sign="17", actor=actors.staff(vera))
    tell(page, order)
    expect(chip).to_have_text("assigned")
    page.keyboard.press("k")
    expect(page.locator(f"#cause-cancel-{order.pk}")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("забо")
    lifecycle.move(order_id=order.pk, name="set_off", actor=actors.staff(vera))
    tell(page, order)
    page.wait_for_timeout(300)
    expect(page.locator(f"#reason-cancel-{order.pk}")).to_have_value("забо")
    expect(chip).to_have_text("assigned")
    page.locator(f"#reason-cancel-{order.pk}").fill("")
    page.locator(f"#cause-cancel-{order.pk}").select_option([])
    page.locator(f"#cause-cancel-{order.pk}").focus()
    page.locator(f"#cause-cancel-{order.pk}").blur()
    expect(chip).to_have_text("on the way")


@pytest.mark.feature("C4")
def test_what_vera_does_while_the_order_is_being_read_anew_is_shown(page, vera):
    order = placed(Client.objects.create(name="Олег"), actors.staff(vera))
    driver("17")
    assignment.assign(order_id=order.pk, call_sign="17", actor=actors.staff(vera))
    page.goto(f"/orders/{order.pk}/")
    page.wait_for_load_state("networkidle")
    held = []
    asked = re.compile(r"/(set_off/|orders/\d+/)$")
    page.route(asked, lambda route: held.append(route) if len(held) < 2 else route.continue_())
    tell(page, order)
    until(page, lambda: len(held) == 1)
    page.keyboard.press("w")
    until(page, lambda: len(held) == 2)
    reading, setting_off = held
    with page.expect_response(reading.request.url):
        reading.continue_()
    setting_off.continue_()
    expect(page.locator("article.order header .chip")).to_have_text("on the way")


@pytest.mark.feature("C3")
def test_a_filtered_list_keeps_to_its_filter(page, vera):
    oleg, anna = Client.objects.create(name="Олег"), Client.objects.create(name="Анна")
    his = placed(oleg, actors.staff(vera), "Ленина, 5")
    hers = placed(anna, actors.staff(vera), "Мира, 7")
    page.goto(f"/orders/?client={oleg.pk}")
    page.wait_for_load_state("networkidle")
    newer = placed(oleg, actors.staff(vera), "Садовая, 3")
    for order in (hers, newer):
        tell(page, order)
    expect(page.locator(f"#past-{newer.pk}")).to_be_visible()
    shown = page.locator("tbody:not([hidden]) > tr[data-kind=order]").evaluate_all("rows => rows.map((row) => row.id)")
    assert shown == [f"past-{his.pk}", f"past-{newer.pk}"]


@pytest.mark.feature("C3")
def test_an_order_opens_in_the_pane_and_where_she_holds_ctrl_in_another_tab(page, context, vera):
    order = placed(Client.objects.create(name="Олег"), actors.staff(vera), "Ленина, 5")
    page.goto("/")
    link = page.locator(f"#order-{order.pk}").get_by_role("link", name=str(order.pk), exact=True)
    with context.expect_page() as opened:
        link.click(modifiers=["Control"])
    expect(opened.value.locator(".order")).to_contain_text("Ленина, 5")
    assert opened.value.url.endswith(f"/orders/{order.pk}/")
    expect(page.locator("#pane .order")).to_have_count(0)
    link.click()
    expect(page.locator("#pane .order")).to_contain_text("Ленина, 5")


@pytest.mark.feature("C4", "X5")
def test_vera_walks_through_what_happened_and_chooses_by_key(page, vera):
    order = placed(Client.objects.create(name="Олег"), actors.staff(vera))
    contact.note(order_id=order.pk, kind="client_asked", actor=actors.staff(vera), outcome="подождёт")
    page.goto(f"/orders/{order.pk}/")
    page.wait_for_load_state("networkidle")
    lines = page.locator(".timeline-line:visible")
    expect(lines).to_have_count(2)
    page.keyboard.press("h")
    expect(lines.first).to_be_focused()
    expect(lines.first).to_contain_text("подождёт")
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_be_focused()
    page.keyboard.press("f")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("Order taken")
    contact.note(order_id=order.pk, kind="client_asked", actor=actors.staff(vera), outcome="ещё раз")
    page.evaluate("document.querySelector('.order-history').dispatchEvent(new CustomEvent('history:stale'))")
    expect(page.locator(".timeline-line")).to_have_count(3)
    expect(lines).to_have_count(1)
    page.locator("[data-show=calls]").click()
    expect(lines).to_have_count(2)
