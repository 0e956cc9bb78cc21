"""A supervisor listens, whispers, joins and takes over on the real PBX: who hears whom, by tones."""

import time
from dataclasses import dataclass

import pytest

from tests.journeys.talk import Talk
from tests.rig.asterisk import TONES
from tests.rig.office import Office
from tests.rig.phones import Call, Lab, Phone, hear_at_last

pytestmark = pytest.mark.rig

LEG = "watch0123456789abcdef0123456789abcdef-1700000000.1"
WHO = {
    "listen": {"client": {"101"}, "101": {"client"}, "104": {"client", "101"}},
    "whisper": {"client": {"101"}, "101": {"client", "104"}, "104": {"client", "101"}},
    "join": {"client": {"101", "104"}, "101": {"client", "104"}, "104": {"client", "101"}},
}
BY_ITSELF = "PJSIP_HEADER(add,Call-Info)=<sip:127.0.0.1>\\;answer-after=0"


@dataclass
class Sergey:
    """The supervisor, at 104."""

    office: Office
    phone: Phone

    def call(self, context: str, exten: str) -> None:
        answer = self.office.ami.act(
            "Originate",
            Channel="PJSIP/104",
            ChannelId=LEG,
            Context=context,
            Exten=exten,
            Priority="1",
            Async="true",
            Timeout="4000",
            Variable=BY_ITSELF,
        )
        assert answer["Response"] == "Success", answer

    def watch(self, talk: Talk, mode: str) -> Call:
        mark = self.office.ami.mark()
        self.call("desk-watch", f"{mode}-{talk.leg}")
        started = self.office.ami.wait("ChanSpyStart", since=mark)
        assert (started["SpyerUniqueid"], started["SpyeeUniqueid"]) == (LEG, talk.leg)
        assert started["SpyerExten"] == f"{mode}-{talk.leg}"
        return self.up()

    def up(self) -> Call:
        return self.phone.lab.wait(lambda: [call for call in self.phone.calls if call.is_up], 8, "Sergey talks")[0]


@pytest.fixture
def sergey(office: Office, petrov_lab: Lab) -> Sergey:
    return Sergey(office, office.pbx.desk_phone("104", petrov_lab))


def hears(talk: Talk, at_sergey: Call, expected: dict[str, set[str]]) -> None:
    calls = {"client": talk.call, "101": talk.at_vera, "104": at_sergey}
    assert hear_at_last({who: calls[who] for who in expected}, TONES, expected) == expected


@pytest.mark.feature("P18", "P19", "P20")
@pytest.mark.parametrize("mode", WHO)
def test_he_is_heard_only_by_whom_he_should_and_it_ends_with_the_call(talk: Talk, sergey: Sergey, mode: str) -> None:
    at_sergey = sergey.watch(talk, mode)
    hears(talk, at_sergey, WHO[mode])

    talk.call.hang_up()

    at_sergey.wait_over()
    talk.at_vera.wait_over()
    everybody = {"client", "101", "104"}
    assert talk.recorded() == [{"client", "101"}, *([everybody] if mode == "join" else [])]


@pytest.mark.feature("P18", "P19", "P20")
def test_he_changes_from_one_to_the_other_without_hanging_up(talk: Talk, sergey: Sergey) -> None:
    at_sergey = sergey.watch(talk, "listen")
    for mode in ("join", "whisper", "listen"):
        mark = talk.office.ami.mark()
        talk.office.redirect(LEG, "desk-watch", f"{mode}-{talk.leg}")
        talk.office.ami.wait("ChanSpyStart", since=mark)
        hears(talk, at_sergey, WHO[mode])
    at_sergey.hang_up()
    hears(talk, at_sergey, {"client": {"101"}, "101": {"client"}})
    talk.call.hang_up()
    talk.at_vera.wait_over()
    assert talk.recorded() == [{"client", "101"}, {"client", "101", "104"}]


@pytest.mark.feature("P19")
def test_on_hold_the_client_hears_music_and_not_who_had_joined(talk: Talk, sergey: Sergey) -> None:
    at_sergey = sergey.watch(talk, "join")
    hears(talk, at_sergey, WHO["join"])
    mark = talk.office.ami.mark()
    talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-idle", talk.client)
    talk.office.ami.wait("ChanSpyStart", since=mark, SpyerExten=f"whisper-{talk.leg}")
    hears(talk, at_sergey, {"client": {"music"}})

    talk.office.redirect(talk.leg, "desk-take", talk.client)
    hears(talk, at_sergey, WHO["whisper"])
    talk.call.hang_up()
    at_sergey.wait_over()
    assert {"client", "101"} == talk.recorded()[-1]


