"""`bin/bench phone`: the telephone in the browser at a real Asterisk, in Chromium.

From the click on “Answer” until the caller is heard and one's own voice is on its way, against JsSIP alone on an empty
page, by turns in one run; then many calls in one tab, and what is left of them in its memory.
`--quick`: 20 calls instead of 500.
"""

import argparse
import gzip
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench._figures import Figure, finish, share
from tests.conftest import FLAGS
from tests.journeys.conftest import QUICK
from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.journeys.people import VERA
from tests.rig.asterisk import Pbx
from tests.rig.phones import Phone

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 29600
ROUNDS = 12
WARM = 3  # answers of each page that are not counted
CALLS, SETTLED = 500, 50  # the tab's memory is flat after the first so many
FORGOTTEN = 45.0  # seconds: SIP keeps an ended call's transactions for 32
OTHERS = "102"  # calls the browser at 101
# Each page's connections, and how long after `began` sound goes both ways on the newest.
EARS = """() => {
  window.peers = [];
  const Own = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Own {
    constructor(...given) {
      super(...given);
      window.peers.push(new WeakRef(this));
    }
  };
  window.bothWays = async (began) => {
    const context = new AudioContext();
    await context.resume();
    const ear = context.createAnalyser(), wave = new Float32Array(512);
    ear.fftSize = 512;
    let taken = null, deaf = null, heard = 0, sent = 0;
    while (!heard || !sent) {
      await new Promise((done) => setTimeout(done, 4));
      if (performance.now() - began > 10_000) throw new Error(`heard after ${heard} ms, sent after ${sent} ms`);
      const peer = window.peers.at(-1)?.deref();
      const track = peer?.getReceivers().find((one) => one.track.kind === "audio")?.track;
      if (track && taken !== track) {
        taken = track;
        const stream = new MediaStream([track]);
        deaf = Object.assign(new Audio(), { muted: true, srcObject: stream });  // else Chromium decodes nothing
        deaf.play();
        context.createMediaStreamSource(stream).connect(ear);
      }
      if (taken && !heard) {
        ear.getFloatTimeDomainData(wave);
        if (wave.some((value) => Math.abs(value) > 0.01)) heard = performance.now() - began;
      }
      if (peer && !sent) {
        for (const one of (await peer.getStats()).values()) {
          if (one.type === "outbound-rtp" && one.packetsSent) sent = performance.now() - began;
        }
      }
    }
    deaf.srcObject = null;
    await context.close();
    return Math.max(heard, sent);
  };
}"""
CONNECTED = "() => window.peers.at(-1)?.deref()?.connectionState === 'connected'"
# One tone for a voice, and which tracks of it are still open.
VOICE = """() => {
  const tracks = [];
  let source = null;
  const own = MediaStream.prototype.clone;
  MediaStream.prototype.clone = function () {
    const made = own.call(this);
    for (const track of made.getAudioTracks()) tracks.push(new WeakRef(track));
    return made;
  };
  navigator.mediaDevices.getUserMedia = async () => {
    if (!source) {
      const context = new AudioContext(), tone = new OscillatorNode(context, { frequency: 1200 });
      source = context.createMediaStreamDestination();
      tone.connect(new GainNode(context, { gain: 0.2 })).connect(source);
      tone.start();
      await context.resume();
    }
    return source.stream.clone();
  };
  window.open_tracks = () => tracks.filter((one) => one.deref()?.readyState === "live").length;
}"""
ALONE = """async ({script, given}) => {
  const { default: JsSIP } = await import(script);
  const { uri, login, realm, ha1, url } = given;
  const sockets = [new JsSIP.WebSocketInterface(url)];
  const access = { uri, authorization_user: login, realm, ha1 };
  const agent = (window.agent = new JsSIP.UA({ sockets, ...access, session_timers: false }));
  agent.on("newRTCSession", ({ session, originator }) => { if (originator === "remote") window.session = session; });
  await new Promise((done, failed) => {
    agent.on("registered", done);
    agent.on("registrationFailed", ({ cause, response }) => failed(new Error(`${cause} ${response?.status_code}`)));
    agent.on("disconnected", () => failed(new Error("no WebSocket")));
    agent.start();
  });
}"""
ANSWER_ALONE = """async () => {
  const began = performance.now();
  window.session.answer({ mediaConstraints: { audio: true }, pcConfig: { iceServers: [] } });
  return window.bothWays(began);
}"""
ANSWER = """async () => {
  const button = document.querySelector(".phone-screen [data-do=answer]:not([hidden])");
  const began = performance.now();
  button.click();
  return window.bothWays(began);
}"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench phone")
    parser.add_argument("--quick", action="store_true", help="20 calls in one tab instead of 500")
    parser.add_argument("--calls", type=int, default=0, help="so many instead")
    given = parser.parse_args()
    calls = given.calls or (20 if given.quick else CALLS)
    with office() as booth:
        finish([*size(), *booth.answers(ROUNDS), *booth.many(calls, settled=min(SETTLED, calls // 2))])


def size() -> list[Figure]:
    bundle = gzip.compress((ROOT / "static/dist/jssip.js").read_bytes(), 9)
    return [Figure("third-party script of the phone, gzip", len(bundle) / 1000, "kB", 60)]


class Booth:
    """Vera's browser at 101, whose desk telephone is unplugged, and a telephone at 102 that calls it.

    `await_quiet` waits until the PBX has forgotten the call.
    """

    def __init__(self, desk: Desk, other: Phone, await_quiet: Callable[[], None]) -> None:
        self._desk, self._page, self._other, self._await_quiet = desk, desk.page, other, await_quiet
        self._page.add_init_script(f"if (window === top) {{ ({EARS})(); ({VOICE})(); }}")
        desk.start_shift("101")
        main = "document.querySelector('script[src*=\"/js/main.js\"]').src"
        self._script = self._page.evaluate(f"new URL('../dist/jssip.js', {main}).href")

    # --- from the click to the sound -----------------------------------------------------------------------------

    def answers(self, rounds: int) -> list[Figure]:
        """By turns: a block of JsSIP alone, a block of ours, and again."""
        alone: list[float] = []
        ours: list[float] = []
        for _ in range(2):
            self._alone()
            alone += self._answered(ANSWER_ALONE, "window.session?.isInProgress()", WARM + rounds // 2)[WARM:]
            self._on_the_desk(auto=False)
            ours += self._answered(
                ANSWER, "document.querySelector('.phone-screen[data-state=ringing]')", WARM + rounds // 2
            )[WARM:]
        floor = share(alone, 0.5)
        return [
            Figure("JsSIP alone: answer to sound both ways, median", floor, "ms"),
            Figure("the desk: answer to sound both ways, median", share(ours, 0.5), "ms", 2 * floor + 100),
            Figure("the desk: answer to sound both ways, slowest", max(ours), "ms"),
        ]

    def _answered(self, script: str, rings: str, times: int) -> list[float]:
        taken = []
        for _ in range(times):
            call = self._other.dial("101")
            self._page.wait_for_function(f"() => {rings}")
            taken.append(float(self._page.evaluate(script)))
            call.wait_up()
            call.hang_up()
            call.wait_over()
            self._page.wait_for_function(f"() => !({rings}) && !document.querySelector('.phone-talk, .phone-screen')")
            self._await_quiet()
        return taken

    def _alone(self) -> None:
        """A page of the same address without a script, with the office's credentials and nothing else of it."""
        self._page.goto("about:blank")
        token = next(one["value"] for one in self._desk.context.cookies() if one["name"] == "csrftoken")
        asked = self._desk.context.request.post(
            f"{self._desk.url}/phone/line/", form={"tab": "f" * 32, "take": "1"}, headers={"X-CSRFToken": token}
        )
        self._page.goto(f"{self._desk.url}/readyz")
        self._page.evaluate(ALONE, {"script": self._script, "given": asked.json()})

    # --- many calls in one tab -------------------------------------------------------------------------------------

    def many(self, calls: int, *, settled: int) -> list[Figure]:
        """Each rings, is answered by the phone itself, talks for a moment, and ends."""
        self._on_the_desk(auto=True)
        seen = self._desk.context.new_cdp_session(self._page)
        talk = self._page.locator(".phone-talk")  # no handle on what was found: that would hold it in memory
        early = 0.0
        for n in range(1, calls + 1):
            call = self._other.dial("101").wait_up()
            talk.and_(self._page.locator("[data-state=up]")).wait_for()
            self._page.wait_for_function(CONNECTED)  # one closed while it connects Chromium itself never lets go
            call.hang_up()
            call.wait_over()
            talk.wait_for(state="detached")
            if n == settled:
                early = held(seen)
            if sys.stderr.isatty() or n % 50 == 0:
                sys.stderr.write(f"\r{n} of {calls} calls{'' if n < calls else chr(10)}")
        self._await_quiet()
        end = time.monotonic() + FORGOTTEN
        while left(self._page, "true") and time.monotonic() < end:
            self._page.wait_for_timeout(2000)
            collect(seen)
        late = held(seen)
        return [
            Figure(f"memory of the tab after {settled} calls", early / 1e6, "MB"),
            Figure(f"memory of the tab after {calls} calls, against that after {settled}", late / early, "×", 1.1),
            Figure("peer connections that are left open", left(self._page, "peer.connectionState !== 'closed'"), "", 0),
            Figure("peer connections that are left in memory", left(self._page, "true"), "", 0),
            Figure("tracks of the microphone that are left open", self._page.evaluate("window.open_tracks()"), "", 0),
        ]

    def _on_the_desk(self, *, auto: bool) -> None:
        self._page.goto(f"{self._desk.url}/profile/")
        self._page.evaluate("(auto) => localStorage.setItem('phone', JSON.stringify({ on: true, auto }))", auto)
        self._page.goto(f"{self._desk.url}/desk/")
        taken = self._page.locator("#phone [data-do=take]:visible")
        ready = self._page.locator("#phone[data-state=registered]")
        taken.or_(ready).wait_for(timeout=20_000)
        if taken.count():
            taken.click()
        ready.wait_for(timeout=20_000)


