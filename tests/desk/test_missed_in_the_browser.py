"""Missed calls on the screen: how many wait stands on the desk, and the list follows by itself."""

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from telephony.models import Intent, MissedCaller
from telephony.services import missed
from tests.telephony import office

pytestmark = pytest.mark.browser


@transaction.atomic
def rings_off(number=office.ANNA):
    missed.follow([office.missed(number)])


@transaction.atomic
def is_reached():
    MissedCaller.objects.update(reached_at=timezone.now(), reached_how="called_back")
    missed.tell()


@pytest.mark.feature("M5")
def test_vera_sees_at_once_that_somebody_was_missed_and_that_he_was_reached(sit_down, vera):
    desk = sit_down(vera)
    button = desk.locator("#missed-1")
    expect(button).to_have_text("History")
    rings_off()
    expect(button).to_contain_text("1")
    button.click()
    rows = desk.locator("tr[data-missed=open]")
    expect(rows).to_have_count(1)
    expect(desk.locator(".health[data-is]:not([data-is=unknown])")).to_be_attached()
    with desk.expect_response("**/dial/**"):
        desk.get_by_role("button", name="Call back").click()
    expect(desk.locator(".dial [aria-busy=true]")).to_have_count(1)
    assert Intent.objects.get().args["e164"] == office.ANNA
    rings_off(office.MOBILE)
    expect(rows).to_have_count(2)
    is_reached()
    expect(desk.locator("#missed-callers")).to_contain_text("Nobody is to be called back.")
