"""Picking a waiting caller from the list, on the real PBX: one AMI action, settled by the queue itself."""

import time

import pytest

from tests.rig.asterisk import TONES
from tests.rig.hearing import tones_in
from tests.rig.office import Office
from tests.rig.phones import hear_at_last

pytestmark = [pytest.mark.rig, pytest.mark.feature("D6")]

KONSTANTIN, LARISA, MIKHAIL = "79161234567", "79031112233", "79265554433"


def test_vera_takes_the_second_caller_while_her_phone_rings_with_the_first(office: Office) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    first, konstantin = office.rings(office.caller(), KONSTANTIN)
    second, larisa = office.rings(office.caller("second client"), LARISA)
    with_first, boris_with_first = vera.incoming(), boris.incoming()
    assert office.waiting() == [konstantin, larisa]

    assert office.pick(larisa, "101")["Response"] == "Success"

    with_first.wait_over()  # the first goes back to the queue …
    with_second = vera.lab.wait(lambda: [call for call in vera.calls if call.is_up], 3, "Vera talks")[0]
    talking = {"client": first, "second client": second, "101": with_second}
    expected = {"client": {"music"}, "second client": {"101"}, "101": {"second client"}}
    assert hear_at_last(talking, TONES, expected) == expected
    assert boris_with_first.is_ringing  # … where the others go on ringing with him
    assert office.waiting() == [konstantin]

    boris_with_first.answer()
    assert hear_at_last({"client": first}, TONES, {"client": {"102"}})["client"] == {"102"}


def test_the_first_rings_at_vera_again_when_she_is_free(office: Office) -> None:
    """She alone is on shift: the first caller must not wait for the end of a round of ringing at nobody."""
    vera = office.on_shift("101")
    first, konstantin = office.rings(office.caller(), KONSTANTIN)
    second, larisa = office.rings(office.caller("second client"), LARISA)
    vera.incoming()
    office.pick(larisa, "101")
    with_second = vera.lab.wait(lambda: [call for call in vera.calls if call.is_up], 3, "Vera talks")[0]
    time.sleep(2.5)  # the queue tries again every second
    assert [call for call in vera.calls if not call.is_up] == [], "nobody rings in the middle of her talk"

    second.hang_up()
    with_second.wait_over()

    vera.incoming(5).answer()
    assert hear_at_last({"client": first}, TONES, {"client": {"101"}})["client"] == {"101"}


def test_a_picked_phone_that_stays_silent_gives_the_caller_his_place_back(office: Office) -> None:
    vera, _ = office.on_shift("101"), office.on_shift("102")
    vera.answer_when("never")
    calls = [office.rings(office.caller(), KONSTANTIN), office.rings(office.caller("second client"), LARISA)]
    calls.append(office.rings(office.caller("third client"), MIKHAIL))
    order = [uniqueid for _, uniqueid in calls]
    assert office.waiting() == order

    mark, asked = office.ami.mark(), time.monotonic()
    office.pick(order[1], "101")
    office.ami.wait("DeskPick", since=mark)
    assert office.waiting() == [order[0], order[2]]
    back = office.ami.wait("DeskPickBack", since=mark)

    assert 4.5 < time.monotonic() - asked < 6
    assert (back["By"], back["Result"], back["Position"]) == ("101", "NOANSWER", "2")
    office.ami.wait("QueueCallerJoin", since=mark, Uniqueid=order[1])
    assert office.waiting() == order
    assert all(call.is_up for call, _ in calls)


def test_the_place_is_right_also_when_the_first_was_answered_meanwhile(office: Office) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    vera.answer_when("never")
    _, konstantin = office.rings(office.caller(), KONSTANTIN)
    _, larisa = office.rings(office.caller("second client"), LARISA)
    _, mikhail = office.rings(office.caller("third client"), MIKHAIL)
    boris_with_first = boris.incoming()

    mark = office.ami.mark()
    office.pick(larisa, "101")
    boris_with_first.answer()
    office.ami.wait("QueueCallerLeave", since=mark, Uniqueid=konstantin)
    assert office.waiting() == [mikhail]
    office.ami.wait("QueueCallerJoin", since=mark, Uniqueid=larisa)

    assert office.waiting() == [larisa, mikhail]


