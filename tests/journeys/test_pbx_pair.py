"""Client and driver are connected on the real PBX: who hears whom, what both see, and how it comes to nothing."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from telephony.ami.translate import translate
from telephony.core import pairing
from telephony.core.board import Board
from telephony.core.facts import CallChanged
from tests.rig.asterisk import TONES
from tests.rig.hearing import share_of
from tests.rig.office import Office, connect
from tests.rig.phones import Call, Phone, hear_at_last

pytestmark = [pytest.mark.rig, pytest.mark.feature("X1")]

DRIVER, CLIENT, SHOWN = "79850000017", "79161234567", "4950001"
SOUNDS = {"client": TONES["client"], "driver": TONES["mobile"], "busy": 425}


@dataclass
class Pair:
    office: Office
    town: Phone  # where everybody outside is called
    name: str

    def rings(self, number: str) -> Call:
        ringing = self.town.called_at(number)
        assert f"<sip:{SHOWN}@" in ringing.caller, ringing.caller
        return ringing

    def outcome(self) -> tuple[str, str]:
        """Of the click, by the call machine; and the result of the call."""
        self.office.pbx.await_quiet()
        self.office.ami.wait("Hangup", Uniqueid=self.name)
        board, last = Board(), None
        for event in self.office.ami.events:
            for fact in board.apply(told) if (told := translate(event)) else ():
                if isinstance(fact, CallChanged) and fact.key == self.name:
                    last = fact.call
        assert last is not None
        came = pairing.outcome(last.legs, ended_by=last.ended_by)
        assert came is not None
        assert (last.direction, last.caller, last.handling) == ("out", DRIVER, None)
        return came.reason, last.result


@pytest.fixture
def pair(office: Office) -> Pair:
    town = office.pbx.trunk(office.pbx.lab(), "mobile", listens=True, tones={CLIENT: TONES["client"]})
    made = Pair(office, town, f"pair{uuid.uuid4().hex}-1700000000.1")
    connect(office, made.name, first=DRIVER, second=CLIENT, shown=SHOWN)
    return made


def test_both_see_our_number_hear_each_other_and_are_recorded(pair: Pair) -> None:
    at_driver = pair.rings(DRIVER).answer()
    at_client = pair.rings(CLIENT).answer()
    expected = {"driver": {"client"}, "client": {"driver"}}
    assert hear_at_last({"driver": at_driver, "client": at_client}, SOUNDS, expected) == expected

    at_client.hang_up()

    at_driver.wait_over()
    assert pair.outcome() == ("", "answered")
    (segment,) = pair.office.ami.since(0, "UserEvent", UserEvent="DeskRecord", Client=pair.name)
    path = pair.office.recorded(segment["File"])
    assert path.name.startswith(pair.name)
    assert min(share_of(path, SOUNDS[who]) for who in ("client", "driver")) > 0.8


@pytest.mark.parametrize(("answer", "outcome"), [(486, ("first_busy", "busy")), (603, ("first_declined", "rejected"))])
def test_the_driver_is_busy_or_declines_and_the_client_is_not_called(
    pair: Pair, answer: int, outcome: tuple[str, str]
) -> None:
    pair.rings(DRIVER).refuse(answer)
    assert pair.outcome() == outcome
    assert not pair.town.calls


def test_the_driver_does_not_answer(pair: Pair) -> None:
    pair.rings(DRIVER).wait_over()
    assert pair.outcome() == ("first_silent", "noanswer")


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (lambda call: call.refuse(486), ("second_busy", "busy")),
        (lambda call: call.refuse(603), ("second_declined", "rejected")),
        (lambda call: call.wait_over(), ("second_silent", "noanswer")),
    ],
    ids=["busy", "declines", "silent"],
)
def test_the_client_is_not_to_be_had_and_the_driver_hears_so(
    pair: Pair, end: Callable[[Call], object], outcome: tuple[str, str]
) -> None:
    at_driver = pair.rings(DRIVER).answer()
    end(pair.rings(CLIENT))
    at_driver.lab.ask("listen", call=at_driver.number)
    at_driver.wait_over()
    assert pair.outcome() == outcome


def test_the_driver_rings_off_while_the_client_rings(pair: Pair) -> None:
    at_driver = pair.rings(DRIVER).answer()
    at_client = pair.rings(CLIENT)
    at_driver.hang_up()
    at_client.wait_over()
    assert pair.outcome()[0] == "first_left"


@pytest.mark.parametrize("when", ["the driver rings", "the client rings", "they talk"])
def test_the_desk_ends_it(pair: Pair, when: str) -> None:
    at_driver = pair.rings(DRIVER)
    others = [at_driver]
    if when != "the driver rings":
        at_driver.answer()
        others.append(pair.rings(CLIENT))
    if when == "they talk":
        others[-1].answer()
    answer = pair.office.ami.act("Hangup", Channel=pair.name, Cause="16")
    assert answer["Response"] == "Success"
    for call in others:
        call.wait_over()
    assert pair.outcome()[0] == ("" if when == "they talk" else "stopped")


def test_the_same_name_twice_calls_once(pair: Pair) -> None:
    connect(pair.office, pair.name, first=DRIVER, second=CLIENT, shown=SHOWN)
    pair.rings(DRIVER).answer()
    pair.rings(CLIENT).answer()
    assert len(pair.town.calls) == 2
