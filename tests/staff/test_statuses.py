"""Where Vera is to be had: at the desk, on mobile, not to be disturbed; what comes by itself, and what she chooses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.audit.models import Entry
from dispatch.desk.absent import GAP, Watch
from dispatch.live.models import Change
from dispatch.staff.models import Person, Shift, Status, StatusChange
from dispatch.staff.refusal import Refused
from dispatch.staff.services import statuses
from dispatch.staff.services.shifts import end_shift, seen, start_shift

pytestmark = pytest.mark.feature("P9")


@pytest.fixture
def shift(vera):
    return start_shift(person=vera, extension="101", actor=vera)


def status_of(person):
    return Person.objects.get(pk=person.pk).status


def unseen(shift, seconds):
    Shift.objects.filter(pk=shift.pk).update(seen_at=timezone.now() - timedelta(seconds=seconds))


def back(person):
    statuses.came_back([Person.objects.get(pk=person.pk)])


def test_at_the_desk_comes_with_the_shift_and_on_mobile_when_it_ends(shift, vera):
    assert status_of(vera) == Status.DESK
    statuses.choose(shift=shift, status=Status.DND, actor=vera)
    end_shift(shift=shift, actor=vera)
    assert status_of(vera) == Status.MOBILE
    start_shift(person=vera, extension="101", actor=vera)
    assert status_of(vera) == Status.DESK
    assert [(one.status, one.by) for one in StatusChange.objects.order_by("pk")] == [
        ("desk", None),
        ("dnd", vera),
        ("mobile", None),
        ("desk", None),
    ]


def test_a_choice_is_told_to_all_and_stands_in_the_journal(shift, vera):
    Change.objects.all().delete()
    assert statuses.choose(shift=shift, status=Status.DND, actor=vera)
    told = set(Change.objects.values_list("topic", "kind", "key"))
    assert told == {("staff", "person", str(vera.pk)), (f"person.{vera.pk}", "shift", str(shift.pk))}
    assert Entry.objects.get(verb="status.chosen").details["status"] == "dnd"
    assert not statuses.choose(shift=shift, status=Status.DND, actor=vera)
    assert Entry.objects.filter(verb="status.chosen").count() == 1


def test_without_a_shift_there_is_nothing_to_choose(shift, vera):
    end_shift(shift=shift, actor=vera)
    with pytest.raises(Refused, match="This shift is over"):
        statuses.choose(shift=shift, status=Status.DND, actor=vera)


def test_whose_browser_is_gone_is_on_mobile_after_the_grace_and_not_before(shift, vera, settings):
    for status, after in ((Status.DESK, Status.DESK), (Status.DND, Status.DND)):
        statuses.choose(shift=shift, status=status, actor=vera)
        unseen(shift, settings.STATUS_GRACE_SECONDS)
        assert (statuses.end_absent(), status_of(vera)) == (0, status)
        unseen(shift, 2 * settings.STATUS_GRACE_SECONDS)
        assert (statuses.end_absent(), status_of(vera)) == (1, Status.MOBILE)
        assert statuses.end_absent() == 0
        back(vera)
        assert status_of(vera) == after


def test_who_chose_on_mobile_stays_so_with_an_open_browser(shift, vera):
    statuses.choose(shift=shift, status=Status.MOBILE, actor=vera)
    back(vera)
    assert status_of(vera) == Status.MOBILE
    unseen(shift, 1000)
    assert statuses.end_absent() == 0


def test_who_has_gone_home_is_not_brought_back_by_a_forgotten_page(shift, vera):
    end_shift(shift=shift, actor=vera)
    back(vera)
    assert status_of(vera) == Status.MOBILE


def test_a_look_of_the_doorkeeper_asks_nothing_for_those_who_are_there(shift, vera, django_assert_num_queries):
    person = Person.objects.get(pk=vera.pk)
    with django_assert_num_queries(0):
        statuses.came_back([person])
    with django_assert_num_queries(1):
        assert statuses.end_absent() == 0


def test_a_desk_that_listens_is_written_down_often_enough_for_the_grace(shift, settings):
    settings.STATUS_GRACE_SECONDS = 8
    unseen(shift, 3)
    seen({shift.person_id})
    shift.refresh_from_db()
    assert shift.seen_at > timezone.now() - timedelta(seconds=2)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_web_process_that_could_not_have_heard_her_says_nothing(shift, vera, settings):
    """It has just started; it was frozen; the database was away. After that it waits for the grace, as at its start."""
    clock = Clock()
    watch = Watch(clock)
    unseen(shift, 1000)

    def looks(seconds):
        return [watch.look() for clock.now in steps(clock.now, seconds)]

    assert not any(looks(settings.STATUS_GRACE_SECONDS - 1))
    clock.now += GAP + 1
    assert not any(looks(settings.STATUS_GRACE_SECONDS - 1))
    assert status_of(vera) == Status.DESK
    assert sum(looks(10)) == 1
    assert status_of(vera) == Status.MOBILE


def steps(begin, seconds):
    return [begin + step for step in range(1, int(seconds) + 1)]
