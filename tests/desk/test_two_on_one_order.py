"""Vera and Boris have one order open: each sees the other, and what both type is lost by neither."""

import re
import time

import pytest
from django.db import transaction
from playwright.sync_api import APIResponse, Page, Route, expect

from dispatch.live import publish
from orders import actors
from orders.models import Client, Order, Presence
from orders.services.lifecycle import publish_change
from telephony.models import Call
from tests.desk.office import ring
from tests.orders.conftest import placed

pytestmark = [pytest.mark.browser, pytest.mark.feature("C4")]


@pytest.fixture
def order(vera) -> Order:
    return placed(Client.objects.create(name="Анна"), actors.staff(vera), "Тверская, 12", comment="с собакой")


def opened(desk: Page, order: Order) -> Page:
    desk.locator(f"#order-{order.pk} th a").click()
    expect(desk.locator(f"#pane [data-order='{order.pk}'] .candidates > *").first).to_be_visible()
    desk.evaluate("import(new URL('order.js', document.querySelector('script[src*=main]').src))")  # its keys work
    return desk


def edited(desk: Page, order: Order) -> Page:
    opened(desk, order).keyboard.press("e")
    expect(desk.locator("#pane form.intake")).to_be_visible()
    expect(desk.locator("#pane [name=phone]")).to_be_focused()
    return desk


@pytest.mark.parametrize("what", ["the order", "a call about it"])
def test_what_changes_while_the_order_is_being_opened_is_on_the_screen(sit_down, vera, order, what):
    """The answer is made, and on its way, when the change is told: nothing else of this order comes after it."""
    desk = sit_down(vera)
    ways: list[tuple[Route, APIResponse]] = []
    desk.route(f"**/orders/{order.pk}/", lambda route: ways.append((route, route.fetch())), times=1)
    desk.evaluate(
        "() => document.addEventListener('live:told', ({ detail }) => ((window.told ??= {})[detail.kind] = true))"
    )
    desk.locator(f"#order-{order.pk} th a").click()
    end = time.monotonic() + 5
    while not ways:
        assert time.monotonic() < end, "no answer"
        desk.evaluate("() => new Promise(requestAnimationFrame)")
    if what == "the order":
        with transaction.atomic():
            Order.objects.filter(pk=order.pk).update(comment="с кошкой")
            publish_change(order)
        desk.wait_for_function("() => window.told?.order")
    else:
        call = ring("+79161110001")
        with transaction.atomic():
            Call.objects.filter(pk=call.pk).update(order=order)
            publish.changed("orders", "timeline", order.pk)
        desk.wait_for_function("() => window.told?.timeline")
    [(way, answer)] = ways
    assert "с собакой" in answer.text()
    assert "call-on-line" not in answer.text()
    way.fulfill(response=answer)
    if what == "the order":
        expect(desk.locator("#pane .order")).to_contain_text("с кошкой")
    else:
        expect(desk.locator("#pane .call-on-line")).to_have_count(1)


def test_boris_sees_that_vera_looks_at_his_order_changes_it_and_goes(sit_down, vera, boris, order):
    veras, boriss = opened(sit_down(vera), order), sit_down(boris)
    assert veras.locator("#pane .others").inner_text() == ""
    opened(boriss, order)
    expect(veras.locator("#pane .others")).to_have_text("Office Boris looks at this order")
    expect(boriss.locator("#pane .others")).to_have_text("Office Vera looks at this order")
    veras.keyboard.press("e")
    expect(boriss.locator("#pane .others")).to_have_text("Office Vera is changing this order")
    expect(veras.locator("#pane .others")).to_have_text("Office Boris looks at this order")
    second = opened(sit_down(vera, within=veras.context), order)
    expect(second.locator("#pane .others")).to_have_text("Office Boris looks at this order")
    expect(boriss.locator("#pane .others .chip")).to_have_count(1)  # two tabs, one Vera
    veras.close(run_before_unload=False)
    expect(boriss.locator("#pane .others")).to_have_text("Office Vera looks at this order")
    second.goto("about:blank")
    expect(boriss.locator("#pane .others")).to_have_text("")


def test_a_tab_that_dies_and_a_web_process_that_is_killed_leave_nobody_behind(sit_down, web, vera, boris, order):
    veras, boriss = opened(sit_down(vera), order), opened(sit_down(boris), order)
    expect(veras.locator("#pane .others")).to_have_text(re.compile("Boris"))
    boriss.route("**/presence/", lambda route: route.abort())  # it cannot say goodbye
    boriss.close()
    expect(veras.locator("#pane .others")).to_have_text("", timeout=25_000)
    web.kill()
    expect(veras.locator(".stale")).to_be_visible()
    Presence.objects.all().delete()
    web.start_again()
    expect(veras.locator(".stale")).to_be_hidden(timeout=10_000)
    opened(sit_down(boris), order)
    expect(veras.locator("#pane .others")).to_have_text(re.compile("Boris"))


def test_both_change_the_same_field_and_neither_loses_a_word(sit_down, vera, boris, order):
    veras, boriss = edited(sit_down(vera), order), edited(sit_down(boris), order)
    boriss.locator("#pane [name=pickup]").fill("Тверская, 14")
    boriss.keyboard.press("Control+Enter")
    expect(boriss.locator("#pane article.order")).to_contain_text("Тверская, 14")
    veras.locator("#pane [name=pickup]").fill("Тверская, 16")
    veras.locator("#pane [name=comment]").fill("с кошкой")
    veras.keyboard.press("Control+Enter")
    conflict = veras.locator("#pane .note.warning[role=alert]")
    expect(conflict).to_contain_text("Office Boris changed the same")
    for text in ("Тверская, 12", "Тверская, 14", "Тверская, 16"):
        expect(conflict).to_contain_text(text)
    expect(veras.locator("#pane [name=pickup]")).to_have_value("Тверская, 16")
    expect(veras.locator("#pane [name=comment]")).to_have_value("с кошкой")
    order.refresh_from_db()
    assert (order.pickup, order.comment) == ("Тверская, 14", "с собакой")
    expect(boriss.locator("#pane .others")).to_have_text("Office Vera is changing this order")
    veras.keyboard.press("Control+Enter")
    expect(veras.locator("#pane article.order")).to_contain_text("Тверская, 16")
    expect(boriss.locator("#pane article.order")).to_contain_text("Тверская, 16")
    expect(boriss.locator("#pane .timeline")).to_contain_text("Тверская, 14")


def test_different_fields_join(sit_down, vera, boris, order):
    veras, boriss = edited(sit_down(vera), order), edited(sit_down(boris), order)
    boriss.locator("#pane [name=comment]").fill("с кошкой")
    boriss.keyboard.press("Control+Enter")
    expect(boriss.locator("#pane article.order")).to_contain_text("с кошкой")
    veras.locator("#pane [name=destination]").fill("Вокзал")
    veras.keyboard.press("Control+Enter")
    expect(veras.locator("#pane article.order")).to_contain_text("Вокзал")
    order.refresh_from_db()
    assert (order.comment, order.destination) == ("с кошкой", "Вокзал")
