"""Vera takes a break, and the moment after a call in which the queue leaves her alone."""

import threading

import pytest
from django.db import connection

from dispatch.audit.models import Entry
from dispatch.live.models import Change
from dispatch.staff.models import ShiftBreak
from dispatch.staff.refusal import Refused
from dispatch.staff.selectors import roster
from dispatch.staff.services import breaks
from dispatch.staff.services.shifts import end_shift, start_shift

pytestmark = pytest.mark.feature("C1")


@pytest.fixture
def shift(vera):
    return start_shift(person=vera, extension="101", actor=vera)


def test_a_break_is_told_to_all_and_stands_in_the_journal_with_its_reason(shift, vera):
    Change.objects.all().delete()
    breaks.begin(shift=shift, reason="lunch", note="with Boris", actor=vera)
    assert (shift.pause.why, shift.pause.is_waiting) == ("lunch: with Boris", False)
    told = set(Change.objects.values_list("topic", "kind", "key"))
    assert told == {("staff", "person", str(vera.pk)), (f"person.{vera.pk}", "shift", str(shift.pk))}
    assert Entry.objects.get(verb="break.started").details["reason"] == "lunch: with Boris"
    assert roster.on_shift().get().pause.why == "lunch: with Boris"

    breaks.end(shift=shift, actor=vera)
    assert shift.pause is None
    assert Entry.objects.filter(verb="break.ended").count() == 1
    assert breaks.end(shift=shift, actor=vera) is False


def test_without_a_reason_there_is_no_break(shift, vera):
    with pytest.raises(Refused, match="Give the reason"):
        breaks.begin(shift=shift, reason="", note="", actor=vera)


def test_one_break_at_a_time(shift, vera):
    breaks.begin(shift=shift, reason="lunch", note="", actor=vera)
    with pytest.raises(Refused, match="There is a break already"):
        breaks.begin(shift=shift, reason="", note="tea", actor=vera)


def test_a_break_in_the_wrap_up_ends_the_wrap_up(shift, vera):
    breaks.wrap_up(shift=shift, seconds=20, occasion="leg:1")
    breaks.begin(shift=shift, reason="lunch", note="", actor=vera)
    assert shift.pause.kind == ShiftBreak.Kind.BREAK
    assert shift.breaks.get(kind=ShiftBreak.Kind.WRAP_UP).ended_at is not None


def test_there_is_no_wrap_up_in_a_break_and_one_for_each_call(shift, vera):
    assert breaks.wrap_up(shift=shift, seconds=20, occasion="leg:1") is True
    assert breaks.end(shift=shift, actor=vera) is True
    assert breaks.wrap_up(shift=shift, seconds=20, occasion="leg:1") is False
    breaks.begin(shift=shift, reason="lunch", note="", actor=vera)
    assert breaks.wrap_up(shift=shift, seconds=20, occasion="leg:2") is False


def test_a_break_that_waited_begins_when_the_call_is_over(shift, vera):
    breaks.begin_after_call(shift=shift, reason="lunch", note="", actor=vera)
    assert shift.pause.is_waiting
    assert breaks.begin_waiting(shift=shift) is True
    assert shift.pause.started_at is not None
    assert breaks.begin_waiting(shift=shift) is False


def test_one_who_thinks_better_of_it_takes_the_wish_back(shift, vera):
    breaks.begin_after_call(shift=shift, reason="lunch", note="", actor=vera)
    breaks.end(shift=shift, actor=vera)
    assert breaks.begin_waiting(shift=shift) is False


def test_the_end_of_the_shift_ends_the_break(shift, vera):
    breaks.begin(shift=shift, reason="lunch", note="", actor=vera)
    end_shift(shift=shift, actor=vera)
    assert shift.breaks.get().ended_at == shift.ended_at
    with pytest.raises(Refused, match="This shift is over"):
        breaks.begin(shift=shift, reason="tea", note="", actor=vera)


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_ask_at_once_one_gets_the_break(vera):
    shift = start_shift(person=vera, extension="101", actor=vera)
    together = threading.Barrier(3)
    outcomes = []

    def ask():
        together.wait(5)
        try:
            breaks.begin(shift=shift, reason="lunch", note="", actor=vera)
            outcomes.append("begun")
        except Refused as refusal:
            outcomes.append(refusal.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes) == ["There is a break already. End it first."] * 2 + ["begun"]
    assert shift.breaks.count() == 1
