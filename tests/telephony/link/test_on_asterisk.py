"""The link as a process, on the real Asterisk with the product's own dialplan and real telephones."""

import time
import uuid

import pytest
from django.db import transaction

from dispatch.staff.models import Person, ShiftBreak
from dispatch.staff.refusal import Refused
from dispatch.staff.services import breaks
from orders.models import Fleet, FleetNumber
from telephony.models import Call, Extension, Intent, Lease, MissedCaller, PhoneModel, Recording
from telephony.selectors import phonebook
from telephony.services import control, outgoing, targets
from tests.rig.asterisk import TONES
from tests.rig.hearing import share_of
from tests.rig.phones import hear_at_last
from tests.telephony import office
from tests.telephony.link.desk import KONSTANTIN, LARISA, Desk, awaited, pick, row

pytestmark = [pytest.mark.rig, pytest.mark.django_db(transaction=True)]


@pytest.mark.feature("D5", "D6", "C1", "R1")
def test_vera_picks_the_second_and_every_row_is_as_it_was(desk):
    first, first_row = desk.calls_in(KONSTANTIN)
    second, second_row = desk.calls_in(LARISA, "second client")
    row(pk=first_row.pk, ringing=["101", "102"])
    asked = time.monotonic()
    click = pick(second_row, desk.vera, "101")
    talks = desk.desks.wait(lambda: [call for call in desk.phones["101"].calls if call.is_up], 3, "Vera talks")[0]
    awaited(lambda: Intent.objects.filter(pk=click.pk, state="confirmed").exists())
    assert time.monotonic() - asked < 2
    taken = row(pk=second_row.pk, state="talking", talking_to=["101"])
    assert (taken.answered_by, taken.recognised, taken.caller_e164) == (desk.vera, "new", "+79031112233")
    assert row(pk=first_row.pk, ringing=["102"]).state == "ringing"
    assert awaited(lambda: Recording.objects.filter(call=taken).first()).file

    talks.hang_up()
    second.wait_over()
    over = row(pk=second_row.pk, state="ended")
    assert (over.result, over.ended_by) == ("answered", "answerer")
    first.hang_up()
    assert row(pk=first_row.pk, state="ended").result == "abandoned"
    assert Call.objects.count() == 2


@pytest.mark.feature("D6")
def test_the_first_is_picked_at_once_although_phones_ring_with_him(desk):
    _, waiting = desk.calls_in(KONSTANTIN)
    row(pk=waiting.pk, ringing=["101", "102"])
    click = pick(waiting, desk.boris, "102")
    desk.desks.wait(lambda: [call for call in desk.phones["102"].calls if call.is_up], 2, "Boris talks")
    awaited(lambda: Intent.objects.filter(pk=click.pk, state="confirmed").exists())
    assert row(pk=waiting.pk, talking_to=["102"]).answered_by == desk.boris


@pytest.mark.feature("D6")
def test_both_pick_the_same_caller_in_the_same_instant(desk):
    _, waiting = desk.calls_in(KONSTANTIN)
    with transaction.atomic():  # the link finds both letters at once
        hers, his = pick(waiting, desk.vera, "101"), pick(waiting, desk.boris, "102")
    awaited(lambda: Intent.objects.filter(pk=hers.pk, state="confirmed").exists())
    loser = awaited(lambda: Intent.objects.filter(pk=his.pk, state="refused").first())
    assert (loser.reason, loser.reason_args) == ("taken", {"by": "Ivanova Vera"})
    assert row(pk=waiting.pk, state="talking").talking_to == ["101"]


