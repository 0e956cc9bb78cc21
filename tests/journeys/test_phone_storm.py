"""A few of the telephones of `bin/bench storm`; the whole of it is run by hand."""

import json
import os
import secrets
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from bench import _storm
from telephony.services.browser_line import FAMILY
from tests.pages import bare_page
from tests.rig.asterisk import Pbx

pytestmark = [pytest.mark.rig, pytest.mark.browser, pytest.mark.feature("W1")]
NUMBERS = [str(number) for number in range(1001, 1021)]
REALM = "taxi-desk"


@pytest.fixture
def pbx() -> Iterator[Pbx]:
    made = Pbx(f"storm-{os.getpid()}", extensions=NUMBERS)
    yield made
    made.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    insecure = {"ignore_https_errors": True, "permissions": ["local-network-access"]}  # the rig's certificate
    with bare_page(chromium, **insecure) as page:
        page.set_default_timeout(20_000)
        yield page


def given(pbx: Pbx) -> list[dict[str, object]]:
    """What the desk would give each, and what the link would then write into AstDB."""
    ami, found = pbx.ami(), []
    for login in (f"{number}w" for number in NUMBERS):
        ha1 = secrets.token_hex(16)
        kept = {"auth_type": "md5", "username": login, "realm": REALM, "md5_cred": ha1}
        ami.act("DBPut", Family=FAMILY, Key=login, Val=json.dumps(kept, separators=(",", ":")))
        access = {"uri": f"sip:{login}@{REALM}", "login": login, "realm": REALM, "ha1": ha1, "valid_for": 600}
        found.append(access | {"url": pbx.card["secure_websocket"]})
    return found


def test_twenty_telephones_come_back_after_a_restart_of_the_pbx_and_not_at_once(pbx: Pbx, page: Page):
    _storm.begin(page, "/", given(pbx))
    _storm.forget(page)
    gone = time.time()
    pbx.shut_down()
    pbx.restart()
    seen = _storm.await_all(page, gone, time.time(), 40)
    assert seen.stuck == 0
    assert pbx.console("pjsip show contacts").count("w/sip:") == len(NUMBERS)
    assert seen.seconds[-1] < 32
    assert seen.opened < len(NUMBERS), "spread over more than a second"
    assert seen.fresh == 0, "the web is not asked"