@pytest.mark.feature("P19")
def test_the_consultation_of_the_dispatcher_is_heard_too(talk: Talk, sergey: Sergey, petrov: Phone) -> None:
    at_sergey = sergey.watch(talk, "join")
    talk.mark = talk.office.ami.mark()
    at_petrov, second = talk.consult(petrov)
    expected = {"client": {"music"}, "101": {"103", "104"}, "104": {"101", "103"}, "103": {"101"}}
    calls = {"client": talk.call, "101": talk.at_vera, "104": at_sergey, "103": at_petrov}
    assert hear_at_last(calls, TONES, expected) == expected

    talk.office.redirect(second, "desk-join", talk.client)
    at_sergey.wait_over()
    assert hear_at_last({"client": talk.call}, TONES, {"client": {"103"}})["client"] == {"103"}


@pytest.mark.feature("P17")
@pytest.mark.parametrize("before", ["nothing", "listen", "join", "hold", "taken back"])
def test_he_takes_the_client_over(talk: Talk, sergey: Sergey, before: str) -> None:
    time.sleep(1)
    office = talk.office
    if before in WHO:
        sergey.watch(talk, before)
    elif before != "nothing":
        office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-idle", talk.client)
        office.ami.wait("DeskIdle", since=talk.mark)
        if before == "taken back":
            office.redirect(talk.leg, "desk-take", talk.client)
            office.ami.wait("BridgeEnter", since=talk.mark, Uniqueid=talk.client)
            time.sleep(1)
    mark = office.ami.mark()
    if before in WHO:
        office.redirect(LEG, "desk-take-over", f"{talk.client}_{talk.leg}")
    else:
        sergey.call("desk-take-over", f"{talk.client}_{talk.leg}")

    at_sergey = sergey.up()
    talk.at_vera.wait_over()
    expected = {"client": {"104"}, "104": {"client"}}
    hears(talk, at_sergey, expected)
    assert office.ami.wait("DeskTakeOver", since=mark)["From"] == talk.leg
    assert not office.ami.since(mark, "UserEvent", UserEvent="DeskHome")

    office.redirect(talk.client, "desk-hold", LEG, LEG, "desk-idle", talk.client)
    hears(talk, at_sergey, {"client": {"music"}})
    office.redirect(LEG, "desk-take", talk.client)
    hears(talk, at_sergey, expected)
    talk.call.hang_up()
    at_sergey.wait_over()
    assert talk.recorded()[-2:] == [{"client", "104"}] * 2


@pytest.mark.feature("P17")
def test_whoever_is_taken_over_by_a_telephone_that_nobody_lifts_notices_nothing(talk: Talk, sergey: Sergey) -> None:
    sergey.phone.answer_when("never")
    sergey.call("desk-take-over", f"{talk.client}_{talk.leg}")
    ringing = sergey.phone.incoming()
    calls = {"client": talk.call, "101": talk.at_vera}
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last(calls, TONES, expected) == expected
    ringing.refuse(603)
    assert hear_at_last(calls, TONES, expected) == expected


@pytest.mark.feature("P17")
def test_he_lifts_when_the_client_has_rung_off(talk: Talk, sergey: Sergey) -> None:
    sergey.phone.answer_when("never")
    sergey.call("desk-take-over", f"{talk.client}_{talk.leg}")
    ringing = sergey.phone.incoming()
    talk.call.hang_up()
    talk.at_vera.wait_over()
    ringing.answer()
    assert talk.office.ami.wait("DeskTakeOverLate", since=talk.mark)["Client"] == talk.client
    ringing.wait_over()


@pytest.mark.feature("P17")
def test_his_telephone_dies_in_the_moment_of_taking_over_and_the_client_comes_home(talk: Talk, sergey: Sergey) -> None:
    sergey.call("desk-take-over", f"{talk.client}_{talk.leg}")
    talk.office.ami.wait("DeskTakeOver", since=talk.mark)
    [dead] = sergey.phone.calls
    talk.office.ami.act("Hangup", Channel=LEG)
    talk.office.ami.wait("DeskHome", since=talk.mark)
    dead.wait_over()
    back = sergey.phone.incoming().answer()
    hears(talk, back, {"client": {"104"}, "104": {"client"}})
