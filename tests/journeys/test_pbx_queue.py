"""The product's own PBX configuration, proven with real calls: the queue and its recordings."""

import pytest

from tests.rig.asterisk import TONES
from tests.rig.hearing import seconds_of, tones_in
from tests.rig.office import Office
from tests.rig.phones import hear, hear_at_last
from tests.rig.site import FURTHER_NUMBERS

pytestmark = pytest.mark.rig

KONSTANTIN, LARISA, MIKHAIL = "79161234567", "79031112233", "79265554433"


@pytest.mark.feature("D5")
def test_a_call_to_the_city_number_rings_at_every_desk_and_one_answers(office: Office) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    call, konstantin = office.rings(office.caller(), KONSTANTIN)

    at_vera, at_boris = vera.incoming(), boris.incoming()
    assert office.waiting() == [konstantin]
    assert "music" in hear({"client": call}, TONES)["client"]

    at_vera.answer()
    at_boris.wait_over()
    expected = {"client": {"101"}, "101": {"client"}}
    assert hear_at_last({"client": call, "101": at_vera}, TONES, expected) == expected
    assert office.ami.wait("AgentConnect", Uniqueid=konstantin)["Interface"] == "PJSIP/101"


@pytest.mark.feature("C9")
def test_the_number_of_another_fleet_rings_at_the_same_desks(office: Office) -> None:
    vera = office.on_shift("101")
    mark = office.ami.mark()
    call = office.caller().dial(FURTHER_NUMBERS[1], caller=LARISA)
    joined = office.ami.wait("QueueCallerJoin", since=mark, CallerIDNum=LARISA)
    assert office.waiting() == [joined["Uniqueid"]]
    vera.incoming().answer()
    call.wait_up()


def test_every_event_of_a_call_carries_its_call_id(office: Office) -> None:
    vera = office.on_shift("101")
    mark = office.ami.mark()
    call, konstantin = office.rings(office.caller(), KONSTANTIN)
    at_vera = vera.incoming().answer()
    call.hang_up()
    at_vera.wait_over()
    office.ami.wait("Hangup", since=mark, Uniqueid=konstantin)

    names = {event.get("Event"): event for event in office.ami.since(mark)}
    for name in ("DialBegin", "DialEnd", "AgentConnect", "BridgeEnter", "Hangup"):
        assert f"DISP_CALL={konstantin}" in names[name].get("ChanVariable", ""), name
    assert not {"VarSet", "Newexten", "RTCPSent"} & set(names), "the link is not to be flooded"


def test_a_caller_who_gives_up_leaves_silence(office: Office) -> None:
    vera = office.on_shift("101")
    call, konstantin = office.rings(office.caller(), KONSTANTIN)
    at_vera = vera.incoming()

    call.hang_up()

    at_vera.wait_over()
    assert office.ami.wait("QueueCallerAbandon")["Uniqueid"] == konstantin
    assert office.waiting() == []


def test_members_follow_the_shifts(office: Office) -> None:
    vera, boris = office.on_shift("101"), office.on_shift("102")
    office.leave("102")
    _, konstantin = office.rings(office.caller(), KONSTANTIN)
    vera.incoming().refuse()
    office.ami.wait("AgentCalled", since=office.after("DialEnd"), Uniqueid=konstantin)  # the next round of ringing
    assert {event["Interface"] for event in office.ami.since(0, "AgentCalled", Uniqueid=konstantin)} == {"PJSIP/101"}
    assert not boris.calls


def test_with_nobody_on_shift_a_caller_waits_until_somebody_comes(office: Office) -> None:
    call, konstantin = office.rings(office.caller(), KONSTANTIN)
    assert office.waiting() == [konstantin]
    assert "music" in hear({"client": call}, TONES)["client"]

    vera = office.on_shift("101")
    vera.incoming().answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"101"}})["client"] == {"101"}


@pytest.mark.parametrize("attempt", range(3))
def test_the_recording_of_an_answered_call_holds_both(office: Office, attempt: int) -> None:
    vera = office.on_shift("101")
    call, konstantin = office.rings(office.caller(), KONSTANTIN)
    at_vera = vera.incoming().answer()
    hear({"client": call}, TONES, seconds=1.5)
    call.hang_up()
    at_vera.wait_over()

    segment = office.ami.wait("DeskRecord", Client=konstantin)
    path = office.recorded(segment["File"])
    assert set(tones_in(path, TONES.values())) == {TONES["client"], TONES["101"]}
    assert 1 < seconds_of(path) < 5


def test_a_dead_telephone_does_not_keep_the_client(office: Office) -> None:
    """Vera's phone loses its power in the middle of a talk: her client comes to Boris."""
    boris = office.on_shift("102")
    power = office.pbx.lab()
    vera = office.pbx.desk_phone("101", power)
    office.join("101")
    call, konstantin = office.rings(office.caller(), KONSTANTIN)
    vera.incoming().answer()
    boris.quiet()
    mark = office.ami.mark()

    power.kill()

    assert office.ami.wait("DeskHome", since=mark, seconds=20)["Why"] == "lost"
    boris.incoming(15).answer()
    assert hear_at_last({"client": call}, TONES, {"client": {"102"}})["client"] == {"102"}
