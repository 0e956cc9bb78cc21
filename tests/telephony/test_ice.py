"""STUN and TURN servers: what browsers are given, and what an administrator mistyped."""

import base64
import hashlib
import hmac
import time

import pytest
from django.core.exceptions import ImproperlyConfigured

from telephony import ice

pytestmark = pytest.mark.feature("P21")
SECRET = "shared with coturn"  # noqa: S105
STUN = {"urls": "stun:stun.example.org"}


@pytest.fixture(autouse=True)
def office(settings):
    settings.PHONE_TURN_SECRET = SECRET
    return settings


def test_a_turn_server_gets_a_credential_for_this_login_and_an_hour(office):
    office.PHONE_ICE = [STUN, {"urls": ["turn:turn.example.org:3478?transport=tcp", "stun:turn.example.org"]}]
    stun, turn = ice.servers_for("101w")
    assert stun == STUN
    until, login = turn["username"].split(":")
    assert login == "101w"
    assert int(until) == pytest.approx(time.time() + 3600, abs=5)
    digest = hmac.new(SECRET.encode(), turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(digest).decode()
    assert "credential" not in office.PHONE_ICE[1]


def test_one_with_a_credential_of_its_own_keeps_it(office):
    own = {"urls": "turns:turn.example.org", "username": "desk", "credential": "bought"}
    office.PHONE_ICE = [own]
    assert ice.servers_for("101w") == [own]


@pytest.mark.parametrize(
    "servers",
    [
        [],
        [STUN],
        [{"urls": ["stun:[2001:db8::1]:3478", "turns:turn.example.org:5349?transport=tcp"]}],
        [{"urls": "turn:192.0.2.1?transport=udp", "username": "desk", "credential": "bought"}],
    ],
)
def test_what_browsers_take(office, servers):
    office.PHONE_ICE = servers
    ice.check()


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        (STUN, "is a list"),
        (["stun:stun.example.org"], "is a list"),
        ([{"url": "stun:stun.example.org"}], '"urls"'),
        ([{"urls": "stun.example.org"}], "'stun.example.org' is no address"),
        ([{"urls": "stun:stun.example.org?transport=udp"}], "is no address"),
        ([{"urls": ["turn:turn.example.org", 3478]}], "3478 is no address"),
        ([{"urls": "turn:turn.example.org?transport=tls"}], "is no address"),
    ],
)
def test_what_they_would_not_take_is_said_at_the_start(office, servers, said):
    office.PHONE_ICE = servers
    with pytest.raises(ImproperlyConfigured, match=said):
        ice.check()


@pytest.mark.parametrize("own", [{}, {"username": "desk"}, {"credential": "bought"}])
def test_a_turn_server_without_any_secret(office, own):
    office.PHONE_TURN_SECRET = ""
    office.PHONE_ICE = [{"urls": "turn:turn.example.org", **own}]
    with pytest.raises(ImproperlyConfigured, match="PHONE_TURN_SECRET"):
        ice.check()