@pytest.mark.feature("P6", "D6")
@pytest.mark.parametrize(("answers", "way"), [("asked", "header"), ("told", "talk")])
def test_the_link_learns_how_their_telephones_answer_by_themselves(
    asterisk, transactional_db, start_link, answers, way
):
    desk = Desk(asterisk, start_link, answers=answers)
    for line, is_proven in ((KONSTANTIN, False), (LARISA, True)):
        caller, waiting = desk.calls_in(line)
        click = pick(waiting, desk.vera, "101")
        desk.desks.wait(lambda: [call for call in desk.phones["101"].calls if call.is_up], 3, "Vera talks")
        settled(click)
        model = learned(way, streak=1 + is_proven)
        assert (model.name, model.is_sure) == ("Rig phone", is_proven)
        assert Extension.objects.get(number="101").phone_model == model
        caller.hang_up()
        row(pk=waiting.pk, state="ended")
    asterisk.send_home()


@pytest.mark.feature("P6", "D6")
def test_a_telephone_that_does_not_is_lifted_by_hand_and_vera_is_told(asterisk, transactional_db, start_link):
    desk = Desk(asterisk, start_link, answers="never")
    for streak, (number, told_within) in enumerate(((KONSTANTIN, 4), (LARISA, 4), ("79031112244", 1.5)), 1):
        caller, waiting = desk.calls_in(number)
        click = pick(waiting, desk.vera, "101")
        told_to_lift(click, told_within)
        learned("hand", streak=streak)
        desk.phones["101"].incoming().answer()
        settled(click)
        caller.hang_up()
        row(pk=waiting.pk, state="ended")
        desk.pbx.await_quiet()
    assert PhoneModel.objects.get().is_sure
    asterisk.send_home()


def settled(click: Intent) -> None:
    awaited(lambda: Intent.objects.filter(pk=click.pk, state="confirmed", reason="").exists())


def told_to_lift(click: Intent, within: float) -> None:
    awaited(lambda: Intent.objects.filter(pk=click.pk, state="sent", reason="lift").exists(), within)


def learned(way: str, *, streak: int) -> PhoneModel:
    return awaited(lambda: PhoneModel.objects.filter(way=way, streak=streak).first())


def test_a_call_talks_on_over_a_killed_link_and_one_that_ended_is_closed(desk):
    stays, goes = desk.calls_in(KONSTANTIN), desk.calls_in(LARISA, "second client")
    desk.phones["101"].incoming().answer()
    talking = row(pk=stays[1].pk, state="talking")
    desk.link.process.kill()
    desk.link.process.wait()
    goes[0].hang_up()
    desk.link = desk.start_link()
    assert row(pk=goes[1].pk, state="ended", seconds=15).result == "lost_link"
    kept = row(pk=talking.pk)
    assert (kept.state, kept.talking_to, kept.answered_by, kept.answered_at) == (
        "talking",
        ["101"],
        desk.vera,
        talking.answered_at,
    )
    assert stays[0].is_up
    stays[0].hang_up()
    over = row(pk=talking.pk, state="ended")
    assert (over.result, over.ended_by, Call.objects.count()) == ("answered", "caller", 2)


def test_calls_end_with_the_pbx_and_all_is_right_soon_after_it_is_back(desk):
    _, waiting = desk.calls_in(KONSTANTIN)
    desk.phones["101"].incoming().answer()
    row(pk=waiting.pk, state="talking")
    desk.pbx.kill()
    awaited(lambda: Lease.objects.filter(pbx=Lease.Pbx.DOWN).exists(), 3)
    desk.pbx.restart()
    ready = time.monotonic()
    desk.await_link(5)
    assert row(pk=waiting.pk, state="ended").result == "lost_pbx"
    assert time.monotonic() - ready < 5


