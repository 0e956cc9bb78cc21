"""Phase × event of an attended transfer on the real PBX: in no cell is the client left alone. docs/telephony.md has it
as a table."""

import time
from collections.abc import Callable

import pytest

from tests.journeys.talk import Talk
from tests.rig.asterisk import TONES
from tests.rig.office import Office
from tests.rig.phones import Call, Lab, Phone, hear_at_last

pytestmark = pytest.mark.rig

HOLDING, DIALLING, RINGING, TALKING, CONNECTING = "holding", "dialling", "ringing", "talking", "connecting"
CLIENT, DISPATCHER, SECOND, BUSY, REFUSED, SILENT = (
    "the client hangs up",
    "the dispatcher hangs up",
    "the second party hangs up",
    "the second party is busy",
    "the second party refuses",
    "the second party does not answer",
)
CUT = "the connection to the PBX is cut"
OVER, WITH_DISPATCHER, RUNG_BACK, WITH_SECOND, THEY_GO_ON = "over", "101", "101 again", "103", "over, 101 and 103 talk"

MATRIX = {
    (HOLDING, CLIENT): OVER,
    (HOLDING, DISPATCHER): RUNG_BACK,
    (DIALLING, CLIENT): OVER,
    (DIALLING, DISPATCHER): RUNG_BACK,
    (RINGING, CLIENT): OVER,
    (RINGING, DISPATCHER): RUNG_BACK,
    (RINGING, BUSY): WITH_DISPATCHER,
    (RINGING, REFUSED): WITH_DISPATCHER,
    (RINGING, SILENT): WITH_DISPATCHER,
    (RINGING, CUT): WITH_DISPATCHER,
    (TALKING, CLIENT): THEY_GO_ON,
    (TALKING, DISPATCHER): RUNG_BACK,
    (TALKING, SECOND): WITH_DISPATCHER,
    (CONNECTING, CLIENT): OVER,
    (CONNECTING, DISPATCHER): WITH_SECOND,
    (CONNECTING, SECOND): RUNG_BACK,
    (CONNECTING, CUT): WITH_SECOND,
}


@pytest.mark.feature("D11")
@pytest.mark.parametrize(("phase", "event"), MATRIX)
def test_the_client_is_never_left_alone(talk: Talk, petrov: Phone, phase: str, event: str) -> None:
    at_petrov = bring_to(talk, petrov, phase)
    doing: dict[str, Callable[[], object]] = {
        CLIENT: talk.call.hang_up,
        DISPATCHER: talk.at_vera.hang_up,
        SECOND: lambda: at_petrov.hang_up() if at_petrov else None,
        BUSY: lambda: petrov.incoming().refuse(486),
        REFUSED: lambda: petrov.incoming().refuse(603),
        SILENT: lambda: None,
        CUT: lambda: cut(talk.office),
    }
    doing[event]()
    check(talk, at_petrov, MATRIX[phase, event])


def cut(office: Office) -> None:
    """The link dies right after its action; another one comes for the end of the test."""
    office.ami.close()
    office.ami = office.pbx.ami()


def bring_to(talk: Talk, petrov: Phone, phase: str) -> Call | None:
    """Petrov's call, once he has lifted the handset."""
    if phase == HOLDING:
        talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-idle", talk.client)
        talk.office.ami.wait("DeskIdle", since=talk.mark)
        return None
    if phase in (TALKING, CONNECTING):
        at_petrov, second = talk.consult(petrov)
        if phase == CONNECTING:
            talk.office.redirect(second, "desk-join", talk.client)
        return at_petrov
    talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-consult", f"103-{talk.client}")
    talk.office.ami.wait("DeskConsult", since=talk.mark)
    if phase == RINGING:
        petrov.incoming()
    return None


def check(talk: Talk, at_petrov: Call | None, outcome: str) -> None:
    if outcome in (OVER, THEY_GO_ON):
        talk.call.wait_over()
        if outcome == THEY_GO_ON:
            assert at_petrov is not None
            expected = {"101": {"103"}, "103": {"101"}}
            assert hear_at_last({"101": talk.at_vera, "103": at_petrov}, TONES, expected) == expected
        else:
            talk.at_vera.wait_over()
        return
    if outcome == RUNG_BACK:
        talk.vera.incoming(other_than=talk.at_vera).answer()
    who = outcome.split(" ", maxsplit=1)[0]
    assert hear_at_last({"client": talk.call}, TONES, {"client": {who}}, patience=9)["client"] == {who}


@pytest.mark.feature("D11")
def test_the_dispatchers_phone_dies_while_she_holds_him(office: Office, petrov_lab: Lab) -> None:
    """Nothing is said: the missing sound is noticed, and he goes home, to the queue since she is not there."""
    talk = Talk(office)
    bring_to(talk, office.pbx.desk_phone("103", petrov_lab), HOLDING)
    began = time.monotonic()
    office.desks.kill()
    assert office.ami.wait("DeskHome", since=talk.mark, seconds=20)["Why"] == "lost"
    assert time.monotonic() - began < 15
    office.ami.wait("QueueCallerJoin", since=talk.mark, seconds=10)
