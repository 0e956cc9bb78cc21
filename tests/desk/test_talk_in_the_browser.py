"""One's own conversation on the desk: the card, its keys, and the dialog for whom it goes to."""

import pytest
from playwright.sync_api import expect

from telephony.models import Intent
from tests.desk.office import answered, ring

pytestmark = pytest.mark.browser


@pytest.mark.feature("D7", "D12")
def test_vera_chooses_boris_with_the_keyboard_alone(sit_down, vera, boris):
    desk = sit_down(vera)
    call = ring("+79161110001", at=["101"])
    answered(call, vera, "101")
    talk = desk.locator("[data-live=talk] > .talk")
    expect(talk).to_contain_text("You are talking with")
    desk.locator("#content").focus()
    desk.keyboard.press("t")
    expect(desk.get_by_label("Name, call sign or number")).to_be_focused()
    desk.keyboard.type("boris")
    expect(desk.locator(".target[aria-current=true]")).to_contain_text("Boris")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#call-dialog")).to_be_hidden()
    intent = Intent.objects.get()
    assert (intent.verb, intent.args["to"]) == ("transfer", "102")
