"""The telephone in the browser at the real PBX: its registration, its calls, and who has it."""

import socket
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town
from tests.journeys.desk import Desk
from tests.journeys.people import BORIS, LARISA, STRANGER, VERA
from tests.journeys.street import until
from tests.journeys.web_phone import PULLED, WebPhone
from tests.pages import asleep, leave
from tests.rig import register
from tests.rig.asterisk import TONES

pytestmark = [
    pytest.mark.rig,
    pytest.mark.browser,
    pytest.mark.whole_browser,
    pytest.mark.journey,
    pytest.mark.feature("W1"),
]
WEB = 1200  # Hz: Vera's voice in the browser
CLIENT, TOWN, DESK, MUSIC = TONES["client"], TONES["mobile"], TONES["101"], TONES["music"]
HEARD = {"vera": WEB, "desk phone": DESK, "client": CLIENT, "town": TOWN, "music": MUSIC}
TAB = "f" * 32
NOT_KNOWN = (401, 403, 500)  # Asterisk says 500 where it has no secret of that name


@pytest.fixture
def vera(real_town: Town) -> Desk:
    vera = real_town.desk(VERA)
    vera.start_shift("101")
    real_town.street.await_ready("101")
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
    leave(context)


def test_the_pbx_takes_these_credentials_only_as_long_as_they_are_good(vera: Desk, real_town: Town):
    def status_of(given: dict[str, Any]) -> int:
        server = real_town.street.card["sip"]
        return register.status_of(server, login=given["login"], realm=given["realm"], ha1=given["ha1"])

    def becomes(given: dict[str, Any], *statuses: int) -> None:
        until(lambda: status_of(given) in statuses, 8, f"the PBX answers {statuses}")

    _status, first = line_for(vera)
    becomes(first, 200)
    _status, second = line_for(vera)
    becomes(second, 200)
    assert status_of(first) == 401
    with_time = "update telephony_browserline set valid_until = now() + %s::interval returning 1"
    real_town.house.rows(with_time, "-1 second")
    becomes(second, *NOT_KNOWN)
    real_town.house.rows(with_time, "60 seconds")
    becomes(second, 200)
    vera.end_shift()
    becomes(second, *NOT_KNOWN)


def test_who_is_not_on_shift_gets_none(real_town: Town):
    boris = real_town.desk(BORIS)
    status, said = line_for(boris)
    assert status == 409
    assert said["refused"]


# --- calls -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def web(vera: Desk, real_town: Town) -> WebPhone:
    web = WebPhone(vera.page, tone=WEB).start().registered()
    real_town.street.await_ready("101w")
    return web


@pytest.mark.feature("W1", "W6")
def test_both_telephones_ring_and_answering_at_one_stops_the_other(vera: Desk, web: WebPhone, real_town: Town):
    street = real_town.street
    street.ring(STRANGER)
    web.rings()
    until(lambda: street.rings("101"), 5, "the desk phone rings")
    ringing = "select key from telephony_call where state = 'ringing'"
    ((key,),) = real_town.house.wait(lambda: real_town.house.rows(ringing), 5, "the call is written")
    assert web.do("return [talk.number, talk.callId]") == [STRANGER, key]
    web.answer()
    until(lambda: not street.rings("101"), 5, "the desk phone is silent")
    assert web.hears(HEARD.values(), [CLIENT]) == [CLIENT]
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    expect(vera.page.locator("[data-live=talk]")).to_contain_text("You are talking with")
    street.ring(LARISA)  # she talks: neither of her telephones rings for the next caller
    expect(vera.cards).to_have_count(1)
    members = until(lambda: street.paused("101w"), 5, "the queue leaves her alone")
    assert members == {"PJSIP/101", "PJSIP/101w"}
    assert not street.rings("101")
    street.give_up(STRANGER)
    until(lambda: street.rings("101"), 10, "the next one rings")
    web.rings()
    street.lift("101")
    web.talk_is("ended")
    assert web.do("return talk.cause") == "elsewhere"
    assert vera.troubles == []


