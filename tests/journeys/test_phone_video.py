"""Two colleagues at browser phones see each other, when they want to: no camera is on but by its owner."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.booth import Booth
from tests.journeys.conftest import Town
from tests.journeys.people import BORIS, VERA
from tests.journeys.street import until

pytestmark = [
    pytest.mark.rig,
    pytest.mark.browser,
    pytest.mark.whole_browser,
    pytest.mark.alone,
    pytest.mark.feature("W6", "M10"),
]
HER, HIS = 1200, 1500  # Hz: their voices
CAMERAS = """() => {
  const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.cameras = [];
  navigator.mediaDevices.getUserMedia = async (wish) => {
    if (wish.video && window.cameraFails) throw new DOMException("", window.cameraFails);
    const stream = await own(wish);
    window.cameras.push(...stream.getVideoTracks());
    return stream;
  };
}"""
FRAMES = """async () => {
  const found = [...(await window.phone.active.connection.getStats()).values()];
  const pictures = found.filter(({ kind, type }) => kind === "video" && type === "TYPE");
  return pictures.reduce((sum, { COUNT }) => sum + COUNT, 0);
}"""
SENT = FRAMES.replace("TYPE", "outbound-rtp").replace("COUNT", "framesSent")
SEEN = FRAMES.replace("TYPE", "inbound-rtp").replace("COUNT", "framesDecoded")
MEDIA = "phone.active.connection.getTransceivers().map(({ receiver }) => receiver.track.kind)"
PRESS = """(at) => {
  setTimeout(() => document.querySelector("#phone [data-do=camera]").click(), at - Date.now());
}"""
WHY = (
    ("NotAllowedError", "does not let this page see it"),
    ("NotReadableError", "another program holds it"),
    ("NotFoundError", "is not there"),
)


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """Two browsers code and decode pictures beside a PBX: a small machine has its hands full."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def two(real_town: Town) -> tuple[Booth, Booth]:
    """Vera and Boris, who talk with each other."""
    booths = []
    for name, extension, tone in ((VERA, "101", HER), (BORIS, "102", HIS)):
        booth = Booth.set_up(real_town.desk(name), real_town.street, tone=tone)
        booth.desk.context.add_init_script(f"if (window === top) ({CAMERAS})()")
        booth.start_shift(extension)
        booths.append(booth)
    vera, boris = booths
    vera.dial("102")
    boris.screen.get_by_role("button", name="Answer").click()
    until(lambda: vera.hears([HER, HIS]) == [HIS], 20, "she hears him")
    expect(vera.talk).to_contain_text("Petrov Boris")
    expect(boris.talk).to_contain_text("Sidorova Vera")
    return vera, boris


def cameras(booth: Booth) -> list[str]:
    """Of each that was opened: live or ended."""
    return booth.page.evaluate("window.cameras.map(({ readyState }) => readyState)")


def grows(booth: Booth, script: str) -> bool:
    before: Any = booth.page.evaluate(script)
    until(lambda: booth.page.evaluate(script) > before + 3, 15, "more frames")
    return True


