"""Vera takes a break with her keyboard; Boris sees it beside her name; what the PBX has not confirmed is said."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import BreakReason
from telephony.models import Extension
from tests.desk.office import telephones_fall_silent

pytestmark = [pytest.mark.browser, pytest.mark.feature("C1")]


def the_pbx_says(queue: str, person) -> None:
    with transaction.atomic():
        Extension.objects.filter(number="101").update(queue=queue)
        publish.changed(private(person.pk), "shift", person.shifts.get().pk)


def test_f9_and_a_reason_is_a_break_and_f9_again_ends_it(sit_down, vera, boris):
    Extension.objects.create(number="101", interface="PJSIP/101", queue="rings")
    BreakReason.objects.create(name="lunch")
    hers, his = sit_down(vera), sit_down(boris)
    hers.keyboard.press("F9")
    expect(hers.get_by_role("button", name="lunch")).to_be_focused()
    hers.keyboard.press("Enter")
    expect(hers.locator(".shift-chip")).to_contain_text("break asked")
    expect(his.locator(f"#person-{vera.pk} .person-pause")).to_contain_text("break")
    the_pbx_says("paused", vera)
    expect(hers.locator(".shift-chip time")).to_have_text("0:02", timeout=6000)  # it ticks
    hers.keyboard.press("F9")
    expect(hers.locator(".shift-chip .shift-pause")).to_have_count(0)
    expect(his.locator(f"#person-{vera.pk} .person-pause")).to_have_count(0)
    assert vera.shifts.get().breaks.get().ended_by == vera


def test_the_end_of_the_shift_stands_in_the_menu_also_when_that_was_drawn_anew(sit_down, vera):
    Extension.objects.create(number="101", interface="PJSIP/101", queue="rings")
    page = sit_down(vera)
    the_pbx_says("paused", vera)
    expect(page.locator("[data-live=shift] .note")).to_have_count(1)  # it was drawn anew
    page.locator(".shift-chip").click()
    page.get_by_role("link", name="End the shift").click()
    page.get_by_role("button", name="End the shift").click()
    expect(page.get_by_role("heading", name="Where do you sit?")).to_be_visible()


@pytest.mark.feature("D5")
def test_what_is_stale_is_said_on_every_page_of_who_is_on_shift(sit_down, vera):
    page = sit_down(vera, path="/call-backs/")
    expect(page.locator(".shift-chip")).to_be_visible()
    expect(page.locator(".stale")).to_be_hidden()
    telephones_fall_silent()
    expect(page.locator(".stale")).to_contain_text("No connection to the telephones")


@pytest.mark.feature("C1", "X5")
def test_the_shift_ends_by_keyboard_alone(sit_down, vera):
    page = sit_down(vera)
    page.keyboard.press("F9")
    end = page.get_by_role("link", name="End the shift")
    for _ in range(9):
        page.keyboard.press("Tab")
        if end.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("Note for the next dispatcher")).to_be_focused()
    page.keyboard.type("the printer is out of paper")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).not_to_contain_text("You are on shift")
    assert vera.shifts.get().ended_at is not None
