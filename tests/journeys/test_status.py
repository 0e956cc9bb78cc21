"""Where one is to be had, in the browser, on the real PBX and the pretend one: by one key, and by itself."""

import contextlib

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.desk import Desk
from tests.journeys.people import BORIS, KONSTANTIN, VERA
from tests.journeys.street import until
from tests.rig.ami import Ami

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.feature("P9")]

GONE = 30_000  # ms: the grace of the house of these tests is short


def own(desk: Desk):
    return desk.page.locator(".shift-chip .status")


def press(desk: Desk, key: str = "F7") -> None:
    desk.page.wait_for_selector("html[data-begun]")
    desk.page.keyboard.press(key)


def refusing(town: Town) -> set[str]:
    with Ami(town.street.ami) as ami:
        entries = ami.listed("DBGetTree", Family="desk-dnd")
    return {entry["Key"].rpartition("/")[2] for entry in entries if "Key" in entry}


def line_of(desk: Desk, name: str):
    return desk.phone_book.filter(has_text=name)


@pytest.mark.feature("D12")
def test_by_one_key_nobody_disturbs_boris_and_by_the_same_key_he_is_there_again(town: Town) -> None:
    vera, boris = town.desk(VERA), town.desk(BORIS)
    vera.start_shift("101")
    boris.start_shift("102")
    expect(own(boris)).to_have_attribute("data-status", "desk")
    press(boris)
    expect(own(boris)).to_have_attribute("data-status", "dnd")
    assert refusing(town) == {"102"}
    his = line_of(vera, "Petrov")
    expect(his.locator(".status")).to_have_text("do not disturb")
    expect(his.get_by_role("button", name="Call Petrov Boris")).to_have_count(0)

    town.street.ring(KONSTANTIN)
    until(lambda: town.street.rings("101"), 5, "it rings at Vera")
    assert not town.street.rings("102")
    vera.pick(KONSTANTIN)
    talk = vera.page.locator("[data-live=talk] > .talk")
    expect(talk).to_contain_text("You are talking with")
    expect(vera.pane.locator("[name=pickup]")).to_be_focused()
    vera.page.evaluate("document.activeElement.blur()")
    vera.page.keyboard.press("t")
    expect(vera.page.locator("#target-102 .status")).to_have_text("do not disturb")
    expect(vera.page.locator("#target-102 button")).to_have_count(0)
    vera.page.locator("#target-search").fill("102")
    vera.page.locator("#target-typed [data-pass]").click()
    expect(vera.page.locator(".targets [data-refused]")).to_have_text(
        "That colleague does not want to be disturbed now."
    )
    vera.page.keyboard.press("Escape")
    expect(talk).to_contain_text("You are talking with")
    town.street.put_down("101")
    expect(talk).to_have_count(0)

    press(boris)
    expect(own(boris)).to_have_attribute("data-status", "desk")
    assert refusing(town) == set()
    expect(his.get_by_role("button", name="Call Petrov Boris")).to_be_visible()
    assert not vera.troubles + boris.troubles


def test_it_stands_over_a_restart_of_the_telephone_exchange(town: Town) -> None:
    boris = town.desk(BORIS)
    boris.start_shift("102")
    press(boris)
    expect(own(boris)).to_have_attribute("data-status", "dnd")
    town.street.restart()
    until(lambda: town.house.readiness().get("status") == "ok", 30, "the link has the PBX again")
    until(lambda: refusing(town) == {"102"}, 15, "it refuses again")
    expect(own(boris)).to_have_attribute("data-status", "dnd", timeout=15_000)
    press(boris)
    expect(own(boris)).to_have_attribute("data-status", "desk")


def test_whose_browser_is_killed_is_on_mobile_and_a_reload_changes_nothing(town: Town) -> None:
    vera, boris = town.desk(VERA), town.desk(BORIS)
    vera.start_shift("101")
    boris.start_shift("102")
    press(boris)
    expect(own(boris)).to_have_attribute("data-status", "dnd")
    boris.context.close()  # and says no good-bye; a page that crashes has playwright wait for it for ever, now and then
    vera.page.reload()
    his = line_of(vera, "Petrov")
    expect(his.locator(".status")).to_have_text("do not disturb")  # the grace
    vera.page.reload()
    expect(his.locator(".status")).to_have_text("on mobile", timeout=GONE)
    expect(own(vera)).to_have_attribute("data-status", "desk")
    assert "mobile" not in changes(town, VERA), "neither reload was noticed"
    assert changes(town, BORIS)[-2:] == ["dnd", "mobile"]
    until(lambda: refusing(town) == set(), 5, "his telephone rings again")

    with contextlib.closing(Desk(town.chromium, town.house.url, BORIS, town.house.passwords[BORIS])) as again:
        expect(own(again)).to_have_attribute("data-status", "dnd")
        assert refusing(town) == {"102"}
        press(again)
        expect(own(again)).to_have_attribute("data-status", "desk")
        again.end_shift()
    expect(vera.page.locator(".person", has_text="Petrov").locator(".status")).to_have_text("on mobile")


def changes(town: Town, username: str) -> list[str]:
    """Of this test."""
    rows = town.house.rows(
        "select change.status from staff_statuschange change join staff_person on staff_person.id = change.person_id"
        " where username = %s"
        " and at >= (select max(started_at) from staff_shift where person_id = staff_person.id) order by change.id",
        username,
    )
    return [status for (status,) in rows]
