"""The telephone in the browser at the real PBX: its registration, its calls, and who has it."""

from typing import Any

import pytest

from tests.journeys.conftest import Town
from tests.journeys.desk import Desk
from tests.journeys.people import BORIS, VERA
from tests.journeys.web_phone import WebPhone
from tests.rig import register

pytestmark = [pytest.mark.rig, pytest.mark.browser, pytest.mark.alone, pytest.mark.feature("W1")]
WEB = 1200  # Hz: Vera's voice in the browser
TAB = "f" * 32


@pytest.fixture
def vera(real_town: Town) -> Desk:
    vera = real_town.desk(VERA)
    vera.start_shift("101")
    return vera


def line_for(desk: Desk, **said: str) -> tuple[int, dict[str, Any]]:
    """What the office gives a tab that asks."""
    cookies = {cookie["name"]: cookie["value"] for cookie in desk.context.cookies()}
    headers = {"X-CSRFToken": cookies["csrftoken"]}
    answer = desk.context.request.post(f"{desk.url}/phone/line/", form={"tab": TAB, **said}, headers=headers)
    return answer.status, answer.json()


def test_vera_registers_without_a_secret_that_is_written_anywhere(vera: Desk, real_town: Town):
    WebPhone(vera.page, tone=WEB).start().registered()
    assert real_town.street.contacts("101w") == 1
    (secret,) = real_town.house.rows("select ha1 from telephony_browserline")[0]
    kept = vera.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert secret not in vera.page.content()
    assert secret not in kept
    assert vera.troubles == []


def test_over_tls_too(vera: Desk, real_town: Town, chromium):
    state: Any = vera.context.storage_state()
    context = chromium.new_context(storage_state=state, ignore_https_errors=True, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{vera.url}/desk/")
    WebPhone(page, tone=WEB, url=real_town.street.card["secure_websocket"]).start().registered()
    context.close()


def test_the_pbx_takes_these_credentials_only_as_long_as_they_are_good(vera: Desk, real_town: Town):
    def status_of(given: dict[str, Any]) -> int:
        server = real_town.street.card["sip"]
        return register.status_of(server, login=given["login"], realm=given["realm"], ha1=given["ha1"])

    _status, first = line_for(vera)
    assert status_of(first) == 200
    _status, second = line_for(vera)
    assert status_of(first) == 401
    assert status_of(second) == 200
    with_time = "update telephony_browserline set valid_until = now() + %s::interval returning 1"
    real_town.house.rows(with_time, "-1 second")
    assert status_of(second) != 200
    real_town.house.rows(with_time, "60 seconds")
    assert status_of(second) == 200
    vera.end_shift()
    assert status_of(second) != 200


def test_who_is_not_on_shift_gets_none(real_town: Town):
    boris = real_town.desk(BORIS)
    status, said = line_for(boris)
    assert status == 409
    assert said["refused"]
