"""A dispatcher at home: the desk by the office's proxy (deploy/Caddyfile), her sound by its TURN server alone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.booth import Booth
from tests.journeys.conftest import FIRST_PORT, Town
from tests.journeys.people import STRANGER, VERA
from tests.journeys.street import until
from tests.rig.asterisk import TONES
from tests.rig.network import ADDRESS, FAR
from tests.rig.proxy import Proxy
from tests.rig.turn import Turn

pytestmark = [
    pytest.mark.rig,
    pytest.mark.browser,
    pytest.mark.whole_browser,
    pytest.mark.journey,
    pytest.mark.feature("W1", "W6", "P21"),
]
WEB = 1200  # Hz: Vera's voice
CLIENT = TONES["client"]
HEARD = TONES | {"vera": WEB}
ALL = list(HEARD.values())
PROXY, TURN = FIRST_PORT + 30, FIRST_PORT + 40
# A firewall that lets nothing out but what goes to the TURN server.
WALLED = """() => {
  const Own = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Own {
    constructor(wish) {
      super({ ...wish, iceTransportPolicy: "relay" });
    }
  };
}"""
PASSED_ON = re.compile(r"peer usage: .*:101w>, rp=(\d+), rb=\d+, sp=(\d+)")


@pytest.fixture
def turn(tmp_path: Path) -> Iterator[Turn]:
    with Turn(tmp_path / "turn.log", TURN, peer=ADDRESS) as turn:
        yield turn


@pytest.fixture
def home(real_town: Town, turn: Turn, tmp_path: Path) -> Iterator[Booth]:
    house, base = real_town.house, real_town.street.card["base"]  # type: ignore[attr-defined]
    proxy = Proxy(tmp_path, PROXY, web=f"127.0.0.1:{house.port}", pbx=f"127.0.0.1:{base + 88}")
    production = {
        "HTTPS": "true",
        "BEHIND_PROXY": "true",
        "ALLOWED_HOSTS": "localhost",
        "CSRF_TRUSTED_ORIGINS": proxy.url,
        "PHONE_URL": "/phone-line/",
        "PHONE_ICE": json.dumps([{"urls": [turn.url, turn.url.replace("turn:", "stun:")]}]),
        "PHONE_TURN_SECRET": turn.secret,
    }
    far_away = real_town.street.far_away()  # type: ignore[attr-defined]
    with house.opened_at(proxy.url, **production), proxy, far_away:
        desk = real_town.desk(VERA)
        for script in (FAR, WALLED):
            desk.context.add_init_script(f"({script})()")
        yield Booth.set_up(desk, real_town.street, tone=WEB)


def passed_on(turn: Turn) -> tuple[int, int]:
    """Packets from the PBX, and to it, of all that is over."""
    counted = [(int(came), int(went)) for came, went in PASSED_ON.findall(turn.said)]
    return sum(came for came, _went in counted), sum(went for _came, went in counted)


def test_she_answers_at_home_and_the_check_knows_the_way(home: Booth, turn: Turn, real_town: Town):
    street = real_town.street
    home.start_shift("101")
    street.ring(STRANGER)
    home.screen.get_by_role("button", name="Answer").click()
    expect(home.inside.locator("[data-live=talk]")).to_contain_text("You are talking with")
    until(lambda: home.hears(ALL) == [CLIENT], 8, "she hears the client")
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}  # type: ignore[attr-defined]
    street.give_up(STRANGER)
    expect(home.talk).to_have_count(0)
    until(lambda: min(passed_on(turn)) > 100, 8, "the TURN server has passed her sound on, both ways")

    home.page.goto(f"{home.desk.url}/phone/")
    expect(home.bar).to_contain_text("registered")
    expect(home.inside.locator("[data-access=ice]")).to_contain_text(turn.url)
    home.inside.get_by_role("button", name="Check", exact=True).click()
    for name in ("secure", "line", "ways", "echo"):
        expect(home.inside.locator(f"[data-check={name}]")).to_have_attribute("data-is", "good", timeout=20_000)
    assert turn.secret not in home.page.content()
    assert home.desk.troubles == []
