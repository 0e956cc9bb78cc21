"""Anton chooses the music by the keyboard alone: on the real PBX, and what the pretend one cannot say."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.people import ANTON
from tests.journeys.street import RealStreet
from tests.journeys.test_doctor import picture
from tests.rig.site import write_music

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.feature("P22")]


def test_anton_chooses_and_sees_when_the_pbx_has_it(town: Town) -> None:
    anton = town.desk(ANTON)
    page = anton.page
    page.goto(f"{town.house.url}/staff/doctor/")
    page.get_by_role("button", name="Examine now").press("Enter")
    expect(page.locator("#examination [role=status]")).to_contain_text("healthy", timeout=15000)
    page.goto(f"{town.house.url}/staff/music/")
    state = page.locator("#music-state")
    expect(state).to_contain_text("the telephone exchange has it", timeout=10000)
    if not isinstance(town.street, RealStreet):
        expect(page.get_by_role("radio")).to_have_count(1)  # what the pretend PBX plays, nobody has heard
        return
    expect(page.get_by_role("radio")).to_have_count(2)
    page.get_by_role("radio", name="as the telephone exchange is set up").press("ArrowDown")
    page.get_by_role("radio", name="default").press("Enter")
    expect(page.get_by_role("radio", name="default")).to_be_checked()
    expect(state).to_contain_text("the telephone exchange has it", timeout=10000)
    picture(page, "music-en")
    for language in ("ru", "ar"):
        asked = f"from tests.journeys.people import speak; speak({language!r})"
        town.house.manage("shell", "-v", "0", "-c", asked)
        page.reload()
        picture(page, f"music-{language}")
    town.house.manage("shell", "-v", "0", "-c", "from tests.journeys.people import speak; speak('en')")
    page.reload()
    page.get_by_role("radio", name="as the telephone exchange is set up").check()
    page.get_by_role("button", name="Save").press("Enter")
    expect(state).to_contain_text("the telephone exchange has it", timeout=10000)
    assert anton.troubles == []


def test_anton_adds_a_file_and_takes_one_away(town: Town, tmp_path: Path) -> None:
    write_music(tmp_path)
    write_music(town.house.folder / "music")
    anton = town.desk(ANTON)
    page = anton.page
    page.goto(f"{town.house.url}/staff/music/")
    (tmp_path / "hold.wav").rename(tmp_path / "Slow waltz.wav")
    page.get_by_label("Sound file").set_input_files(tmp_path / "Slow waltz.wav")
    page.get_by_role("button", name="Add").press("Enter")
    files = page.locator(".music-files li")
    expect(files).to_have_count(2, timeout=15000)
    expect(files.nth(1)).to_contain_text("slow-waltz.wav")
    expect(page.locator("#music-state")).not_to_contain_text("is being examined", timeout=15000)
    picture(page, "music-files")
    page.get_by_role("button", name="Remove slow-waltz.wav").press("Enter")
    expect(files).to_have_count(1)
    assert anton.troubles == []
