"""The line of the telephone in the browser (static/js/phone/line.js, with JsSIP), and a PBX that the test pretends."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("W1")]
ACCESS = {"uri": "sip:101w@desk", "login": "101w", "realm": "desk", "ha1": "0" * 32, "valid_for": 600}
INVITE = [
    "INVITE sip:101w@desk SIP/2.0", "Via: SIP/2.0/WSS pbx.example;branch=z9hG4bK731", "Max-Forwards: 70",
    "From: <sip:79161110001@pbx.example>;tag=client", "To: <sip:101w@desk>", "Call-ID: 731", "CSeq: 1 INVITE",
    "Contact: <sip:pbx.example;transport=ws>", "Content-Length: 0", "", "",
]  # fmt: skip
START = """async (access) => {
  const { Line } = await import("/js/phone/line.js");
  window.credentials = async () => access;
  window.released = 0;
  const release = async () => { released += 1; };
  window.line = new Line({ credentials: Object.assign(() => credentials(), { release }) });
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


class Pbx:
    """It takes each registration. `said`: what came to it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.wires: list[WebSocketRoute] = []

    def opens(self, wire: WebSocketRoute) -> None:
        self.wires.append(wire)
        wire.on_message(lambda message: self.hears(wire, str(message)))

    def hears(self, wire: WebSocketRoute, message: str) -> None:
        self.said.append(message)
        if message.startswith("REGISTER "):
            wire.send(answer(message))

    def rings(self) -> None:
        self.wires[-1].send("\r\n".join(INVITE))

    def goes(self) -> None:
        self.wires[-1].close()

    def heard(self, beginning: str, since: int = 0) -> list[str]:
        return [said for said in self.said[since:] if said.startswith(beginning)]


@pytest.fixture
def pbx(page: Page) -> Pbx:
    """The line is registered there."""
    pbx = Pbx()
    page.route_web_socket("wss://pbx.example/ws", pbx.opens)
    page.evaluate(START, ACCESS | {"url": "wss://pbx.example/ws"})
    becomes(page, "registered")
    return pbx


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
  line.talks = [{ state: "up", over: () => { ended += 1; }, lose: () => {} }];
}"""


def test_who_takes_the_line_back_in_the_middle_of_a_call_goes_on_talking(page, pbx):
    page.evaluate(TALKS)
    page.evaluate("line.lose({ sentence: 'in another tab' })")
    becomes(page, "taken")
    before = len(pbx.said)
    page.evaluate("void line.start({ take: true })")
    becomes(page, "registered")
    assert page.evaluate("ended") == 0
    assert pbx.said[before].startswith("REGISTER ")


def test_whose_shift_ends_in_a_call_goes_on_talking_and_is_rung_no_more(page, pbx):
    page.evaluate("void (credentials = () => Promise.reject({ refused: 'no shift' }))")
    page.evaluate(TALKS)
    for _ in range(40):  # until new credentials are due
        page.clock.run_for(10_000)
        if page.evaluate("line.state") == "refused":
            break
    assert page.evaluate("[line.state, line.sentence, ended]") == ["refused", "no shift", 0]
    before = len(pbx.said)
    page.clock.run_for(130_000)
    assert pbx.heard("REGISTER ", before) == []


@pytest.mark.parametrize("is_lost", [True, False])
def test_who_takes_another_place_in_a_call_is_registered_there_after_it(page, pbx, is_lost):
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
    assert "105w@desk" in pbx.said[-1]


MICROPHONES = """async () => {
  const found = { getAudioTracks: () => [] }, told = [];
  navigator.mediaDevices.getUserMedia = async ({ audio }) => {
    if (audio === true) return found;
    throw new DOMException("", audio.deviceId.exact === "taken" ? "NotReadableError" : "OverconstrainedError");
  };
  line.addEventListener("microphone", ({ detail }) => told.push(detail.isHeard));
  line.microphone = "unplugged";
  const heard = (await line.sound()) === found;
  line.microphone = "taken";
  return [heard, told, await line.sound().catch(({ name }) => name)];
}"""


@pytest.mark.feature("M3")
def test_in_place_of_a_microphone_that_is_not_plugged_in_another_one_is_heard_and_it_is_told(page, pbx):
    assert page.evaluate(MICROPHONES) == [True, [True], "NotReadableError"]


def rings(page: Page, pbx: Pbx) -> None:
    pbx.rings()
    page.wait_for_function("() => line.talks.length === 1")
    page.evaluate("() => { window.talk = line.talks[0]; }")


def test_what_rings_when_the_wire_is_lost_rings_no_more_and_may_ring_again(page, pbx):
    rings(page, pbx)
    assert page.evaluate("[talk.state, talk.number]") == ["ringing", "79161110001"]
    pbx.goes()
    page.wait_for_function("() => talk.state === 'ended'")
    assert page.evaluate("[talk.cause, line.talks.length]") == ["lost", 0]
    becomes(page, "registered")
    rings(page, pbx)
    assert page.evaluate("talk.state") == "ringing"


def test_whoever_takes_the_line_elsewhere_while_it_rings_refuses_nobody(page, pbx):
    rings(page, pbx)
    page.evaluate("line.lose({ sentence: 'in another tab' })")
    becomes(page, "taken")
    while len(pbx.heard("REGISTER ")) < 2:  # registered no more
        page.clock.run_for(20)
    assert page.evaluate("talk.state") == "ringing"
    assert pbx.heard("SIP/2.0 480") == []
    page.evaluate("talk.hangUp()")
    page.wait_for_function("() => line.talks.length === 0")


def test_who_lost_the_line_and_then_the_wire_in_a_call_is_registered_again_when_she_takes_it(page, pbx):
    page.evaluate(TALKS)
    page.evaluate("line.lose({ sentence: 'in another tab' })")
    becomes(page, "taken")
    while len(pbx.heard("REGISTER ")) < 2:
        page.clock.run_for(20)
    pbx.goes()
    page.clock.run_for(1000)
    page.evaluate("void line.start({ take: true })")
    becomes(page, "registered")
    assert page.evaluate("ended") == 0


def test_whose_place_changes_in_a_call_says_at_once_that_she_cannot_be_rung(page, pbx):
    page.evaluate(TALKS)
    page.evaluate("line.stop({ isPatient: true })")
    assert page.evaluate("[line.state, ended]") == ["off", 0]
    elsewhere = ACCESS | {"uri": "sip:105w@desk", "login": "105w", "url": "wss://pbx.example/ws"}
    page.evaluate("(given) => { credentials = async () => given; line.start(); }", elsewhere)
    becomes(page, "waiting")
    assert page.evaluate("ended") == 0


@pytest.mark.feature("D1")
def test_nothing_of_a_third_party_is_loaded_before_the_line_is_wanted(page):
    loaded: list[str] = []
    page.on("request", lambda asked: loaded.append(asked.url))
    page.route_web_socket("wss://pbx.example/ws", Pbx().opens)
    page.evaluate(START.replace("  window.line.start();\n", ""), ACCESS | {"url": "wss://pbx.example/ws"})
    page.evaluate("line.stop()")
    assert any("line.js" in url for url in loaded)
    assert [url for url in loaded if "/dist/" in url] == []
    page.evaluate("void line.start()")
    becomes(page, "registered")
    assert [url for url in loaded if "/dist/" in url] != []


def test_whose_shift_ends_while_it_rings_gives_the_line_back_after_it(page, pbx):
    rings(page, pbx)
    page.evaluate("line.stop({ isPatient: true })")
    assert page.evaluate("[line.state, talk.state, released]") == ["off", "ringing", 0]
    page.evaluate("talk.hangUp()")
    page.wait_for_function("() => released === 1")
    assert page.evaluate("line.talks.length") == 0


SPEAKS = """async () => {
  const spoken = [], told = [], tracks = {};
  let slow;
  line.talks = [{ state: "up", speak: ({ name }) => spoken.push(name) }];
  line.addEventListener("microphone", ({ detail }) => told.push(detail.isHeard));
  navigator.mediaDevices.getUserMedia = async ({ audio }) => {
    const name = audio.deviceId.exact;
    if (name === "taken") throw new DOMException("", "NotReadableError");
    if (name === "slow") await new Promise((open) => { slow = open; });
    tracks[name] = new EventTarget();
    return { name, getAudioTracks: () => [tracks[name]] };
  };
  const pulled = (name) => tracks[name].dispatchEvent(new Event("ended"));
  await line.speakBy("headset");
  await line.speakBy("headset");
  await line.speakBy("taken");
  const late = line.speakBy("slow");
  await line.speakBy("room");
  slow();
  await late;
  pulled("headset"); // of no use any more
  pulled("slow");
  await new Promise((done) => addEventListener("message", done, { once: true }) || postMessage(""));
  const before = [...spoken];
  pulled("room");
  await new Promise((done) => addEventListener("message", done, { once: true }) || postMessage(""));
  return [before, spoken.slice(before.length), told];
}"""


@pytest.mark.feature("M3")
def test_a_microphone_that_is_chosen_in_a_call_is_heard_in_it(page, pbx):
    chosen, after, told = page.evaluate(SPEAKS)
    assert chosen == ["headset", "room"]
    assert after == ["room"]  # by itself again
    assert told == [True, True]  # one could not be opened and the one before went on; and one was replaced


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_library_that_does_not_come_is_asked_for_again_and_one_that_is_not_installed_is_said(page, is_installed):
    library = re.compile("dist/jssip")
    page.route(library, lambda route: route.abort() if is_installed else route.fulfill(status=404))
    pbx = Pbx()
    page.route_web_socket("wss://pbx.example/ws", pbx.opens)
    page.evaluate(START, ACCESS | {"url": "wss://pbx.example/ws"})
    becomes(page, "waiting" if is_installed else "missing")
    page.unroute(library)
    if not is_installed:
        page.evaluate("void line.start()")  # "Register again", once it is
    becomes(page, "registered", within=60_000)
