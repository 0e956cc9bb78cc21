"""Hold, consultation and transfers on the real PBX, by one Redirect each: the client is never lost, never unheard."""

import time

import pytest

from tests.journeys.talk import Talk
from tests.rig.asterisk import TONES
from tests.rig.phones import Phone, hear_at_last

pytestmark = pytest.mark.rig


@pytest.mark.feature("D12")
@pytest.mark.parametrize("attempt", range(4))
def test_a_transferred_client_talks_to_petrov_and_both_are_recorded(talk: Talk, petrov: Phone, attempt: int) -> None:
    time.sleep(1)
    talk.office.redirect(talk.client, "desk-transfer", "103-101")

    at_petrov = petrov.incoming().answer()
    talk.at_vera.wait_over()
    expected = {"client": {"103"}, "103": {"client"}}
    assert hear_at_last({"client": talk.call, "103": at_petrov}, TONES, expected) == expected
    talk.call.hang_up()
    at_petrov.wait_over()

    assert talk.recorded() == [{"client", "101"}, {"client", "103"}]


@pytest.mark.feature("D12")
def test_a_busy_target_brings_the_client_back_to_vera(talk: Talk, petrov: Phone) -> None:
    talk.office.redirect(talk.client, "desk-transfer", "103-101")
    petrov.incoming().refuse()

    back = talk.vera.incoming()
    assert "Return busy" in back.head
    back.answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"101"}})["client"] == {"101"}
    assert talk.office.ami.wait("DeskHome", since=talk.mark)["Why"] == "busy"


@pytest.mark.feature("D12")
def test_a_busy_target_of_a_transfer_by_the_telephone_itself_brings_him_back_too(talk: Talk, petrov: Phone) -> None:
    talk.at_vera.refer("103")
    petrov.incoming().refuse()
    back = talk.vera.incoming(other_than=talk.at_vera)
    assert "Return busy" in back.head
    back.answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"101"}})["client"] == {"101"}


@pytest.mark.feature("D12")
def test_a_transfer_by_the_telephone_itself_that_is_answered_ends_as_ever(talk: Talk, petrov: Phone) -> None:
    talk.at_vera.refer("103")
    at_petrov = petrov.incoming().answer()
    expected = {"client": {"103"}, "103": {"client"}}
    assert hear_at_last({"client": talk.call, "103": at_petrov}, TONES, expected) == expected
    at_petrov.hang_up()
    talk.call.wait_over()


@pytest.mark.feature("D12")
def test_a_silent_target_and_a_silent_vera_bring_the_client_into_the_queue(talk: Talk, petrov: Phone) -> None:
    talk.office.leave("101")
    talk.office.redirect(talk.client, "desk-transfer", "103-101")
    petrov.incoming()

    assert talk.office.ami.wait("DeskHome", since=talk.mark)["Why"] == "noanswer"
    talk.vera.incoming()
    talk.office.ami.wait("QueueCallerJoin", since=talk.mark, seconds=10)
    boris = talk.office.on_shift("102")
    boris.incoming().answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"102"}})["client"] == {"102"}


@pytest.mark.feature("D12")
def test_a_target_that_does_not_exist_brings_him_back(talk: Talk) -> None:
    talk.office.redirect(talk.client, "desk-transfer", "199-101")
    talk.vera.incoming().answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"101"}})["client"] == {"101"}


@pytest.mark.feature("D11")
def test_vera_connects_the_client_to_petrov(talk: Talk, petrov: Phone) -> None:
    time.sleep(1)
    at_petrov, second = talk.consult(petrov)
    expected = {"client": {"music"}, "101": {"103"}, "103": {"101"}}
    assert hear_at_last({"client": talk.call, "101": talk.at_vera, "103": at_petrov}, TONES, expected) == expected

    talk.office.redirect(second, "desk-join", talk.client)

    talk.at_vera.wait_over()
    expected = {"client": {"103"}, "103": {"client"}}
    assert hear_at_last({"client": talk.call, "103": at_petrov}, TONES, expected) == expected
    talk.call.hang_up()
    at_petrov.wait_over()
    assert talk.recorded() == [{"client", "101"}, {"client", "103"}]


