"""The list of orders in a real browser: filters, the hand on the list, columns, many at once, one's own keys."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from orders import actors
from orders.models import Client, DeskSetup, Driver, Order, SavedFilter
from orders.services import lifecycle, marks
from tests.desk.office import answered, ring
from tests.desk.test_in_the_browser import order_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = {"timeout": 6000}
SEEN = """rows => rows.filter((row) => row.checkVisibility())
  .map((row) => row.querySelector(".order-way bdi").textContent)"""


def row(desk: Page, order: Order) -> Locator:
    return desk.locator(f"#order-{order.pk}")


def tab(desk: Page, group: str) -> Locator:
    return desk.locator(f'[data-group="{group}"]')


def shown(desk: Page) -> list[str]:
    """Pick-ups of the rows that are seen, in their order."""
    return desk.locator("table.orders tbody:not([hidden]) > tr[data-kind=order]").evaluate_all(SEEN)


def until_shown(desk: Page, expected: list[str]) -> None:
    for _ in range(60):
        if shown(desk) == expected:
            return
        desk.wait_for_timeout(100)
    assert shown(desk) == expected


def ago(minutes: float, **fields: object) -> Order:
    """An order that was taken so many minutes ago."""
    order = order_of(**fields)
    Order.objects.filter(pk=order.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))
    return order


@pytest.mark.feature("C2")
def test_vera_narrows_the_list_and_it_stands_in_the_address(sit_down, vera, boris):
    order_of(pickup="Ленина, 5", service_class="business", created_by=vera)
    order_of(pickup="Мира, 7", state="arrived", driver=Driver.objects.create(call_sign="17"), created_by=boris)
    order_of(pickup="Арбат, 1", state="scheduled", service_class="business")
    desk = sit_down(vera)
    expect(tab(desk, "open").locator("[data-count]")).to_have_text("3")
    tab(desk, "unassigned").click()
    until_shown(desk, ["Ленина, 5"])
    tab(desk, "scheduled").click(modifiers=["Control"])
    until_shown(desk, ["Ленина, 5", "Арбат, 1"])
    desk.locator(".orders-filter summary").first.click()
    desk.locator("#f-class").select_option("business")
    desk.locator("#f-by").select_option("me")
    desk.keyboard.press("Escape")
    until_shown(desk, ["Ленина, 5"])
    expect(tab(desk, "open").locator("[data-count]")).to_have_text("1")
    expect(desk.locator("[data-filter-number]")).to_have_text("2")
    assert "state%3Dunassigned%252Cscheduled" in desk.url
    desk.reload()
    until_shown(desk, ["Ленина, 5"])
    order_of(pickup="Новая, 2", service_class="business", created_by=vera)
    order_of(pickup="Чужая, 3", service_class="business", created_by=boris)
    until_shown(desk, ["Ленина, 5", "Новая, 2"])
    expect(tab(desk, "unassigned").locator("[data-count]")).to_have_text("2")
    desk.locator("main").click(position={"x": 2, "y": 2})
    desk.keyboard.press("Escape")
    expect(tab(desk, "open")).to_have_attribute("aria-pressed", "true")
    expect(tab(desk, "open").locator("[data-count]")).to_have_text("5")


@pytest.mark.feature("C2")
@pytest.mark.parametrize("typed", ["kenina", "ktybyf", "лен 5", "8 912 345-67-89", "анна"])
def test_what_is_typed_finds_it_with_slips_and_on_the_wrong_keyboard(sit_down, vera, typed):
    anna = Client.objects.create(name="Анна")
    order_of(pickup="Ленина, 5", client=anna, phone="+79123456789")
    order_of(pickup="Мира, 7")
    desk = sit_down(vera)
    desk.keyboard.press("/")
    desk.keyboard.type(typed)
    until_shown(desk, ["Ленина, 5"])
    assert "filter=q" in desk.url


@pytest.mark.feature("C2")
def test_closed_orders_are_read_and_leave_no_trace_in_the_live_list(sit_down, vera):
    order_of(pickup="Ленина, 5")
    closed = order_of(pickup="Мира, 7", state="completed")
    desk = sit_down(vera)
    expect(tab(desk, "closed").locator("[data-count]")).to_have_text("1")
    tab(desk, "closed").click()
    until_shown(desk, ["Мира, 7"])
    desk.locator(f"#past-{closed.pk}").click()
    expect(desk.locator(f"#pane [data-order='{closed.pk}']")).to_be_visible()
    desk.reload()
    until_shown(desk, ["Мира, 7"])
    tab(desk, "open").click()
    until_shown(desk, ["Ленина, 5"])


@pytest.mark.feature("C3")
def test_the_most_urgent_stands_first_and_says_why(sit_down, vera):
    ago(2, pickup="Скоро, 1")
    ago(20, pickup="Просрочен, 1")
    ago(30, pickup="Опоздал, 1", state="en_route", driver=Driver.objects.create(call_sign="17"))
    desk = sit_down(vera)
    until_shown(desk, ["Просрочен, 1", "Опоздал, 1", "Скоро, 1"])
    assert desk.locator(".urgency:visible").all_text_contents() == ["overdue", "late", "due soon"]
    desk.get_by_role("button", name="From → to").click()
    until_shown(desk, ["Опоздал, 1", "Просрочен, 1", "Скоро, 1"])
    desk.get_by_role("button", name="From → to").click()
    until_shown(desk, ["Скоро, 1", "Просрочен, 1", "Опоздал, 1"])
    expect(desk.get_by_role("columnheader", name="From → to")).to_have_attribute("aria-sort", "descending")
    assert "sort" in desk.url


@pytest.mark.feature("C3")
def test_the_row_under_the_hand_does_not_jump(sit_down, vera):
    first, second = ago(3, pickup="Первый, 1"), ago(2, pickup="Второй, 1")
    desk = sit_down(vera)
    until_shown(desk, ["Первый, 1", "Второй, 1"])
    row(desk, second).hover()
    place = row(desk, second).bounding_box()["y"]
    urgent = ago(60, pickup="Срочный, 1")
    marks.raise_problem(order_id=urgent.pk, problem="x", actor=actors.staff(vera))
    expect(desk.locator("[data-new-above]")).to_have_text("New above: 1", **SOON)
    lifecycle.move(order_id=first.pk, name="cancel", reason="x", actor=actors.staff(vera))
    expect(row(desk, first)).to_have_attribute("data-leaving", "gone", **SOON)
    assert row(desk, second).bounding_box()["y"] == place
    desk.locator("[data-new-above]").click()
    desk.mouse.move(5, 5)
    until_shown(desk, ["Срочный, 1", "Второй, 1"])


@pytest.mark.feature("C3")
def test_focus_and_choice_stay_while_rows_change(sit_down, vera):
    first, second = ago(3, pickup="Первый, 1"), ago(2, pickup="Второй, 1")
    desk = sit_down(vera)
    desk.keyboard.press("l")
    desk.keyboard.press(" ")
    desk.keyboard.press("ArrowDown")
    expect(row(desk, second).locator("th a")).to_be_focused()
    marks.hold(order_id=first.pk, actor=actors.staff(vera))
    expect(row(desk, first)).to_contain_text("on hold", **SOON)
    expect(row(desk, first)).to_have_attribute("aria-selected", "true")
    expect(row(desk, second).locator("th a")).to_be_focused()
    expect(desk.locator("[data-bulk-number]")).to_have_text("Chosen: 1")


@pytest.mark.feature("C3", "X5")
def test_who_does_not_see_the_list_hears_what_changed_and_is_not_interrupted(sit_down, vera):
    first, second = ago(3, pickup="Первый, 1"), ago(2, pickup="Второй, 1")
    desk = sit_down(vera)
    until_shown(desk, ["Первый, 1", "Второй, 1"])
    speaker = desk.locator("[data-list-says]")
    expect(speaker).to_have_attribute("aria-live", "polite")
    seventeen = Driver.objects.create(call_sign="17", on_shift=True)
    lifecycle.move(order_id=first.pk, name="assign", actor=actors.staff(vera), driver=seventeen)
    expect(speaker).to_have_text(f"Order {first.pk}: assigned", **SOON)
    lifecycle.move(order_id=second.pk, name="cancel", actor=actors.staff(vera), reason="x")
    expect(speaker).to_have_text(f"Order {second.pk} has left the list", **SOON)


@pytest.mark.feature("C3")
def test_many_at_once_and_each_says_what_became_of_it(sit_down, vera):
    seventeen = Driver.objects.create(call_sign="17")
    free, riding = ago(3, pickup="Ждёт, 1"), ago(9, pickup="Едет, 1", state="on_board", driver=seventeen)
    desk = sit_down(vera)
    desk.get_by_label("Choose all that are shown").check()
    desk.get_by_label("What to do with them").select_option("cancel")
    desk.locator("#bulk-cause").select_option("client")
    desk.locator("#bulk-reason").fill("передумал")
    desk.get_by_role("button", name="Do it").click()
    results = desk.locator("#bulk-results")
    expect(results).to_contain_text("Done: 1. Refused: 1.")
    expect(results.locator(f'[data-order="{free.pk}"]')).to_contain_text("done")
    expect(results.locator(f'[data-order="{riding.pk}"]')).to_contain_text("not possible")
    free.refresh_from_db()
    riding.refresh_from_db()
    assert (free.state, riding.state) == ("cancelled", "on_board")
    desk.keyboard.press("Escape")
    expect(desk.locator("[data-bulk-number]")).to_have_text("Chosen: 1")


@pytest.mark.feature("C3")
def test_columns_are_chosen_and_ordered_by_keyboard_and_stay(sit_down, vera):
    order_of(pickup="Ленина, 5")
    desk = sit_down(vera)
    desk.get_by_role("button", name="Columns").click()
    desk.locator("#col-payment").focus()
    desk.keyboard.press(" ")
    for _ in range(20):
        desk.keyboard.press("Alt+ArrowUp")
    desk.locator("#col-price").uncheck()
    desk.keyboard.press("Escape")
    heads = "heads => heads.filter((head) => head.checkVisibility()).map((head) => head.dataset.col)"
    expected = ["pick", "payment", "number", "state", "time", "way", "client", "driver"]
    assert desk.locator("table.orders thead th").evaluate_all(heads) == expected
    desk.wait_for_timeout(500)
    desk.reload()
    expect(desk.locator("table.orders.is-laid")).to_be_visible()
    assert desk.locator("table.orders thead th").evaluate_all(heads) == expected
    assert desk.locator("table.orders tbody tr:first-child > *").evaluate_all(heads) == expected
    assert DeskSetup.objects.get(person=vera).columns == expected[1:]


@pytest.mark.feature("C2")
def test_a_saved_filter_is_shared_with_the_shift_and_is_boriss_default(sit_down, vera, boris):
    order_of(pickup="Ленина, 5", payment="card")
    order_of(pickup="Мира, 7")
    veras = sit_down(vera, path="/desk/?filter=payment%3Dcard")
    veras.get_by_text("Saved", exact=True).click()
    veras.get_by_label("Save what is shown now as").fill("По карте")
    veras.get_by_label("for everyone on shift").check()
    veras.get_by_role("button", name="Save the filter").click()
    expect(veras.locator("#saved-filters")).to_contain_text("По карте")
    assert SavedFilter.objects.get().query == "payment=card"
    boriss = sit_down(boris)
    until_shown(boriss, ["Ленина, 5", "Мира, 7"])
    boriss.get_by_text("Saved", exact=True).click()
    boriss.get_by_role("link", name="По карте").click()
    until_shown(boriss, ["Ленина, 5"])
    boriss.get_by_text("Saved", exact=True).click()
    boriss.get_by_role("button", name="make default").click()
    expect(boriss.get_by_role("button", name="my default")).to_be_visible()
    boriss.goto(boriss.url.partition("?")[0])
    until_shown(boriss, ["Ленина, 5"])


@pytest.mark.feature("X5")
def test_vera_uses_a_key_of_her_own_and_none_fires_in_a_field(sit_down, vera):
    desk = sit_down(vera)
    desk.keyboard.press("?")
    desk.locator('[data-change-key="Insert"]').click()
    desk.keyboard.press("0")
    expect(desk.locator('[data-change-key="Insert"] kbd')).to_have_text("0")
    desk.keyboard.press("Escape")
    desk.wait_for_timeout(300)
    desk.reload()
    desk.wait_for_selector(".health[data-is]:not([data-is=unknown])", state="attached")
    desk.keyboard.press("/")
    desk.keyboard.type("0")
    expect(desk.locator("#orders-text")).to_have_value("0")
    desk.locator("#orders-text").fill("")
    desk.keyboard.press("Escape")
    desk.keyboard.press("Insert")
    expect(desk.locator("#pane [name=pickup]")).to_have_count(0)
    desk.keyboard.press("0")
    expect(desk.locator("#pane [name=pickup]")).to_be_visible()
    assert DeskSetup.objects.get(person=vera).keys == {"Insert": "Digit0"}


@pytest.mark.feature("C2", "D9")
def test_escape_brings_back_the_list_from_before_the_call(sit_down, vera):
    seventeen = Driver.objects.create(call_sign="17", first_name="P", last_name="Petrov", on_shift=True)
    his = order_of(pickup="Его, 1", state="assigned", driver=seventeen)
    order_of(pickup="Карта, 1", payment="card")
    desk = sit_down(vera, path="/desk/?filter=payment%3Dcard")
    until_shown(desk, ["Карта, 1"])
    answered(ring("+79260000017", recognised="driver", driver=seventeen, order=his), vera, "101")
    expect(desk.locator("[data-filter-chip]")).to_contain_text("driver 17")
    until_shown(desk, ["Его, 1"])
    desk.keyboard.press("Escape")
    until_shown(desk, ["Карта, 1"])
    assert re.search("filter=payment", desk.url)
    desk.keyboard.press("Escape")
    until_shown(desk, ["Карта, 1", "Его, 1"])
