"""Two ends of a call that offer at once (static/js/phone/offers.js), in the browser; the wire beneath is the test's."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.pages import bare_page

pytestmark = [pytest.mark.browser, pytest.mark.feature("W6")]
# What the PBX says to each offer: a code, "theirs first", or "agreed". What became of it, what the PBX was told, and
# how long it took from each offer to the next.
OFFERED = """async ([began, answers, theirs]) => {
  const { Offers } = await import("/js/phone/offers.js");
  const heard = {}, made = [], told = [];
  let agreed = false;
  const meet = () => heard.reinvite({ reject: ({ status_code }) => told.push(status_code) });
  const transactions = new Set(); // who listens for them
  const session = {
    _ua: { on: (_, act) => transactions.add(act), off: (_, act) => transactions.delete(act) },
    _request: { call_id: "its own" },
    on: (event, act) => { heard[event] = act; },
    isReadyToReOffer: () => true,
    connection: { signalingState: "stable" },
    _dialog: {},
    _sendReinvite({ eventHandlers: { succeeded, failed } }) {
      made.push(performance.now());
      const answer = answers[made.length - 1];
      setTimeout(() => {
        if (answer === "theirs first") meet();
        if (offers.givesWay()) return failed();
        this._dialog.uac_pending_reply = true;
        if (theirs) meet();
        setTimeout(() => {
          this._dialog.uac_pending_reply = false;
          if (answer === "agreed") agreed = true;
          // as JsSIP does: of a 491 it tells nobody, and offers again by itself
          const others = (code) => (code < 300 ? succeeded() : failed({ status_code: code }));
          const onReceiveResponse = ({ status_code: code }) => (code === 491 ? told.push("again") : others(code));
          const request = { method: "INVITE", call_id: "its own" };
          const transaction = { request, eventHandlers: { onReceiveResponse } };
          for (const act of [...transactions]) act({ transaction });
          transaction.eventHandlers.onReceiveResponse({ status_code: answer === "agreed" ? 200 : answer });
        }, 5);
      }, 5);
    },
  };
  const offers = new Offers(session, began);
  const result = await offers.until(() => agreed);
  if (transactions.size) told.push("still listened to");
  return { result, told, waited: made.slice(1).map((at, n) => Math.round(at - made[n])) };
}"""
PAUSES = """async ([began, chances]) => {
  const { pause } = await import("/js/phone/offers.js");
  return chances.map((chance) => pause(began, chance));
}"""

# Two ends of a call in one page, whose sound and picture are not bundled, as the PBX has it. One makes an offer with
# a picture that nobody takes; then the other makes one. Whether the first hears: before, after its own, after the
# other's.
CALL = """async () => {
  const { unbundle, untaken } = await import("/js/phone/unbundled.js");
  const context = new AudioContext();
  await context.resume();
  const out = context.createMediaStreamDestination(), tone = new OscillatorNode(context);
  tone.connect(out);
  tone.start();
  const [vera, pbx] = [0, 1].map(() => new RTCPeerConnection({ bundlePolicy: "max-compat" }));
  const remote = new MediaStream();
  vera.addEventListener("track", ({ track }) => remote.addTrack(track));
  for (const each of [vera, pbx]) {
    unbundle(each, () => false);
    each.addTrack(out.stream.clone().getAudioTracks()[0], out.stream);
    const other = each === vera ? pbx : vera;
    const pass = ({ candidate }) => candidate && other.addIceCandidate(candidate).catch(() => {});
    each.addEventListener("icecandidate", pass);
  }
  const plain = ({ type, sdp }) => ({ type, sdp: sdp.replace(/a=group:BUNDLE.*\\r\\n/, "") });
  const agree = async (one, other) => {
    await one.setLocalDescription(await one.createOffer());
    await other.setRemoteDescription(plain(one.localDescription));
    await other.setLocalDescription(await other.createAnswer());
    await one.setRemoteDescription(plain(other.localDescription));
  };
  const loud = async () => {
    const ear = context.createAnalyser(), wave = new Float32Array(2048);
    context.createMediaStreamSource(remote).connect(ear);
    for (let end = performance.now() + 5000, loudest = 0; ; await new Promise((done) => setTimeout(done, 50))) {
      ear.getFloatTimeDomainData(wave);
      loudest = Math.max(...wave);
      if (loudest > 0.1 || performance.now() > end) return loudest > 0.1;
    }
  };
  const camera = await navigator.mediaDevices.getUserMedia({ video: true });
  await agree(...(ORDER));
  Object.assign(new Audio(), { muted: true, srcObject: remote }).play();
  const heard = [await loud()];
  vera.addTrack(camera.getVideoTracks()[0].clone(), camera);
  await vera.setLocalDescription(await vera.createOffer());
  await vera.setRemoteDescription(untaken(vera));
  heard.push(await loud());
  pbx.addTrack(camera.getVideoTracks()[0], camera);
  await agree(pbx, vera);
  const shown = Object.assign(document.createElement("video"), { muted: true, srcObject: remote });
  await shown.play();
  heard.push(await loud());
  const ways = vera.getTransceivers().map(({ receiver, currentDirection }) => [receiver.track.kind, currentDirection]);
  for (const each of [vera, pbx]) each.close();
  return { heard, ways, width: shown.videoWidth };
}"""

# A call by JsSIP itself, and a camera that is offered in it: whether it was agreed on, how the call ended, and how many
# still listen. What happens in place of an answer to the first such offer: "broken" (the wire, which is there again at
# once), "unanswered" or "hung up".
FILMED = """async (happens) => {
  const [{ Offers }, { unbundle }] = [await import("/js/phone/offers.js"), await import("/js/phone/unbundled.js")];
  const { default: JsSIP } = await import("/dist/jssip.js");
  const out = new AudioContext().createMediaStreamDestination();
  const camera = (await navigator.mediaDevices.getUserMedia({ video: true })).getVideoTracks()[0];
  const pbx = new RTCPeerConnection({ bundlePolicy: "max-compat" });
  unbundle(pbx, () => false);
  pbx.addTrack(out.stream.clone().getAudioTracks()[0], out.stream);
  let isUp = false, invited = 0;
  const wire = {
    via_transport: "WSS", url: "wss://pbx.example/", sip_uri: "sip:pbx.example;transport=ws",
    connect: () => setTimeout(() => { isUp = true; wire.onconnect(); }),
    disconnect: () => { isUp = false; },
    isConnected: () => isUp,
    isConnecting: () => false,
    send: (message) => isUp && Boolean(setTimeout(() => hear(message))),
  };
  const said = (first, message, body = "") => {
    const heads = message.split("\\r\\n").filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
    const tagged = heads.map((line) => (/^To:(?!.*tag=)/.test(line) ? `${line};tag=pbx` : line));
    const about = ["Contact: <sip:pbx@pbx.example>", "Content-Type: application/sdp", `Content-Length: ${body.length}`];
    wire.ondata([first, ...tagged, ...about, "", body].join("\\r\\n"));
  };
  const instead = {
    broken: () => { isUp = false; wire.ondisconnect(true, 1006, ""); wire.connect(); },
    unanswered: () => Object.values(agent._transactions.ict).at(-1).timer_B(), // its 32 s are over
    "hung up": (message) => {
      const turned = message.replace(/^(From|To)(?=:)/gm, (name) => (name === "To" ? "From" : "To"));
      said("BYE sip:vera@desk SIP/2.0", turned.replace(/^CSeq: .*/m, "CSeq: 1 BYE").replace("branch=", "$&bye"));
    },
  };
  const hear = async (message) => {
    if (message.startsWith("BYE")) return said("SIP/2.0 200 OK", message);
    if (!message.startsWith("INVITE")) return;
    invited += 1;
    if (invited === 2) return instead[happens](message);
    await pbx.setRemoteDescription({ type: "offer", sdp: message.split("\\r\\n\\r\\n")[1] });
    await pbx.setLocalDescription(await pbx.createAnswer());
    said("SIP/2.0 200 OK", message, pbx.localDescription.sdp.replace(/a=group:BUNDLE.*\\r\\n/, ""));
  };
  const agent = new JsSIP.UA({ sockets: [wire], uri: "sip:vera@desk", register: false, session_timers: false });
  await new Promise((done) => { agent.on("connected", done); agent.start(); });
  const pcConfig = { bundlePolicy: "max-compat" };
  const session = agent.call("sip:pbx@desk", { mediaStream: out.stream, pcConfig });
  const offers = new Offers(session, false);
  unbundle(session.connection, () => offers.givesWay());
  let cause = "";
  session.on("ended", (event) => { cause = event.cause; });
  await new Promise((done) => session.on("confirmed", done));
  const listened = agent.listenerCount("newTransaction");
  const way = () => session.connection.getTransceivers().find(({ sender }) => sender.track === camera);
  const isAgreed = () => way()?.currentDirection === "sendrecv";
  const hangs = new Promise((done) => setTimeout(() => done("hangs"), 10_000));
  const open = () => way() ?? session.connection.addTrack(camera);
  const result = await Promise.race([offers.until(isAgreed, open), hangs]);
  return { result, cause, listen: agent.listenerCount("newTransaction") - listened };
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        yield page


def offered(page: Page, *answers: str | int, began: bool = False, theirs: bool = False) -> dict:
    return page.evaluate(OFFERED, [began, answers, theirs])


def test_who_began_the_call_waits_longer_than_the_other_ever_does(page):
    ours, theirs = (page.evaluate(PAUSES, [began, [0, 0.5, 1]]) for began in (True, False))
    assert ours == [2100, 3050, 4000]
    assert theirs == [0, 1000, 2000]


def test_an_offer_that_met_theirs_is_made_again(page):
    seen = offered(page, 491, "agreed")
    assert seen["result"]
    assert [-1 < wait < 2500 for wait in seen["waited"]] == [True]
    began = offered(page, 491, "agreed", began=True)
    assert began["result"]
    assert [2100 <= wait < 4500 for wait in began["waited"]] == [True]


def test_what_is_still_being_made_gives_way_and_what_is_sent_does_not(page):
    assert offered(page, "theirs first", "agreed")["told"] == []
    assert offered(page, "agreed", theirs=True)["told"] == [491]


def test_a_few_offers_and_no_more(page):
    seen = offered(page, *[491] * 9)
    assert not seen["result"]
    assert len(seen["waited"]) == 3


def test_what_is_refused_for_good_is_not_offered_again(page):
    assert offered(page, 488, "agreed") == {"result": False, "told": [], "waited": []}


@pytest.mark.parametrize("happens", ["broken", "unanswered"])
def test_a_wire_that_breaks_under_an_offer_is_not_the_end_of_the_call_and_the_offer_is_made_again(page, happens):
    assert page.evaluate(FILMED, happens) == {"result": True, "cause": "", "listen": 0}


def test_an_offer_whose_call_ends_meanwhile_is_over_with_it(page):
    assert page.evaluate(FILMED, "hung up") == {"result": False, "cause": "Terminated", "listen": 0}


@pytest.mark.parametrize("order", ["[vera, pbx]", "[pbx, vera]"])
def test_an_offer_that_nobody_takes_leaves_the_sound_as_it_was_and_theirs_can_come(page, order):
    seen = page.evaluate(CALL.replace("ORDER", order))
    assert seen["heard"] == [True, True, True]
    assert seen["ways"] == [["audio", "sendrecv"], ["video", "sendrecv"]]
    assert seen["width"]
