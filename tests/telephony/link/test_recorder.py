"""What the board tells becomes rows: once, whole, and only by the link that holds the lease."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from dispatch.live.models import Change
from orders.models import ClientPhone, Fleet, FleetNumber
from telephony.core.call import Handling, Second
from telephony.core.facts import PhoneChanged
from telephony.lease import LeaseLost, PbxState, take
from telephony.models import Call, Extension, Lease, Leg, Recording
from telephony.recorder import Agreement, Batch, Recorder
from telephony.selectors import phonebook
from tests.telephony import office
from tests.telephony.link import told

pytestmark = pytest.mark.django_db

BOOTED = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def recorder():
    return Recorder(take("test"))


def batch(*facts, agreement=None) -> Batch:
    made = Batch(agreement=agreement)
    made.add(facts)
    return made


def write(recorder: Recorder, *calls) -> None:
    recorder.write(batch(*(told.changed(call) for call in calls)))


def told_calls() -> list[tuple[str, str]]:
    return list(Change.objects.filter(topic="calls").order_by("id").values_list("kind", "key"))


def agreed(*calls, booted_at=BOOTED) -> Agreement:
    return Agreement({call.key: call for call in calls}, booted_at)


def next_link() -> Recorder:
    """The one before is dead for longer than the lease lasts."""
    Lease.objects.update(renewed_at=None)
    return Recorder(take("the next"))


@pytest.mark.feature("D5")
def test_a_stranger_is_on_every_desk_while_he_rings(recorder):
    office.vera()
    write(recorder, told.ringing())
    call = Call.objects.get()
    assert (call.state, call.direction, call.queue, call.ringing) == ("ringing", "in", "dispatch", ["101", "102"])
    assert (call.recognised, call.caller_e164) == ("new", "+79269998877")
    assert call.started_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert [(leg.party, leg.role) for leg in call.legs.order_by("uniqueid")] == [
        ("79269998877", "caller"),
        ("101", "called"),
        ("102", "called"),
    ]
    assert told_calls() == [("call", str(call.pk))]


@pytest.mark.feature("C9", "C10")
def test_a_call_keeps_whose_line_it_was_and_who_called_when_the_numbers_move_on(recorder):
    daisy, night = Fleet.objects.create(name="Daisy"), Fleet.objects.create(name="Night Express")
    city = told.ringing(office.ANNA).dialled
    line = FleetNumber.objects.create(fleet=daisy, e164=f"+{city}", raw=city)
    anna, olga = office.client(), office.client("Olga Novikova", office.MOBILE)
    write(recorder, told.ringing(office.ANNA))
    line.fleet = night
    line.save()
    ClientPhone.objects.filter(client=anna).update(client=olga)  # the number is another client's now
    write(recorder, told.talking(told.ringing(office.ANNA)))
    write(recorder, told.ringing(office.ANNA, key="1795420801.7"))
    before, after = Call.objects.order_by("pk")
    assert (before.fleet, before.client) == (daisy, anna)
    assert (after.fleet, after.client) == (night, olga)


def test_the_same_twice_changes_nothing_and_tells_nobody(recorder):
    for _ in range(3):
        write(recorder, told.talking(told.ringing(), transfers=(told.transfer(),)))
    call = Call.objects.get()
    assert (call.legs.count(), call.transfers.count(), len(told_calls())) == (3, 1, 1)


def test_who_leaves_the_queue_costs_no_query_for_those_behind_him(recorder, django_assert_num_queries):
    first, second = told.ringing(), told.ringing("79031112233", key="1795420801.7", place=2)
    write(recorder, first, second)
    with django_assert_num_queries(0):
        write(recorder, dataclasses.replace(second, place=1))
    moved = dataclasses.replace(second, place=1, ringing=("101",))
    write(recorder, moved)
    assert Call.objects.get(key=second.key).ringing == ["101"]


def test_a_card_of_a_stranger_costs_few_questions(recorder, django_assert_max_num_queries):
    """The caller waits for them: the lease, the call, who it is, its two rows, who hears of it, the outbox."""
    call = told.ringing(ringing=())
    with django_assert_max_num_queries(11):  # two of them are the savepoint that it is inside of a test
        write(recorder, dataclasses.replace(call, legs=call.legs[:1]))


def test_after_a_comparison_all_is_written_again(recorder):
    """The database may have been restored from a backup: what was written once need not be there any more."""
    call = told.ringing()
    write(recorder, call)
    Call.objects.update(ringing=[])
    recorder.write(batch(agreement=agreed(call)))
    write(recorder, dataclasses.replace(call, place=3))
    assert Call.objects.get().ringing == ["101", "102"]


def test_vera_answers_and_it_is_hers_for_the_history(recorder):
    vera, call = office.vera(), told.ringing()
    office.boris()
    write(recorder, call)
    write(recorder, told.talking(call))
    row = Call.objects.get()
    assert (row.state, row.answered_by, row.answered_extension, row.talking_to) == ("talking", vera, "101", ["101"])
    assert row.legs.get(party="101").person == vera
    vera.shifts.update(ended_at=timezone.now())
    write(recorder, told.ended(told.talking(call)))
    row.refresh_from_db()
    assert (row.state, row.result, row.ended_by, row.answered_by) == ("ended", "answered", "caller", vera)
    assert row.ended_at - row.answered_at == timedelta(seconds=51)
    assert row.legs.get(party="101").person == vera  # also after her shift has ended


def test_whoever_calls_is_recognised_once_on_the_first_ring(recorder, django_assert_max_num_queries):
    client = office.client()
    order = office.order(client)
    call = told.ringing("89161234567")
    write(recorder, call)
    row = Call.objects.get()
    assert (row.recognised, row.client, row.order, row.caller_e164) == ("orders", client, order, office.ANNA)
    client.phones.all().delete()
    write(recorder, told.talking(call))
    row.refresh_from_db()
    assert (row.recognised, row.client) == ("orders", client)


def test_a_channel_without_a_number_is_hidden_only_when_it_rings(recorder):
    dark = told.ringing("", queue="", ringing=(), place=None)
    write(recorder, dark)
    assert Call.objects.get().recognised == ""
    write(recorder, dataclasses.replace(dark, queue="dispatch", ringing=("101",)))
    assert Call.objects.get().recognised == "hidden"


def test_a_number_of_two_offers_the_choice(recorder):
    client, driver = office.client("Anna Sidorova", office.MOBILE), office.driver()
    write(recorder, told.ringing("79031112233"))
    row = Call.objects.get()
    assert row.recognised == "choice"
    assert row.choices == [{"kind": "driver", "id": driver.pk}, {"kind": "client", "id": client.pk}]


def test_whom_vera_calls_is_recognised_by_his_number(recorder):
    vera, client = office.vera(), office.client()
    write(recorder, told.ringing("101", direction="out", dialled="89161234567", queue="", ringing=()))
    row = Call.objects.get()
    assert (row.recognised, row.client, row.caller_e164, row.answered_by) == ("known", client, "", None)
    assert row.legs.get(role="caller").person == vera


def test_a_link_whose_epoch_is_over_records_nothing(recorder):
    next_link()
    with pytest.raises(LeaseLost):
        write(recorder, told.ringing())
    assert not Call.objects.exists()


def test_nothing_is_lost_while_the_database_is_away(recorder, monkeypatch):
    first, second = told.ringing(), told.ringing("79990001122", "1795420800.7")
    monkeypatch.setattr(Call.objects, "filter", _away)
    waiting = batch(told.changed(first), told.changed(second), told.recorded(first.key, "a.wav"))
    with pytest.raises(OperationalError):
        recorder.write(waiting)
    monkeypatch.undo()
    waiting = waiting.followed_by(batch(told.changed(told.talking(first)), told.recorded(first.key, "b.wav")))
    recorder.write(waiting)
    assert set(Call.objects.values_list("key", "state")) == {(first.key, "talking"), (second.key, "ringing")}
    assert list(Recording.objects.order_by("file").values_list("file", "call__key")) == [
        ("a.wav", first.key),
        ("b.wav", first.key),
    ]


def _away(**_):
    raise OperationalError("the server closed the connection")


def test_one_call_that_cannot_be_written_does_not_hold_up_the_others(recorder, caplog):
    bad = told.ringing(key="1795420800.8", direction="sideways to nowhere")
    write(recorder, told.ringing(), bad)
    assert list(Call.objects.values_list("key", flat=True)) == ["1795420800.1"]
    assert "call 1795420800.8 could not be recorded" in caplog.text


def test_names_of_any_length_and_any_letters_are_kept_as_far_as_they_fit(recorder):
    write(recorder, told.ringing(caller_name="Ж" * 500 + "\x00", dialled="שלום"))
    row = Call.objects.get()
    assert (row.caller_name, row.dialled) == ("Ж" * 120, "שלום")


def test_a_recording_belongs_to_the_call_of_its_channel(recorder):
    call = told.talking(told.ringing())
    segments = told.recorded(call.key, "one.wav"), told.recorded(f"{call.key}1", "two.wav")
    recorder.write(batch(told.changed(call), *segments))
    recorder.write(batch(told.recorded(call.key, "one.wav"), told.recorded("unknown", "three.wav")))
    assert set(Recording.objects.values_list("file", "call__key")) == {("one.wav", call.key), ("two.wav", call.key)}


def test_a_consultation_that_looked_like_a_call_becomes_part_of_its_call(recorder):
    call, consultation = told.talking(told.ringing()), told.ringing("101", "1795420900.1", direction="internal")
    recorder.write(batch(told.changed(call), told.changed(consultation), told.recorded(consultation.key, "c.wav")))
    gone = Call.objects.get(key=consultation.key).pk
    recorder.write(batch(told.joined(consultation.key, call.key)))
    assert list(Call.objects.values_list("key", flat=True)) == [call.key]
    assert Recording.objects.get().call.key == call.key
    assert ("call", str(gone)) in told_calls()[2:]


def test_a_supervisor_who_listens_is_no_call(recorder):
    spy = told.ringing("105", "1795420900.2", direction="internal")
    write(recorder, spy)
    recorder.write(batch(told.joined(spy.key, "")))
    assert not Call.objects.exists()


def test_a_transfer_that_the_board_takes_back_disappears(recorder):
    call = told.talking(told.ringing())
    write(recorder, dataclasses.replace(call, transfers=(told.transfer(), told.transfer("104"))))
    write(recorder, dataclasses.replace(call, transfers=(told.transfer(completed=False, why="busy"),)))
    transfer = Call.objects.get().transfers.get()
    assert (transfer.place, transfer.to, transfer.completed, transfer.why) == (1, ["103"], False, "busy")


# --- after the line, the link or the PBX was away


def test_a_call_that_ended_while_nobody_looked_is_closed_and_marked(recorder):
    gone, stays = told.talking(told.ringing()), told.ringing("79990001122", "1795420800.7")
    write(recorder, gone, stays)
    new = next_link()
    new.write(batch(told.changed(stays), agreement=agreed(stays)))
    row = Call.objects.get(key=gone.key)
    assert (row.state, row.result, row.ended_by, row.talking_to, row.ringing) == (
        "ended",
        "lost_link",
        "system",
        [],
        [],
    )
    assert not row.legs.filter(ended_at=None).exists()
    assert Call.objects.get(key=stays.key).state == "ringing"


def test_calls_that_a_restart_of_the_pbx_ended_are_marked_so(recorder):
    write(recorder, told.talking(told.ringing()))
    recorder._tenure.renew(PbxState(Lease.Pbx.UP, seen_ago=1.0, started_at=BOOTED))
    seen = Lease.objects.get().pbx_seen_at
    next_link().write(batch(agreement=agreed(booted_at=BOOTED + timedelta(hours=3))))
    row = Call.objects.get()
    assert (row.state, row.result) == ("ended", "lost_pbx")
    assert row.ended_at == max(seen, row.answered_at)


def test_a_call_that_goes_on_keeps_its_row_and_what_was_known_of_it(recorder):
    vera = office.vera()
    whole = told.talking(
        told.ringing(caller_name="Anna"), transfers=(told.transfer("104", completed=False, why="busy"),)
    )
    write(recorder, whole)
    found = told.talking(
        told.ringing(queue="", dialled="", started_at=None),
        answered_at=None,
        answered_by=(),
        transfers=(told.transfer(),),
    )
    new = next_link()
    new.write(batch(told.changed(found), agreement=agreed(found)))
    row = Call.objects.get()
    assert (row.state, row.queue, row.dialled, row.caller_name) == ("talking", "dispatch", "74951234567", "Anna")
    assert (row.answered_by, row.answered_extension) == (vera, "101")
    assert row.answered_at - row.started_at == timedelta(seconds=9)
    assert [transfer.to for transfer in row.transfers.order_by("place")] == [["104"], ["103"]]
    write(new, told.ended(found))
    row.refresh_from_db()
    assert (row.state, row.result) == ("ended", "answered")


def test_a_call_whose_first_channel_is_gone_is_found_by_its_leg(recorder):
    before = told.talking(told.ringing())
    write(recorder, before)
    remains = told.talking(told.ringing("101", f"{before.key}1", legs=(told.leg(f"{before.key}1", "101"),)))
    new = next_link()
    new.write(batch(told.changed(remains), agreement=agreed(remains)))
    assert list(Call.objects.values_list("key", "state")) == [(before.key, "talking")]
    assert (new.row_key(remains.key), new.board_key(before.key)) == (before.key, remains.key)
    assert Leg.objects.filter(call__key=before.key).count() == 3
    write(new, told.ended(remains))
    assert list(Call.objects.values_list("key", "state")) == [(before.key, "ended")]


def test_to_compare_twice_does_no_harm(recorder):
    call = told.talking(told.ringing())
    write(recorder, call)
    for _ in range(2):
        recorder.write(batch(agreement=agreed(call)))
    assert Call.objects.get().state == "talking"
    assert len(told_calls()) == 1


def told_people() -> list[str]:
    return list(Change.objects.filter(topic="staff", kind="person").order_by("id").values_list("key", flat=True))


@pytest.mark.feature("P7")
def test_the_phone_books_are_told_when_a_telephone_does_something_else_and_only_then(recorder):
    vera, boris = office.vera(), office.boris()
    both = sorted([str(vera.pk), str(boris.pk)])
    call = told.ringing()
    write(recorder, call)
    assert told_people() == both  # they ring
    write(recorder, dataclasses.replace(call, place=2), dataclasses.replace(call, caller_name="Anna"))
    assert told_people() == both
    write(recorder, told.talking(call))
    assert told_people() == both * 2  # Vera talks, Boris rings no more
    write(recorder, told.ended(told.talking(call)))
    assert told_people() == [*both, *both, str(vera.pk)]


@pytest.mark.feature("P17")
def test_the_phone_books_are_told_when_somebody_talks_with_somebody_else(recorder):
    vera = office.vera()
    call = told.talking(told.ringing())
    write(recorder, call)
    Change.objects.all().delete()
    second = Second("103", "1795420800.9", "talking")
    write(
        recorder, dataclasses.replace(call, handling=Handling("hold", "101", call.key, f"{call.key}1", "7", "", second))
    )
    assert told_people() == [str(vera.pk)]


@pytest.mark.feature("P7")
def test_a_telephone_that_goes_off_is_kept_and_told_once(recorder):
    vera = office.vera()
    recorder.write(batch(PhoneChanged("101", True), PhoneChanged("999", True)))
    assert Extension.objects.get().is_off
    assert told_people() == [str(vera.pk)]
    recorder.write(batch(PhoneChanged("101", True)))
    assert told_people() == [str(vera.pk)]
    recorder.write(batch(PhoneChanged("101", False)))
    assert not Extension.objects.get().is_off
    assert told_people() == [str(vera.pk)] * 2


@pytest.mark.feature("P7")
def test_after_the_comparison_everybody_on_shift_is_drawn_anew(recorder):
    vera = office.vera()
    write(recorder, told.talking(told.ringing()))
    later = next_link()
    Change.objects.all().delete()
    later.write(batch(agreement=agreed()))
    assert told_people() == [str(vera.pk)]
    assert phonebook.states({"101"}) == {"101": "free"}


@pytest.mark.feature("P7")
def test_a_leg_that_ended_unseen_talks_no_more(recorder):
    office.vera()
    call = told.talking(told.ringing())
    write(recorder, call)
    passed_on = dataclasses.replace(
        call, talking_to=("103",), legs=(call.legs[0], told.leg("1795420800.19", "103", outcome="answered"))
    )
    next_link().write(batch(told.changed(passed_on), agreement=agreed(passed_on)))
    assert phonebook.states({"101"}) == {"101": "free"}


@pytest.mark.feature("P14")
def test_a_link_that_finds_the_call_keeps_who_had_answered_it_and_when(recorder):
    """Of the leg it knows only that it is there."""
    office.vera()
    call = told.talking(told.ringing())
    write(recorder, call)
    seen = tuple(
        dataclasses.replace(leg, outcome="", answered_at=None, started_at=told.BEGAN + 30) for leg in call.legs[:2]
    )
    late = dataclasses.replace(call, legs=seen, answered_at=told.BEGAN + 30)
    next_link().write(batch(told.changed(late), agreement=agreed(late)))
    row = Call.objects.get()
    at_vera = row.legs.get(party="101")
    assert row.answered_at == at_vera.answered_at == datetime(2026, 11, 23, 8, 0, 9, tzinfo=UTC)
    assert (at_vera.outcome, at_vera.started_at) == ("answered", datetime(2026, 11, 23, 8, tzinfo=UTC))
