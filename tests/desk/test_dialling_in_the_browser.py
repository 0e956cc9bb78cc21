"""Anton sees how a number will be dialled before he saves the rules."""

import pytest
from playwright.sync_api import expect

from dispatch.staff.models import Role
from tests.desk.conftest import someone

pytestmark = [pytest.mark.browser, pytest.mark.feature("P3")]


def test_the_preview_follows_the_number_and_the_rules(sit_down, web):
    page = sit_down(someone("Anton", Role.ADMINISTRATOR), path="/staff/dialling/")
    page.locator("[name=beginnings]").fill("+7 = 8")
    page.locator("#dialling-number").press_sequentially("8 912 345-67-89")
    expect(page.locator("#dialled dd")).to_have_text(["89123456789", "8 (912) 345-67-89", "+79123456789"])
    page.locator("[name=outside]").press_sequentially("9")
    expect(page.locator("#dialled dd").first).to_have_text("989123456789")
    page.locator("#dialling-number").fill("Anna")
    expect(page.locator("#dialled")).to_contain_text("would not be dialled")