def test_each_shows_a_picture_only_when_asked_and_the_camera_goes_out(two: tuple[Booth, Booth], real_town: Town):
    vera, boris = two
    camera = vera.bar.get_by_role("button", name="Camera")
    expect(camera).to_have_attribute("aria-pressed", "false")
    assert vera.page.evaluate(MEDIA) == ["audio"]
    assert cameras(vera) == []

    camera.click()
    expect(camera).to_have_attribute("aria-pressed", "true")
    assert grows(boris, SEEN)
    expect(boris.bar.locator("[data-theirs]")).to_be_visible()
    expect(boris.bar.locator("[data-own]")).to_be_hidden()
    assert cameras(boris) == []  # seeing is not being seen
    expect(vera.bar.locator("[data-own]")).to_be_visible()
    expect(vera.bar.locator(".phone-no-picture")).to_be_visible()

    boris.bar.get_by_role("button", name="Camera").click()
    assert grows(vera, SEEN)
    expect(vera.bar.locator("[data-theirs]")).to_be_visible()
    expect(vera.bar.locator(".phone-no-picture")).to_be_hidden()
    vera.inside.locator(".header-nav").get_by_role("link", name="Orders", exact=True).click()
    expect(vera.inside.locator(".header-nav [aria-current]")).to_have_text("Orders")
    assert grows(vera, SEEN)
    assert grows(boris, SEEN)

    large = vera.bar.get_by_role("button", name="Large")
    large.click()
    assert vera.bar.locator("[data-phone-pictures]").bounding_box()["height"] > 600  # type: ignore[index]
    vera.page.keyboard.press("Escape")
    expect(large).to_have_attribute("aria-pressed", "false")
    vera.bar.locator("[data-do=close-picture]").click()
    expect(vera.bar.locator("[data-theirs]")).to_be_hidden()
    vera.bar.get_by_role("button", name="Show the picture").click()
    expect(vera.bar.locator("[data-theirs]")).to_be_visible()

    camera.click()
    expect(camera).to_have_attribute("aria-pressed", "false")
    assert cameras(vera) == ["ended"]
    expect(boris.bar.locator("[data-theirs]")).to_be_hidden()
    stopped = vera.page.evaluate(SENT)
    assert grows(vera, SEEN)  # his goes on
    assert vera.page.evaluate(SENT) == stopped
    assert vera.hears([HER, HIS]) == [HIS]
    assert boris.hears([HER, HIS]) == [HER]

    boris.bar.get_by_role("button", name="Hang up").click()
    expect(vera.talk).to_have_count(0)
    expect(vera.bar.locator("[data-phone-pictures]")).to_be_hidden()
    assert cameras(boris) == ["ended"]
    assert vera.desk.troubles == boris.desk.troubles == []


@pytest.mark.parametrize("later", [-45, 0, 10])
def test_both_who_press_in_the_same_instant_see_each_other(two: tuple[Booth, Booth], real_town: Town, later: int):
    vera, boris = two
    soon = vera.page.evaluate("Date.now()") + 500
    vera.page.evaluate(PRESS, soon)
    boris.page.evaluate(PRESS, soon + later)
    assert grows(boris, SEEN)
    assert grows(vera, SEEN)
    for booth in two:
        expect(booth.bar.get_by_role("button", name="Camera")).to_have_attribute("aria-pressed", "true")
    until(lambda: vera.hears([HER, HIS]) == [HIS], 20, "she hears him")
    until(lambda: boris.hears([HER, HIS]) == [HER], 20, "he hears her")


def test_a_picture_alone_outlives_the_time_in_which_a_dead_phone_is_noticed(two: tuple[Booth, Booth], real_town: Town):
    vera, boris = two
    vera.bar.get_by_role("button", name="Camera").click()
    began = boris.page.evaluate("performance.now()")
    until(lambda: boris.page.evaluate("performance.now()") > began + 14_000, 20, "rtp_timeout is over")
    assert grows(boris, SEEN)
    assert vera.hears([HER, HIS]) == [HIS]


def test_on_hold_the_camera_goes_out_and_why_it_stays_dark_is_said(two: tuple[Booth, Booth], real_town: Town):
    vera, boris = two
    camera = vera.bar.get_by_role("button", name="Camera")
    for fault, words in WHY:
        vera.page.evaluate("(fault) => { window.cameraFails = fault; }", fault)
        camera.click()
        expect(vera.page.locator(".toast", has_text=words)).to_be_visible()
        expect(camera).to_have_attribute("aria-pressed", "false")
    vera.page.evaluate("window.cameraFails = ''")
    camera.focus()
    vera.page.keyboard.press("Enter")
    expect(camera).to_have_attribute("aria-pressed", "true")
    vera.inside.locator("[data-live=talk]").get_by_role("button", name="Hold").click()
    expect(vera.inside.locator("[data-live=talk]")).to_contain_text("On hold")
    until(lambda: cameras(vera) == ["ended"], 3, "the camera is off")
    expect(camera).to_be_hidden()
    vera.inside.locator("[data-live=talk]").get_by_role("button", name="Back to the caller").click()
    expect(camera).to_be_visible()
    expect(camera).to_have_attribute("aria-pressed", "false")
    camera.click()
    expect(camera).to_have_attribute("aria-pressed", "true")
    assert grows(boris, SEEN)
    assert vera.hears([HER, HIS]) == [HIS]
