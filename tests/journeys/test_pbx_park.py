"""Parking on the real PBX: the client waits without an end, is taken from any desk, and is never lost."""

import time

import pytest

from tests.journeys.talk import Talk
from tests.rig.asterisk import TONES
from tests.rig.phones import Call, Phone, hear_at_last

pytestmark = pytest.mark.rig


def parked(talk: Talk) -> str:
    """Vera parks the client; his slot."""
    talk.office.redirect(talk.client, "desk-park", "101")
    slot = talk.office.ami.wait("ParkedCall", since=talk.mark)["ParkingSpace"]
    talk.at_vera.wait_over()
    return slot


@pytest.mark.feature("P13")
def test_petrov_dials_the_slot_and_both_conversations_are_recorded(talk: Talk, petrov: Phone) -> None:
    time.sleep(1)
    slot = parked(talk)
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"music"}})["client"] == {"music"}

    at_petrov = petrov.dial(slot).wait_up()
    expected = {"client": {"103"}, "103": {"client"}}
    assert hear_at_last({"client": talk.call, "103": at_petrov}, TONES, expected) == expected
    at_petrov.hang_up()
    talk.call.wait_over()
    assert talk.recorded() == [{"client", "101"}, {"client", "103"}]


@pytest.mark.feature("P13")
def test_the_desk_takes_him_back_to_a_phone_that_answers_by_itself(talk: Talk) -> None:
    slot = parked(talk)
    asked = {"Context": "desk-unpark", "Exten": slot, "Priority": "1", "Async": "true", "Timeout": "5000"}
    by_itself = "PJSIP_HEADER(add,Call-Info)=<sip:x>\\;answer-after=0"
    talk.office.ami.act("Originate", Channel="PJSIP/101", **asked, Variable=by_itself)
    at_vera = talk.vera.lab.wait(lambda: new_at(talk), 10, "Vera's telephone answers")  # it may not be seen to ring
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": talk.call, "101": at_vera}, TONES, expected) == expected
    talk.call.hang_up()
    at_vera.wait_over()


def new_at(talk: Talk) -> Call | None:
    return next((call for call in talk.vera.calls if call is not talk.at_vera and call.is_up), None)


@pytest.mark.feature("P13")
def test_a_client_is_parked_out_of_a_hold(talk: Talk, petrov: Phone) -> None:
    talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-idle", talk.client)
    talk.office.ami.wait("DeskIdle", since=talk.mark)
    slot = parked(talk)
    petrov.dial(slot).wait_up()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"103"}})["client"] == {"103"}


@pytest.mark.feature("P13")
def test_a_parked_client_rings_off(talk: Talk) -> None:
    slot = parked(talk)
    talk.call.hang_up()
    talk.office.ami.wait("DeskClientGone", since=talk.mark)
    assert not talk.office.ami.listed("ParkedCalls")
    assert slot


@pytest.mark.feature("D7")
def test_the_keys_of_the_desk_sound_at_the_client_and_are_no_codes_of_ours(talk: Talk) -> None:
    for key in "700#":
        answer = talk.office.ami.act("PlayDTMF", Channel=talk.client, Digit=key, Duration="120")
        assert answer["Response"] == "Success"
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": talk.call, "101": talk.at_vera}, TONES, expected) == expected
    assert not talk.office.ami.since(talk.mark, "ParkedCall")
