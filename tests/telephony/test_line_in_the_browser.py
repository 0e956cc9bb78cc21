"""The line of the telephone in the browser (static/js/phone/line.js, with JsSIP), and a PBX that the test pretends."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("W1")]
ACCESS = {"uri": "sip:101w@desk", "login": "101w", "realm": "desk", "ha1": "0" * 32, "valid_for": 600}
START = """async (access) => {
  const { Line } = await import("/js/phone/line.js");
  window.line = new Line({ credentials: async () => access });
  window.line.start();
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        page.clock.install()
        yield page


@pytest.fixture
def wires(page: Page) -> list[list[str]]:
    """What came over each wire. The PBX takes each, and says nothing."""
    found: list[list[str]] = []

    def taken(wire: WebSocketRoute) -> None:
        said: list[str] = []
        found.append(said)
        wire.on_message(lambda message: said.append(str(message)))

    page.route_web_socket("wss://pbx.example/ws", taken)
    return found


def begin(page: Page, wires: list[list[str]]) -> None:
    page.evaluate(START, ACCESS | {"url": "wss://pbx.example/ws"})
    while not (wires and wires[0]):
        page.clock.run_for(10)
    assert wires[0][0].startswith("REGISTER ")


def test_a_pbx_that_takes_the_wire_and_does_not_answer_is_tried_again_after_seconds(page, wires):
    begin(page, wires)
    page.clock.run_for(5500)
    assert len(wires) == 1
    page.clock.run_for(5500)  # the rest of the six, and at most four of the first window
    page.wait_for_function("window.line.state === 'connecting'")
    assert len(wires) == 2
