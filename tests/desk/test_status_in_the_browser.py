"""Nobody disturbs Vera: by the keyboard, and what is not confirmed is not shown as done."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from dispatch.live import publish
from dispatch.live.numbers import private
from telephony.models import Extension

pytestmark = [pytest.mark.browser, pytest.mark.feature("P9")]


@transaction.atomic
def the_pbx_says(person, *, refuses: bool, queue: str) -> None:
    Extension.objects.filter(number="101").update(refuses=refuses, queue=queue)
    publish.changed(private(person.pk), "shift", person.shifts.get().pk)
    publish.changed("staff", "person", person.pk)


def test_f7_asks_and_the_pbx_confirms_and_f7_again_ends_it(sit_down, vera, boris):
    Extension.objects.create(number="101", interface="PJSIP/101", queue="rings")
    hers, his = sit_down(vera), sit_down(boris)
    own, seen = hers.locator(".shift-chip .status"), his.locator(f"#person-{vera.pk} .status")
    call = his.locator(f"#person-{vera.pk}").get_by_role("button", name="Call")
    expect(call).to_be_visible()
    hers.keyboard.press("F7")
    expect(own).to_have_text("do not disturb: asked")
    expect(seen).to_have_text("do not disturb: asked")
    the_pbx_says(vera, refuses=True, queue="paused")
    expect(own).to_have_text("do not disturb")
    expect(seen).to_have_text("do not disturb")
    expect(call).to_have_count(0)
    hers.keyboard.press("F7")
    expect(own).to_have_text("do not disturb: ending")
    the_pbx_says(vera, refuses=False, queue="rings")
    expect(own).to_have_text("at the desk")
    expect(call).to_be_visible()


def test_enter_on_one_who_wants_no_call_says_so(sit_down, vera, boris):
    Extension.objects.create(number="101", interface="PJSIP/101", queue="paused", refuses=True)
    page = sit_down(boris)
    page.locator("#phonebook-search").fill("vera")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("does not want to be disturbed")


@pytest.mark.feature("X5")
def test_on_mobile_is_chosen_in_the_menu_by_keyboard(sit_down, vera):
    page = sit_down(vera)
    page.keyboard.press("F9")
    button = page.get_by_role("button", name="on mobile")
    for _ in range(9):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".shift-chip .status")).to_have_text("on mobile")
    expect(page.locator("[name=status][value=mobile]")).to_have_attribute("aria-pressed", "true")
