"""Anton, the administrator, has the PBX examined: by the keyboard alone, on the real PBX and the pretend one."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town, on_both
from tests.journeys.people import ANTON
from tests.journeys.street import RealStreet

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.feature("P1"), on_both]


def picture(page, name: str) -> None:
    """Kept where PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_anton_sees_every_check_arrive_and_calls_go_on(town: Town) -> None:
    anton = town.desk(ANTON)
    page = anton.page
    page.goto(f"{town.house.url}/staff/extensions/")
    page.get_by_role("link", name="Doctor of the PBX").press("Enter")
    page.get_by_role("button", name="Examine now").press("Enter")
    state = page.locator("#examination [role=status]")
    real = isinstance(town.street, RealStreet)
    expect(state).to_contain_text("healthy", timeout=15000)
    rounds = page.locator("#examination .round")
    expect(rounds).to_have_count(18)
    expect(page.locator("#examination .chip[data-tone=red]")).to_have_count(0)
    music = rounds.filter(has=page.get_by_role("heading", name="Music on hold"))
    expect(music).to_contain_text("hear the class “default”" if real else "this is the pretend PBX")
    browsers = rounds.filter(has=page.get_by_role("heading", name="Telephones in the browser on the PBX"))
    expect(browsers).to_contain_text("are set up as they have to be" if real else "this is the pretend PBX")
    expect(page.locator("#examination progress")).to_have_count(0)
    picture(page, f"doctor-{'real' if real else 'sim'}-en")
    assert anton.troubles == []
    told = town.house.manage("doctor")  # the same at the command line; anything to be mended would end it with 1
    assert told.count("\n") >= 17
    assert "FAIL" not in told


def test_without_a_link_he_is_told_to_start_it(town: Town) -> None:
    page = town.desk(ANTON).page
    town.house.kill("link")
    try:
        page.goto(f"{town.house.url}/staff/doctor/")
        page.get_by_role("button", name="Examine now").press("Enter")
        expect(page.locator("#examination [role=status]")).to_contain_text("waits for the link")
    finally:
        town.house.start("link")
    expect(page.locator("#examination [role=status]")).to_contain_text("healthy", timeout=20000)


LANGUAGES = [("ru", "light"), ("ar", "dark")]


@pytest.mark.parametrize(("language", "scheme"), LANGUAGES)
def test_the_page_fits_in_every_direction(town: Town, language: str, scheme: str) -> None:
    """No line runs out of the page, and what is to be written reads from left to right."""
    anton = town.desk(ANTON)
    page = anton.page
    asked = f"from tests.journeys.people import find_faults; find_faults({language!r})"
    town.house.manage("shell", "-v", "0", "-c", asked)
    try:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{town.house.url}/staff/doctor/")
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        expect(page.locator("pre.mend").nth(1)).to_contain_text("write = system,call,agent")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        picture(page, f"doctor-{language}-{scheme}")
        page.set_viewport_size({"width": 1024, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        town.house.manage("shell", "-v", "0", "-c", "from tests.journeys.people import speak; speak('en')")