@pytest.mark.feature("W1", "W6")
def test_mute_keypad_hold_and_return_in_place_of_a_desk_phone(vera: Desk, web: WebPhone, real_town: Town):
    street = real_town.street
    street.unplug("101")
    street.ring(STRANGER)
    web.rings()
    web.answer()
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    web.do("talk.mute(true)")
    assert street.heard_by(STRANGER, set(), HEARD) == set()
    assert web.hears(HEARD.values(), [CLIENT]) == [CLIENT]
    web.do("talk.mute(false)")
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    said = street.events()
    web.do("talk.tone('5')")
    assert said.wait("DTMFEnd", Digit="5")["Channel"].startswith("PJSIP/101w-")
    talk = vera.page.locator("[data-live=talk]")
    expect(talk).to_contain_text("You are talking with")
    talk.get_by_role("button", name="Hold").click()
    expect(talk.get_by_role("button", name="Back to the caller")).to_be_visible()
    assert street.heard_by(STRANGER, {"music"}, HEARD) == {"music"}
    talk.get_by_role("button", name="Back to the caller").click()
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    assert web.hears(HEARD.values(), [CLIENT]) == [CLIENT]
    figures = web.do("return await talk.stats()")
    assert figures["received"] > 50
    assert figures["round_trip_ms"] is not None
    web.hang_up()
    expect(talk.locator("> *")).to_have_count(0)


@pytest.mark.feature("W1", "W6")
def test_she_calls_out_from_the_browser(vera: Desk, web: WebPhone, real_town: Town):
    street = real_town.street
    web.dial(STRANGER)
    until(lambda: street.is_called(STRANGER), 8, "it rings outside")
    assert web.do("return talk.state") == "calling"
    street.lift_outside(STRANGER)
    web.talk_is("up")
    assert web.hears(HEARD.values(), [CLIENT]) == [CLIENT]  # whose tone is that of the number
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    expect(vera.page.locator("[data-live=talk]")).to_contain_text("You are talking with")
    street.put_down_outside(STRANGER)
    web.talk_is("ended")
    assert web.do("return line.talks.length") == 0


@pytest.mark.feature("W1", "W6")
def test_a_microphone_that_is_pulled_out_in_a_call_is_replaced(vera: Desk, web: WebPhone, real_town: Town):
    street = real_town.street
    street.ring(STRANGER)
    web.rings()
    web.answer()
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    web.page.evaluate(PULLED)
    web.page.wait_for_function("window.voices.length === 2")
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}
    web.do("talk.mute(true)")
    assert street.heard_by(STRANGER, set(), HEARD) == set()
    web.page.evaluate(PULLED)
    web.page.wait_for_function("window.voices.length === 3")
    assert street.heard_by(STRANGER, set(), HEARD) == set()  # muted she stays
    web.do("talk.mute(false)")
    assert street.heard_by(STRANGER, {"vera"}, HEARD) == {"vera"}


@pytest.mark.feature("W1", "P21")
def test_a_turn_server_that_says_nothing_holds_up_no_call(vera: Desk, real_town: Town):
    street = real_town.street
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        server = {"urls": f"turn:127.0.0.1:{silent.getsockname()[1]}", "username": "101w", "credential": "of no use"}
        web = WebPhone(vera.page, tone=WEB, ice=[server]).start().registered()
        street.await_ready("101w")
        street.ring(STRANGER)
        web.rings()
        web.answer()
        assert web.hears(HEARD.values(), [CLIENT]) == [CLIENT]
        web.hang_up()
        web.dial("102")
        until(lambda: street.rings("102"), 8, "102 rings")


# --- answering from the card -----------------------------------------------------------------------------------------


@pytest.mark.feature("W1", "D6", "P6")
def test_what_she_picks_on_the_card_is_answered_by_the_page_itself(vera: Desk, web: WebPhone, real_town: Town):
    street = real_town.street
    boris = real_town.desk(BORIS)
    boris.start_shift("102")
    street.ring(STRANGER)
    vera.pick(STRANGER)
    web.talk_is("up")
    assert web.do("return talk.asked")
    expect(vera.page.locator("[data-live=talk]")).to_contain_text("You are talking with")
    assert not street.rings("101")  # the desk phone beside it is left alone
    assert web.hears(HEARD.values(), [CLIENT]) == [CLIENT]
    assert vera.page.locator(".toast", has_text="handset").count() == 0
    ((state, reason),) = real_town.house.rows("select state, reason from telephony_intent where verb = 'pick'")
    assert (state, reason) == ("confirmed", "")
    assert real_town.house.rows("select name from telephony_phonemodel where position('rowser' in name) > 0") == []


