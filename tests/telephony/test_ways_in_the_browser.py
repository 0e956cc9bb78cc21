"""STUN and TURN servers as a browser meets them: a real one, one that refuses, and one that says nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from telephony import ice
from tests.journeys.conftest import FIRST_PORT
from tests.pages import bare_page
from tests.rig import chroot
from tests.rig.turn import Turn

pytestmark = [pytest.mark.browser, pytest.mark.rig, pytest.mark.feature("W1")]
REACH = """async (servers) => (await import("/js/phone/reach.js")).reach(servers)"""
# How long after the offer was made JsSIP would be told that there are no more addresses, and of which kinds they are.
GATHERS = """async (servers) => {
  const { unbundle } = await import("/js/phone/unbundled.js");
  const connection = new RTCPeerConnection({ iceServers: servers, bundlePolicy: "max-compat" });
  unbundle(connection, () => false);
  connection.addTransceiver("audio");
  const began = performance.now();
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise((done) => {
    if (connection.iceGatheringState === "complete") done();
    connection.addEventListener("icecandidate", ({ candidate }) => candidate || done());
  });
  const { sdp } = connection.localDescription;
  connection.close();
  return { waited: performance.now() - began, kinds: [...sdp.matchAll(/ typ (\\w+)/g)].map(([, kind]) => kind) };
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with bare_page(chromium) as page:
        yield page


@pytest.fixture
def turn(tmp_path: Path) -> Iterator[Turn]:
    if not chroot.is_installed():
        pytest.skip("needs a real TURN server: bin/rig install (root, Debian)")
    with Turn(tmp_path / "turn.log", FIRST_PORT + 40) as turn:
        yield turn


@pytest.fixture
def mute() -> Iterator[str]:
    """Where a server would be that takes everything and answers nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        yield "127.0.0.1:{1}".format(*deaf.getsockname())


def given(settings: Any, secret: str, *urls: str) -> list[dict[str, Any]]:
    """What the desk gives a browser."""
    settings.PHONE_ICE, settings.PHONE_TURN_SECRET = [{"urls": list(urls)}], secret
    return ice.servers_for("101w")


def test_the_check_tells_apart_what_answers_what_refuses_and_what_is_silent(page, turn, mute, settings):
    stun, silent = turn.url.replace("turn:", "stun:"), [f"turn:{mute}", f"stun:{mute}"]
    assert page.evaluate(REACH, given(settings, turn.secret, turn.url, stun)) == {"silent": [], "refused": []}
    refused = page.evaluate(REACH, given(settings, "another secret", turn.url, stun))
    assert refused == {"silent": [], "refused": [turn.url]}
    deaf = page.evaluate(REACH, given(settings, turn.secret, turn.url, *silent))
    assert (sorted(deaf["silent"]), deaf["refused"]) == (sorted(silent), [])


def test_a_call_goes_by_the_relay_and_waits_for_no_silent_server(page, turn, mute, settings):
    quick = page.evaluate(GATHERS, given(settings, turn.secret, turn.url))
    assert quick["waited"] < 1500
    assert "relay" in quick["kinds"]
    slow = page.evaluate(GATHERS, given(settings, turn.secret, turn.url, f"turn:{mute}"))
    assert 1900 < slow["waited"] < 3500
    assert "relay" in slow["kinds"]