@pytest.mark.feature("C1", "W5")
def test_in_a_break_the_queue_rings_only_the_others_and_after_it_her_again(desk):
    shift = desk.vera.shifts.get()
    breaks.begin(shift=shift, reason="обед", note="до 14:00", actor=desk.vera)
    asked = time.monotonic()
    awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.PAUSED).exists())
    assert time.monotonic() - asked < 2
    assert "paused:обед: до 14:00" in desk.pbx.console("queue show dispatch")
    first, waiting = desk.calls_in(KONSTANTIN)
    row(pk=waiting.pk, ringing=["102"])
    assert desk.phones["101"].calls == []
    first.hang_up()
    row(pk=waiting.pk, state="ended")

    breaks.end(shift=shift, actor=desk.vera)
    awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.RINGS).exists())
    second, waiting = desk.calls_in(LARISA, "second client")
    row(pk=waiting.pk, ringing=["101", "102"])
    second.hang_up()


@pytest.mark.feature("C1")
def test_the_break_holds_over_a_restart_of_the_pbx(desk):
    breaks.begin(shift=desk.vera.shifts.get(), reason="lunch", note="", actor=desk.vera)
    awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.PAUSED).exists())
    desk.pbx.kill()
    awaited(lambda: Lease.objects.filter(pbx=Lease.Pbx.DOWN).exists(), 3)
    desk.pbx.restart()
    desk.await_link(5)
    assert "paused:lunch" in desk.pbx.console("queue show dispatch")


@pytest.mark.feature("C1")
def test_after_a_call_her_telephone_rests_until_the_time_is_over(desk):
    Person.objects.filter(pk=desk.vera.pk).update(wraps_up=True)
    caller, waiting = desk.calls_in(KONSTANTIN)
    desk.phones["101"].incoming().answer()
    row(pk=waiting.pk, state="talking")
    caller.hang_up()
    wrapped = awaited(lambda: ShiftBreak.objects.filter(kind=ShiftBreak.Kind.WRAP_UP).first())
    awaited(lambda: Extension.objects.filter(number="101", queue=Extension.Queue.PAUSED).exists())
    other, waiting = desk.calls_in(LARISA, "second client")
    row(pk=waiting.pk, ringing=["102"])
    breaks.end(shift=wrapped.shift, actor=desk.vera)  # her key: the queue rings her with its next turn
    row(pk=waiting.pk, ringing=["101", "102"], seconds=20)
    other.hang_up()


def calls(desk, to: str) -> Intent:
    shift = desk.vera.shifts.get(ended_at=None)
    target = targets.to_call(to, own="101")
    return outgoing.call(target=target, typed=to, actor=desk.vera, shift=shift, intent_id=uuid.uuid4())


def up(lab, phone):
    return lab.wait(lambda: [call for call in phone.calls if call.is_up], 5, "talks")[0]


@pytest.mark.feature("X1", "C9")
def test_a_client_who_is_called_about_his_order_sees_the_number_of_its_fleet(desk):
    konstantin = desk.pbx.trunk(desk.pbx.lab(), "mobile", listens=True)
    night = Fleet.objects.create(name="Night Express")
    FleetNumber.objects.create(fleet=night, e164="+74954950002", raw="4950002")
    his = office.order(office.client(), phone="+79161234567", fleet=night)
    shift = desk.vera.shifts.get(ended_at=None)
    outgoing.call(target=targets.client_of(his), actor=desk.vera, shift=shift, intent_id=uuid.uuid4())
    assert "4950002" in konstantin.incoming().caller
    assert row(dialled="79161234567").order == his
    konstantin.hang_up_all()

    calls(desk, "8 (916) 123-45-67")  # about no order: the main one
    assert "4950000" in konstantin.incoming().caller


def heard_in(desk, call: Call) -> list[set[str]]:
    """Who is heard in each of its recordings, once the PBX has closed them."""
    paths = [desk.pbx.recordings / each.file for each in call.recordings.order_by("started_at")]
    return [{name for name, tone in TONES.items() if share_of(path, tone) > 0.6} for path in paths]