@pytest.mark.feature("D11")
def test_vera_goes_back_to_the_client(talk: Talk, petrov: Phone) -> None:
    time.sleep(1)
    at_petrov, _ = talk.consult(petrov)
    talk.office.redirect(talk.leg, "desk-take", talk.client)

    at_petrov.wait_over()
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": talk.call, "101": talk.at_vera}, TONES, expected) == expected
    talk.call.hang_up()
    talk.at_vera.wait_over()
    assert talk.recorded() == [{"client", "101"}, {"client", "101"}]


@pytest.mark.feature("D11")
def test_petrov_is_busy_and_vera_has_the_client_again(talk: Talk, petrov: Phone) -> None:
    talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-consult", f"103-{talk.client}")
    petrov.incoming().refuse()
    assert talk.office.ami.wait("DeskConsultEnd", since=talk.mark)["Result"] == "BUSY"
    talk.office.ami.wait("DeskBack", since=talk.mark)
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"101"}})["client"] == {"101"}


@pytest.mark.feature("D7")
def test_a_held_client_hears_music_and_is_taken_back(talk: Talk) -> None:
    talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-idle", talk.client)
    talk.office.ami.wait("DeskHold", since=talk.mark)
    talk.office.ami.wait("DeskIdle", since=talk.mark)
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"music"}})["client"] == {"music"}

    talk.office.redirect(talk.leg, "desk-take", talk.client)
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": talk.call, "101": talk.at_vera}, TONES, expected) == expected


@pytest.mark.feature("D11")
def test_all_three_hear_each_other_and_are_recorded(talk: Talk, petrov: Phone) -> None:
    at_petrov, second = talk.consult(petrov)
    talk.office.redirect(second, "desk-all", talk.client, talk.leg, "desk-all", talk.client)
    talk.office.ami.wait("DeskAll", since=talk.mark)
    expected = {"client": {"101", "103"}, "101": {"client", "103"}, "103": {"client", "101"}}
    assert hear_at_last({"client": talk.call, "101": talk.at_vera, "103": at_petrov}, TONES, expected) == expected
    talk.call.hang_up()
    talk.office.ami.wait("ConfbridgeLeave", since=talk.mark, Uniqueid=talk.client)
    assert talk.recorded()[-1] == {"client", "101", "103"}


@pytest.mark.feature("D11", "P13")
@pytest.mark.parametrize("goes", ["desk-park", "desk-transfer"])
def test_out_of_a_room_he_goes_on_alone_and_who_is_left_there_rings_off(talk: Talk, petrov: Phone, goes: str) -> None:
    """Vera has left the two alone. Petrov's telephone stayed in the empty room, and his hanging up ended the client's
    next conversation."""
    at_petrov, second = talk.consult(petrov)
    talk.office.redirect(second, "desk-all", talk.client, talk.leg, "desk-all", talk.client)
    talk.office.ami.wait("DeskAll", since=talk.mark)
    together = {"client": {"101", "103"}}
    assert hear_at_last({"client": talk.call}, TONES, together) == together
    talk.at_vera.hang_up()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"103"}})["client"] == {"103"}

    mark = talk.office.ami.mark()
    talk.office.redirect(talk.client, goes, "103" if goes == "desk-park" else "101-103")
    at_petrov.wait_over()
    if goes == "desk-park":
        at_vera = talk.vera.dial(talk.office.ami.wait("ParkedCall", since=mark)["ParkingSpace"]).wait_up()
    else:
        at_vera = talk.vera.incoming().answer()
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": talk.call, "101": at_vera}, TONES, expected) == expected


def test_vera_hangs_up_after_a_busy_consultation_and_the_call_is_over(talk: Talk, petrov: Phone) -> None:
    """Petrov's busy signal must not be taken for the death of Vera's telephone."""
    talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-consult", f"103-{talk.client}")
    petrov.incoming().refuse()
    talk.office.ami.wait("DeskBack", since=talk.mark)
    time.sleep(0.5)

    talk.at_vera.hang_up()

    talk.call.wait_over()
    assert not talk.office.ami.since(talk.mark, "UserEvent", UserEvent="DeskHome")


@pytest.mark.feature("D12")
def test_a_client_is_sent_back_into_the_queue(talk: Talk) -> None:
    boris = talk.office.on_shift("102")
    talk.office.redirect(talk.client, "desk-transfer", "queue-101")
    boris.incoming().answer()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"102"}})["client"] == {"102"}
