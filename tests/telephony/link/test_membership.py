"""Whose telephone rings for the queue follows who is on shift."""

import pytest
from django.utils import timezone

from dispatch.staff.models import Shift
from telephony.models import Extension
from telephony.services.membership import Plan, Roster, plan, roster
from tests.telephony import office

VERA, BORIS = ("PJSIP/101", "Ivanova Vera"), ("PJSIP/102", "Petrov Boris")


def test_who_starts_a_shift_is_added_and_who_ends_it_taken_out():
    on_shift = Roster(dict([VERA]), frozenset({"PJSIP/101", "PJSIP/102"}))
    assert plan(on_shift, dict([BORIS])) == Plan(("PJSIP/102",), (VERA,))
    assert plan(on_shift, dict([VERA])) == Plan((), ())


def test_a_member_that_is_none_of_the_house_stays():
    assert plan(Roster({}, frozenset({"PJSIP/101"})), {"PJSIP/night-guard": "Guard"}) == Plan((), ())


def test_another_person_at_the_same_telephone_is_a_new_member():
    on_shift = Roster({"PJSIP/101": "Petrov Boris"}, frozenset({"PJSIP/101"}))
    assert plan(on_shift, dict([VERA])) == Plan(("PJSIP/101",), (("PJSIP/101", "Petrov Boris"),))


@pytest.mark.django_db
@pytest.mark.feature("C1")
def test_the_roster_is_who_sits_at_a_telephone_in_use(django_assert_num_queries):
    vera = office.vera()
    office.boris()
    Extension.objects.create(number="103", interface="PJSIP/103")
    Extension.objects.filter(number="102").update(is_active=False)
    with django_assert_num_queries(2):
        now = roster()
    assert now == Roster(dict([VERA]), frozenset({"PJSIP/101", "PJSIP/102", "PJSIP/103"}))
    Shift.objects.filter(person=vera).update(ended_at=timezone.now())
    assert roster().on_shift == {}