def test_a_refused_pick_sends_the_caller_back_at_once(office: Office) -> None:
    vera = office.on_shift("101")
    vera.answer_when("never")
    _, konstantin = office.rings(office.caller(), KONSTANTIN)
    _, larisa = office.rings(office.caller("second client"), LARISA)
    with_first = vera.incoming()

    mark = office.ami.mark()
    office.pick(larisa, "101")
    vera.incoming(other_than=with_first).refuse()

    assert office.ami.wait("DeskPickBack", since=mark, seconds=2)["Result"] == "BUSY"
    office.ami.wait("QueueCallerJoin", since=mark, Uniqueid=larisa)
    assert office.waiting() == [konstantin, larisa]


def test_a_phone_that_is_not_there_sends_the_caller_back(office: Office) -> None:
    _, konstantin = office.rings(office.caller(), KONSTANTIN)
    _, larisa = office.rings(office.caller("second client"), LARISA)

    mark = office.ami.mark()
    office.pick(konstantin, "104")

    assert office.ami.wait("DeskPickBack", since=mark, seconds=2)["Result"] == "CHANUNAVAIL"
    office.ami.wait("QueueCallerJoin", since=mark, Uniqueid=konstantin)
    assert office.waiting() == [konstantin, larisa]


@pytest.mark.parametrize("attempt", range(4))
def test_of_two_who_click_at_the_same_instant_one_gets_the_caller(office: Office, attempt: int) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    call, konstantin = office.rings(office.caller(), KONSTANTIN)
    vera.incoming()
    boris.incoming()
    channel = office.channel(konstantin)

    other, mark = office.pbx.ami(), office.ami.mark()
    ami_of = {"101": office.ami, "102": other} if attempt % 2 else {"101": other, "102": office.ami}
    sent = {
        phone: ami.send("QueueWithdrawCaller", Queue="dispatch", Caller=channel, WithdrawInfo=phone)
        for phone, ami in ami_of.items()
    }
    answers = {phone: ami_of[phone].answer(number)["Response"] for phone, number in sent.items()}

    assert sorted(answers.values()) == ["Error", "Success"]
    winner = next(phone for phone, answer in answers.items() if answer == "Success")
    office.let_go(konstantin, since=mark)
    desk, loser = (vera, boris) if winner == "101" else (boris, vera)
    desk.lab.wait(lambda: [call for call in desk.calls if call.is_up], 3, "the winner talks")
    loser.quiet()
    assert hear_at_last({"client": call}, TONES, {"client": {winner}})["client"] == {winner}


def test_a_caller_who_gives_up_while_he_is_picked_stops_the_phone(office: Office) -> None:
    vera = office.on_shift("101")
    vera.answer_when("never")
    call, konstantin = office.rings(office.caller(), KONSTANTIN)
    first_ring = vera.incoming()
    office.pick(konstantin, "101")
    picked = vera.incoming(other_than=first_ring)

    call.hang_up()

    picked.wait_over()
    vera.quiet()


@pytest.mark.parametrize("attempt", range(3))
def test_the_recording_of_a_picked_call_holds_both(office: Office, attempt: int) -> None:
    vera, _ = office.on_shift("101"), office.on_shift("102")
    _, konstantin = office.rings(office.caller(), KONSTANTIN)
    second, larisa = office.rings(office.caller("second client"), LARISA)
    vera.incoming()
    office.pick(larisa, "101")
    with_second = vera.lab.wait(lambda: [call for call in vera.calls if call.is_up], 3, "Vera talks")[0]
    time.sleep(1.5)
    second.hang_up()
    with_second.wait_over()

    segment = office.ami.wait("DeskRecord", Client=larisa)
    assert set(tones_in(office.recorded(segment["File"]), TONES.values())) == {TONES["second client"], TONES["101"]}
