"""Vera and Boris choose where they sit."""

import threading

import pytest
from django.db import connection

from dispatch.audit.models import Entry
from dispatch.live.models import Change
from dispatch.staff.models import Shift
from dispatch.staff.refusal import Refused
from dispatch.staff.services.shifts import end_shift, start_shift
from dispatch.staff.signals import shift_changed
from tests.staff.conftest import someone


@pytest.fixture
def heard():
    """The shifts that upper rooms heard of."""
    told = []

    def listen(shift, **_):
        told.append((shift.extension, shift.ended_at is None))

    shift_changed.connect(listen)
    yield told
    shift_changed.disconnect(listen)


@pytest.mark.feature("C1")
def test_a_shift_starts_with_journal_push_and_bell(vera, heard):
    shift = start_shift(person=vera, extension="101", actor=vera)
    assert (shift.person, shift.extension, shift.ended_at) == (vera, "101", None)
    assert heard == [("101", True)]
    assert list(Change.objects.values_list("topic", "kind", "key")) == [("staff", "person", str(vera.pk))]
    line = Entry.objects.get()
    assert (line.verb, line.actor, line.target_kind, line.target_id) == ("shift.started", vera, "shift", str(shift.pk))


@pytest.mark.feature("C1")
def test_an_ended_shift_is_kept_with_its_times_and_frees_the_extension(vera, boris, heard):
    shift = end_shift(shift=start_shift(person=vera, extension="101", actor=vera), actor=vera)
    assert shift.ended_at > shift.started_at
    assert shift.ended_by == vera
    assert heard[-1] == ("101", False)
    assert start_shift(person=boris, extension="101", actor=boris).ended_at is None
    assert Shift.objects.count() == 2


def test_ending_twice_is_one_end(vera, sofia):
    shift = start_shift(person=vera, extension="101", actor=vera)
    end_shift(shift=Shift.objects.get(), actor=vera)
    end_shift(shift=shift, actor=sofia)
    assert shift.ended_by == vera
    assert Entry.objects.filter(verb="shift.ended").count() == 1


def test_boris_is_told_who_has_the_extension(vera, boris):
    start_shift(person=vera, extension="101", actor=vera)
    with pytest.raises(Refused, match="Extension 101 is taken by Ivanova Vera"):
        start_shift(person=boris, extension="101", actor=boris)
    assert Entry.objects.count() == 1


def test_vera_cannot_sit_at_two_places(vera):
    start_shift(person=vera, extension="101", actor=vera)
    with pytest.raises(Refused, match="already on shift at extension 101"):
        start_shift(person=vera, extension="102", actor=vera)


@pytest.mark.feature("R2")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_pick_the_same_extension_at_once_one_is_told_who_has_it():
    people = [someone(name, "Petrov") for name in ("Boris", "Denis", "Egor")]
    together = threading.Barrier(len(people))
    outcomes = []

    def pick(person):
        together.wait(5)
        try:
            outcomes.append(start_shift(person=person, extension="101", actor=person).person)
        except Refused as refusal:
            outcomes.append(refusal.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=pick, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    winner = Shift.objects.get().person
    assert outcomes.count(winner) == 1
    assert outcomes.count(f"Extension 101 is taken by {winner}. Choose another one.") == 2


@pytest.mark.django_db(transaction=True)
def test_the_link_hears_its_bell_when_the_shift_is_committed(vera):
    with connection.cursor() as cursor:
        cursor.execute("listen link_bell")
    start_shift(person=vera, extension="101", actor=vera)
    assert [n.channel for n in connection.connection.notifies(timeout=2, stop_after=1)] == ["link_bell"]