@pytest.mark.feature("W1", "P6")
def test_a_page_that_does_not_answer_is_asked_to_in_words_of_its_own(vera: Desk, web: WebPhone, real_town: Town):
    web.do("line.answersItself = false")
    real_town.street.unplug("101")
    real_town.street.ring(STRANGER)
    vera.pick(STRANGER)
    expect(vera.page.get_by_text("Your telephone rings in the browser: answer it there.")).to_be_visible()
    web.answer()
    expect(vera.page.locator("[data-live=talk]")).to_contain_text("You are talking with")


# --- it stays, and one tab has it ------------------------------------------------------------------------------------


def test_after_a_restart_of_the_pbx_it_registers_again_by_itself(vera: Desk, real_town: Town):
    phone = WebPhone(vera.page, tone=WEB, valid_for=60).start().registered()
    real_town.street.restart()
    phone.registered()
    until(lambda: real_town.street.contacts("101w") == 1, 5, "it is registered")
    states = phone.do("return window.phone.states")
    assert states[:3] == ["connecting", "registered", "waiting"]
    assert states[-1] == "registered"


def test_a_line_that_is_dead_without_a_word_is_noticed_and_comes_back(vera: Desk, real_town: Town):
    phone = WebPhone(vera.page, tone=WEB).start().registered()
    real_town.street.freeze()
    try:
        phone.do("dispatchEvent(new Event('online'))")  # as in another network
        phone.is_in("waiting")
    finally:
        real_town.street.thaw()
    phone.is_in("registered", 25)


def test_a_machine_that_wakes_rings_at_once(vera: Desk, real_town: Town, chromium):
    """The PBX had asked, and nobody answered: registered as it was, it did not ring for 14 s after that."""
    real_town.street.unplug("101")
    phone = WebPhone(vera.page, tone=WEB).start().registered()
    with asleep(chromium):
        until(lambda: not real_town.street.answers("101w"), 30, "the PBX has noticed")
    real_town.street.ring(STRANGER)
    phone.rings(4)
    phone.answer()
    phone.is_in("registered")
    assert phone.hears([CLIENT], [CLIENT]) == [CLIENT]


def test_its_credentials_are_renewed_while_it_is_registered(vera: Desk, real_town: Town):
    phone = WebPhone(vera.page, tone=WEB, valid_for=3).start().registered()
    secret = "select ha1 from telephony_browserline"
    first = real_town.house.rows(secret)
    until(lambda: real_town.house.rows(secret) != first, 8, "another secret")
    assert phone.do("return window.phone.states") == ["connecting", "registered"]


def test_a_second_tab_asks_takes_it_and_the_first_says_so_and_does_not_fight(vera: Desk, real_town: Town):
    street = real_town.street
    street.unplug("101")
    first = WebPhone(vera.page, tone=WEB).start().registered()
    street.ring(STRANGER)
    first.rings()
    first.answer()
    page = vera.context.new_page()
    page.goto(f"{vera.url}/desk/")
    second = WebPhone(page, tone=WEB).start().is_in("taken")
    told = second.do("return line.sentence")
    assert told.startswith("Your telephone is now in another tab: ")
    second.do("line.start({ take: true })")
    second.registered()
    first.is_in("taken")
    assert first.do("return line.sentence") == told
    assert first.hears(HEARD.values(), [CLIENT]) == [CLIENT]  # her conversation goes on where it is
    for takes, loses in ((first, second), (second, first)):
        takes.do("line.start({ take: true })")
        takes.registered()
        loses.is_in("taken")
        assert first.hears(HEARD.values(), [CLIENT]) == [CLIENT]
    until(lambda: street.contacts("101w") == 1, 5, "one tab is registered")
    street.give_up(STRANGER)
    first.talk_is("ended")
    street.ring(LARISA)
    second.rings()
    assert first.do("return talks.length") == 1
    assert first.do("return window.phone.states") == 2 * ["connecting", "registered", "taken"]
    second.answer()
    second.stop()
    until(lambda: street.contacts("101w") == 0, 5, "it is given back")
    assert real_town.house.rows("select 1 from telephony_browserline") == []
