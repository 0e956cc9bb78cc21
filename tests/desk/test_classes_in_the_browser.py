"""What a call is about, chosen in the call by the keyboard alone."""

import pytest
from playwright.sync_api import expect

from telephony.models import CallClass
from tests.desk.office import answered, ring

pytestmark = pytest.mark.browser


@pytest.mark.feature("M7")
def test_vera_says_by_keyboard_what_the_call_is_about(sit_down, vera):
    CallClass.objects.create(name="complaint")
    CallClass.objects.create(name="lost thing")
    desk = sit_down(vera)
    call = ring("+79161110001", at=["101"])
    answered(call, vera, "101")
    talk = desk.locator("[data-live=talk] > .talk")
    expect(talk).to_contain_text("You are talking with")
    expect(desk.locator("#pane [name=pickup]")).to_be_focused()  # the form that the call brings
    desk.locator("#content").focus()
    desk.keyboard.press("b")
    expect(desk.locator("#call-dialog [name=chosen]").first).to_be_focused()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#call-dialog")).to_be_hidden()
    expect(talk).to_contain_text("lost thing")
    call.refresh_from_db()
    assert call.call_class.name == "lost thing"