def collect(seen: CDPSession) -> None:
    for _ in range(3):
        seen.send("HeapProfiler.collectGarbage")


def held(seen: CDPSession) -> float:
    """Bytes that something holds, parts of the document among them. Not what the browser compiled: that grows for some
    250 calls, until all that runs often is compiled."""
    collect(seen)
    parts: list[str] = []

    def take(part: dict[str, str]) -> None:
        parts.append(part["chunk"])

    seen.on("HeapProfiler.addHeapSnapshotChunk", take)
    seen.send("HeapProfiler.takeHeapSnapshot")
    seen.remove_listener("HeapProfiler.addHeapSnapshotChunk", take)
    found: Any = json.loads("".join(parts))
    meta, nodes = found["snapshot"]["meta"], found["nodes"]
    kind, size = (meta["node_fields"].index(name) for name in ("type", "self_size"))
    code, step = meta["node_types"][kind].index("code"), len(meta["node_fields"])
    return float(sum(nodes[at + size] for at in range(0, len(nodes), step) if nodes[at + kind] != code))


def left(page: Page, condition: str) -> int:
    return int(
        page.evaluate(
            f"() => window.peers.filter((one) => {{ const peer = one.deref(); return peer && ({condition}); }}).length"
        )
    )


@contextmanager
def office() -> Iterator[Booth]:
    with ExitStack() as stack:
        pbx = Pbx(f"phone-{os.getpid()}", QUICK)
        stack.callback(pbx.stop)
        folder = Path(tempfile.mkdtemp(prefix="taxi-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        house = House(
            folder, first_port=FIRST_PORT, ami=pbx.card["ami"], recordings=pbx.recordings, phone=pbx.card["websocket"]
        )
        stack.callback(house.stop)
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path="/usr/bin/chromium", args=FLAGS
        )
        stack.callback(browser.close)
        desk = Desk(browser, house.url, VERA, house.passwords[VERA])
        desk.page.set_default_timeout(20_000)
        yield Booth(desk, pbx.desk_phone(OTHERS, pbx.lab()), pbx.await_quiet)


if __name__ == "__main__":
    main()
