"""The line of the telephone in the browser (static/js/phone/line.js, with JsSIP), and a PBX that the test pretends."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("W1")]
ACCESS = {"uri": "sip:101w@desk", "login": "101w", "realm": "desk", "ha1": "0" * 32, "valid_for": 600}
START = """async (access) => {
  const { Line } = await import("/js/phone/line.js");
  window.credentials = async () => access;
  window.line = new Line({ credentials: () => credentials() });
  window.line.start();
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        page.clock.install()
        yield page


def answer(message: str) -> str:
    """Registered, as Asterisk says it."""
    said = [line for line in message.split("\r\n") if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
    said = [f"{line};tag=pbx" if line.startswith("To:") else line for line in said]
    contact = next(line for line in message.split("\r\n") if line.startswith("Contact:")).split(";expires")[0]
    return "\r\n".join(["SIP/2.0 200 OK", *said, f"{contact};expires=120", "Content-Length: 0", "", ""])


@pytest.fixture
def registered(page: Page) -> list[str]:
    """What came to a PBX that takes each registration."""
    found: list[str] = []

    def heard(wire: WebSocketRoute, message: str) -> None:
        found.append(message)
        if message.startswith("REGISTER "):
            wire.send(answer(message))

    page.route_web_socket("wss://pbx.example/ws", lambda wire: wire.on_message(lambda said: heard(wire, str(said))))
    page.evaluate(START, ACCESS | {"url": "wss://pbx.example/ws"})
    becomes(page, "registered")
    return found


def becomes(page: Page, state: str, within: int = 10_000) -> None:
    for _ in range(within // 20):
        if page.evaluate("window.line.state") == state:
            return
        page.clock.run_for(20)
    assert page.evaluate("window.line.state") == state


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


TALKS = """() => {
  window.ended = 0;
  line.talks = [{ state: "up", over: () => { ended += 1; } }];
}"""


def test_who_takes_the_line_back_in_the_middle_of_a_call_goes_on_talking(page, registered):
    page.evaluate(TALKS)
    page.evaluate("line.lose({ sentence: 'in another tab' })")
    becomes(page, "taken")
    before = len(registered)
    page.evaluate("void line.start({ take: true })")
    becomes(page, "registered")
    assert page.evaluate("ended") == 0
    assert registered[before].startswith("REGISTER ")


def test_whose_shift_ends_in_a_call_goes_on_talking_and_is_rung_no_more(page, registered):
    page.evaluate("void (credentials = () => Promise.reject({ refused: 'no shift' }))")
    page.evaluate(TALKS)
    for _ in range(40):  # until new credentials are due
        page.clock.run_for(10_000)
        if page.evaluate("line.state") == "refused":
            break
    assert page.evaluate("[line.state, line.sentence, ended]") == ["refused", "no shift", 0]
    before = len(registered)
    page.clock.run_for(130_000)
    assert [said for said in registered[before:] if said.startswith("REGISTER ")] == []


@pytest.mark.parametrize("is_lost", [True, False])
def test_who_takes_another_place_in_a_call_is_registered_there_after_it(page, registered, is_lost):
    page.evaluate(TALKS)
    if is_lost:
        page.evaluate("line.lose({ sentence: 'in another tab' })")
    elsewhere = ACCESS | {"uri": "sip:105w@desk", "login": "105w", "url": "wss://pbx.example/ws"}
    page.evaluate("(given) => { credentials = async () => given; line.start(); }", elsewhere)
    if not is_lost:
        page.clock.run_for(370_000)  # until new credentials are due
    becomes(page, "waiting")
    assert page.evaluate("ended") == 0
    page.evaluate("void (line.talks = [])")
    becomes(page, "connecting", within=60_000)
    page.clock.resume()
    page.wait_for_function("line.state === 'registered'")
    assert "105w@desk" in registered[-1]


MICROPHONES = """async () => {
  const found = { getAudioTracks: () => [] }, told = [];
  navigator.mediaDevices.getUserMedia = async ({ audio }) => {
    if (audio === true) return found;
    throw new DOMException("", audio.deviceId.exact === "taken" ? "NotReadableError" : "OverconstrainedError");
  };
  line.addEventListener("microphone", ({ detail }) => told.push(detail));
  line.microphone = "unplugged";
  const heard = (await line.sound()) === found;
  line.microphone = "taken";
  return [heard, told, await line.sound().catch(({ name }) => name)];
}"""


@pytest.mark.feature("M3")
def test_in_place_of_a_microphone_that_is_not_plugged_in_another_one_is_heard_and_it_is_told(page, registered):
    assert page.evaluate(MICROPHONES) == [True, [True], "NotReadableError"]
