"""Do not disturb by the real link on the real Asterisk: from a click to the refusal, and over a restart."""

import pytest

from dispatch.staff.models import Status
from dispatch.staff.services import statuses
from telephony.models import Extension
from tests.telephony.link.desk import KONSTANTIN, LARISA, awaited, row

pytestmark = [pytest.mark.rig, pytest.mark.django_db(transaction=True), pytest.mark.feature("P9")]


@pytest.fixture
def desk(desk):
    yield desk
    desk.pbx.console("database deltree desk-dnd")


def chooses(person, status: str) -> None:
    statuses.choose(shift=person.shifts.get(), status=status, actor=person)


def stands(extension: str, *, refuses: bool, queue: str, seconds: float = 5) -> None:
    awaited(lambda: Extension.objects.filter(number=extension, refuses=refuses, queue=queue).exists(), seconds)


def busy(call) -> int:
    call.wait_over()
    return call.code


def test_his_click_is_a_refusal_of_the_pbx_and_the_next_click_its_end(desk):
    chooses(desk.boris, Status.DND)
    stands("102", refuses=True, queue="paused")
    assert busy(desk.phones["101"].dial("102")) == 486
    first, waiting = desk.calls_in(KONSTANTIN)
    row(pk=waiting.pk, ringing=["101"])
    assert desk.phones["102"].calls == []
    first.hang_up()
    row(pk=waiting.pk, state="ended")

    chooses(desk.boris, Status.DESK)
    stands("102", refuses=False, queue="rings")
    second, waiting = desk.calls_in(LARISA, "second client")
    row(pk=waiting.pk, ringing=["101", "102"])
    second.hang_up()


@pytest.mark.feature("P8")
def test_a_call_that_was_refused_by_hand_stands_in_the_history(desk):
    chooses(desk.boris, Status.DND)
    stands("102", refuses=True, queue="paused")
    assert busy(desk.phones["101"].dial("102")) == 486
    call = row(caller_raw="101", state="ended")
    assert (call.dialled, call.result, call.legs.filter(party="102").count()) == ("102", "busy", 0)


def test_over_a_restart_of_the_pbx_he_is_not_disturbed(desk):
    chooses(desk.boris, Status.DND)
    stands("102", refuses=True, queue="paused")
    desk.pbx.shut_down()
    desk.pbx.restart()
    assert "desk-dnd/102" in desk.pbx.console("database show desk-dnd").replace(" ", "")
    desk.await_link(10)
    stands("102", refuses=True, queue="paused", seconds=10)


def test_what_the_pbx_lost_or_another_wrote_is_put_right_without_a_click(desk):
    chooses(desk.boris, Status.DND)
    stands("102", refuses=True, queue="paused")
    desk.pbx.console("database deltree desk-dnd")
    desk.pbx.console("database put desk-dnd 101 1")

    def is_right() -> bool:
        shown = desk.pbx.console("database show desk-dnd").replace(" ", "")
        return "desk-dnd/102" in shown and "desk-dnd/101" not in shown

    awaited(is_right, 10)
    stands("101", refuses=False, queue="rings")


def test_with_the_link_killed_the_pbx_refuses_on(desk):
    chooses(desk.boris, Status.DND)
    stands("102", refuses=True, queue="paused")
    desk.link.process.kill()
    desk.link.process.wait()
    assert busy(desk.phones["101"].dial("102")) == 486
    chooses(desk.boris, Status.DESK)
    assert Extension.objects.get(number="102").refuses, "the PBX has not confirmed it"
    desk.link = desk.start_link()
    stands("102", refuses=False, queue="rings", seconds=20)


@pytest.mark.feature("D12")
def test_a_client_whom_vera_sends_to_him_by_her_telephone_is_hers_again_in_the_same_call(desk):
    chooses(desk.boris, Status.DND)
    stands("102", refuses=True, queue="paused")
    _, waiting = desk.calls_in(KONSTANTIN)
    talk = desk.phones["101"].incoming().answer()
    row(pk=waiting.pk, state="talking", talking_to=["101"])
    talk.refer("102")
    assert row(pk=waiting.pk, handling__phase="home", ringing=["101"], seconds=8).handling["to"] == "dnd"
    desk.phones["101"].incoming(other_than=talk).answer()
    row(pk=waiting.pk, state="talking", talking_to=["101"])
    sent = waiting.transfers.get()
    assert (sent.kind, sent.by, sent.to, sent.completed) == ("blind", "101", ["102"], False)
