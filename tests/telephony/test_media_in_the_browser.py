"""The test of a loudspeaker (static/js/phone/media.js), in the browser whose devices it opens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("W6")]
PLAYED = """async (device) => {
  const { play } = await import("/js/phone/media.js");
  const made = {};
  for (const name of ["AudioContext", "Audio"]) {
    window[name] = new Proxy(window[name], { construct: (Real, given) => (made[name] = new Real(...given)) });
  }
  const why = await play(() => 0.05, { device, gain: 0.5 }).catch(({ name }) => name);
  const open = () => ({ context: made.AudioContext.state !== "closed", sound: made.Audio.srcObject !== null });
  const left = () => Object.keys(open()).filter((name) => open()[name]);
  for (let end = performance.now() + 3000; left().length && performance.now() < end; ) {
    await new Promise((done) => setTimeout(done, 20));
  }
  return [why ?? "", left()];
}"""
REFUSED = "HTMLMediaElement.prototype.play = async () => { throw new DOMException('', 'NotAllowedError'); }"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        yield page


def test_a_test_of_a_loudspeaker_leaves_nothing_open(page):
    assert page.evaluate(PLAYED, "") == ["", []]


def test_nor_does_one_of_a_loudspeaker_that_is_unplugged(page):
    assert page.evaluate(PLAYED, "unplugged") == ["NotFoundError", []]


def test_nor_does_one_that_the_browser_refuses(page):
    page.evaluate(f"void ({REFUSED})")
    assert page.evaluate(PLAYED, "") == ["NotAllowedError", []]
