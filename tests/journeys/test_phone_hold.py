"""A telephone holds by its own key: the desk does not do it, and shows it all the same."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.people import SERGEY, STRANGER, VERA

pytestmark = [
    pytest.mark.rig,
    pytest.mark.browser,
    pytest.mark.whole_browser,
    pytest.mark.alone,
    pytest.mark.feature("M10", "D7"),
]


def test_it_is_seen_survives_a_reload_and_a_link_that_did_not_see_it_end(real_town: Town):
    street, house = real_town.street, real_town.house
    vera, sergey = real_town.desk(VERA), real_town.desk(SERGEY)
    vera.start_shift("101")
    sergey.start_shift("103")
    street.ring(STRANGER)
    vera.pick(STRANGER)
    talk = vera.page.locator("[data-live=talk]")
    expect(talk).to_contain_text("You are talking with")
    card = sergey.page.locator("[data-live=call] .call")
    (call,) = [one for one in street.telephone("101").calls if one.is_up]

    call.hold()
    expect(talk).to_contain_text("Your telephone itself holds the other side")
    expect(talk).to_contain_text("You are talking with")  # the desk holds nobody
    expect(card).to_contain_text("the telephone of Sidorova Vera holds")
    vera.page.reload()
    expect(talk).to_contain_text("Your telephone itself holds the other side")

    call.resume()
    expect(talk).not_to_contain_text("Your telephone itself holds")
    expect(card).not_to_contain_text("holds")

    for what, shown in ((call.hold, True), (call.resume, False)):
        house.kill("link")
        what()
        house.start("link")
        holds = expect(talk).to_contain_text if shown else expect(talk).not_to_contain_text
        holds("Your telephone itself holds the other side", timeout=20_000)
    assert vera.troubles == []