@pytest.mark.feature("P8", "D4")
def test_vera_calls_the_street_holds_and_comes_back_and_both_are_heard_and_recorded(desk):
    street = desk.pbx.lab()
    konstantin = desk.pbx.trunk(street, "mobile", listens=True)
    click = calls(desk, "8 (916) 123-45-67")
    at_konstantin = konstantin.incoming().answer()
    at_vera = up(desk.desks, desk.phones["101"])  # it answered by itself, as office telephones do
    assert "79161234567" in at_konstantin.head.splitlines()[0]
    both = {"vera": at_vera, "konstantin": at_konstantin}
    expected = {"vera": {"mobile"}, "konstantin": {"101"}}
    assert hear_at_last(both, TONES, expected) == expected
    confirmed = awaited(lambda: Intent.objects.filter(pk=click.pk, state="confirmed").first())
    assert (confirmed.args["typed"], confirmed.args["e164"]) == ("8 (916) 123-45-67", "+79161234567")
    call = row(dialled="79161234567", state="talking")
    assert (call.direction, call.caller_raw, call.intents.get()) == ("out", "101", click)
    for verb, phase in (("hold", "hold"), ("back", "")):
        call.refresh_from_db()
        asked = control.command(
            verb=verb, call=call, actor=desk.vera, shift=desk.vera.shifts.get(), intent_id=uuid.uuid4(), said={}
        )
        awaited(lambda asked=asked: Intent.objects.filter(pk=asked.pk, state="confirmed").exists())
        assert awaited(lambda phase=phase: [one for one in [row(pk=call.pk)] if one.phase == phase])
    assert hear_at_last(both, TONES, expected) == expected
    at_konstantin.hang_up()
    call = row(pk=call.pk, state="ended")
    time.sleep(0.5)
    assert heard_in(desk, call) == [{"101", "mobile"}] * 2


@pytest.mark.feature("P8", "P7")
def test_vera_calls_boris_who_hears_her_and_the_phone_book_knows_what_each_does(desk):
    desk.phones["102"].answer_when("never")
    calls(desk, "102")
    at_boris = desk.phones["102"].incoming()
    awaited(lambda: phonebook.states({"101", "102"}) == {"101": "talking", "102": "ringing"}, 1)
    at_boris.answer()
    awaited(lambda: phonebook.states({"101", "102"}) == {"101": "talking", "102": "talking"}, 1)
    expected = {"vera": {"102"}, "boris": {"101"}}
    both = {"vera": up(desk.desks, desk.phones["101"]), "boris": at_boris}
    assert hear_at_last(both, TONES, expected) == expected
    call = row(caller_raw="101", dialled="102", state="talking")
    at_boris.hang_up()
    row(pk=call.pk, state="ended")
    awaited(lambda: phonebook.states({"101", "102"}) == {"101": "free", "102": "free"}, 1)
    assert heard_in(desk, call) == [{"101", "102"}]
    desk.phones["102"].unregister()
    awaited(lambda: phonebook.states({"102"}) == {"102": "off"}, 2)
    with pytest.raises(Refused):
        calls(desk, "102")


@pytest.mark.feature("M5")
def test_who_rang_off_is_red_while_only_our_telephone_answers_and_green_when_his_does(desk):
    waits, _row = desk.calls_in(KONSTANTIN)
    waits.hang_up()
    red = MissedCaller.objects.filter(number=f"+{KONSTANTIN}", reached_at=None)
    awaited(red.exists)
    konstantin = desk.pbx.trunk(desk.pbx.lab(), "mobile", listens=True)
    calls(desk, KONSTANTIN)
    rings = konstantin.incoming()
    up(desk.desks, desk.phones["101"])
    awaited(red.filter(claimed_by=desk.vera).exists)
    rings.refuse()
    awaited(red.filter(claimed_by=None, tries=1).exists, 10)
    desk.phones["101"].hang_up_all()
    calls(desk, KONSTANTIN)
    konstantin.incoming(other_than=rings).answer()
    reached = awaited(MissedCaller.objects.exclude(reached_at=None).first)
    assert (reached.reached_how, reached.reached_by, reached.times) == ("called_back", desk.vera, 1)
