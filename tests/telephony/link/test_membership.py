"""Whose telephone rings for the queue follows who is on shift, and who is in a break."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.live.models import Change
from dispatch.staff.models import Shift
from dispatch.staff.services import breaks
from telephony.core.pbx import QueueMemberSeen
from telephony.lease import take
from telephony.models import Extension
from telephony.services.membership import TALKS, Plan, Roster, Seat, plan, roster, saw
from tests.telephony import office

VERA, BORIS = ("PJSIP/101", "Ivanova Vera"), ("PJSIP/102", "Petrov Boris")
HOUSE = frozenset({"PJSIP/101", "PJSIP/102"})


def member(who: tuple[str, str], *, why: str = "") -> QueueMemberSeen:
    return QueueMemberSeen(None, "dispatch", *who, 1, bool(why), why, gone=False)


def on_shift(who: tuple[str, str], paused: str = "") -> dict[str, Seat]:
    return {who[0]: Seat(who[1], paused)}


def test_who_starts_a_shift_is_added_and_who_ends_it_taken_out():
    now = Roster(on_shift(VERA), HOUSE)
    assert plan(now, [member(BORIS)]) == Plan(remove=("PJSIP/102",), add=((*VERA, ""),))
    assert not plan(now, [member(VERA)])


def test_a_member_that_is_none_of_the_house_stays():
    assert not plan(Roster({}, HOUSE), [member(("PJSIP/night-guard", "Guard"), why="sleeps")])


def test_another_person_at_the_same_telephone_is_a_new_member():
    now = Roster(on_shift(("PJSIP/101", "Petrov Boris")), HOUSE)
    assert plan(now, [member(VERA)]) == Plan(remove=("PJSIP/101",), add=(("PJSIP/101", "Petrov Boris", ""),))


@pytest.mark.feature("C1")
def test_who_takes_a_break_is_paused_and_rings_again_after_it():
    rests, works = Roster(on_shift(VERA, "lunch"), HOUSE), Roster(on_shift(VERA), HOUSE)
    assert plan(rests, [member(VERA)]) == Plan(pause=(("PJSIP/101", "lunch"),))
    assert not plan(rests, [member(VERA, why="lunch")])
    assert plan(works, [member(VERA, why="lunch")]) == Plan(resume=("PJSIP/101",))
    assert plan(rests, []) == Plan(add=((*VERA, "lunch"),))  # the PBX was restarted meanwhile


@pytest.mark.django_db
@pytest.mark.feature("C1")
def test_the_roster_is_who_sits_at_a_telephone_in_use(django_assert_num_queries):
    vera = office.vera()
    office.boris()
    Extension.objects.create(number="103", interface="PJSIP/103")
    Extension.objects.filter(number="102").update(is_active=False)
    with django_assert_num_queries(3):
        now = roster()
    assert now == Roster(on_shift(VERA), frozenset({"PJSIP/101", "PJSIP/102", "PJSIP/103"}))
    Shift.objects.filter(person=vera).update(ended_at=timezone.now())
    assert roster().on_shift == {}


@pytest.mark.django_db
def test_the_roster_says_who_rests_why_and_until_when():
    vera, boris = office.vera(), office.boris()
    breaks.begin(shift=vera.shifts.get(), reason="обед " * 12, note="", actor=vera)
    breaks.wrap_up(shift=boris.shifts.get(), seconds=20, occasion="leg:1")
    seats = roster().on_shift
    assert seats["PJSIP/101"].paused == "обед обед обед обед обед обед обе"  # as much as the queue has room for
    assert seats["PJSIP/102"].paused == "wrap_up"
    assert 18 < roster().next_end <= 20


@pytest.mark.django_db
def test_a_break_that_waits_for_the_call_does_not_pause_yet():
    vera = office.vera()
    breaks.begin_after_call(shift=vera.shifts.get(), reason="lunch", note="", actor=vera)
    assert roster().on_shift == on_shift(VERA)


@pytest.mark.django_db(transaction=True)
def test_what_the_pbx_says_is_kept_and_told_to_whose_telephone_it_is():
    vera = office.vera()
    tenure = take("test")
    saw(tenure, [member(VERA, why="lunch"), member(("PJSIP/night-guard", "Guard"))])
    assert Extension.objects.get(number="101").queue == Extension.Queue.PAUSED
    told = Change.objects.filter(kind="shift")
    assert list(told.values_list("topic", "key")) == [(f"person.{vera.pk}", str(vera.shifts.get().pk))]
    saw(tenure, [member(VERA, why="lunch")])
    assert told.count() == 1  # nothing new
    saw(tenure, [])
    assert Extension.objects.get(number="101").queue == Extension.Queue.OUT


@pytest.mark.django_db
def test_a_wrap_up_is_over_when_its_time_is():
    vera = office.vera()
    shift = vera.shifts.get()
    breaks.wrap_up(shift=shift, seconds=20, occasion="leg:1")
    assert breaks.end_due() == 0
    shift.breaks.update(until=timezone.now() - timedelta(seconds=1))
    assert (breaks.end_due(), breaks.end_due()) == (1, 0)
    assert roster().on_shift == on_shift(VERA)


# --- a telephone in the browser beside that on the desk --------------------------------------------------------------


def seen(device: str, *, status: int = 1, why: str = "") -> QueueMemberSeen:
    return QueueMemberSeen(None, "dispatch", device, VERA[1], status, bool(why), why, gone=False)


@pytest.mark.django_db
@pytest.mark.feature("W1")
def test_both_telephones_of_a_person_are_members(settings):
    settings.PHONE_URL = "/phone-line/"
    office.vera()
    now = roster()
    assert now.on_shift == dict.fromkeys(("PJSIP/101", "PJSIP/101w"), Seat(VERA[1]))
    assert now.ours == {"PJSIP/101", "PJSIP/101w"}
    assert [member[0] for member in plan(now, []).add] == ["PJSIP/101", "PJSIP/101w"]


@pytest.mark.django_db
@pytest.mark.feature("W1")
def test_who_talks_at_one_telephone_is_not_rung_at_the_other(settings):
    settings.PHONE_URL = "/phone-line/"
    vera = office.vera()
    two = [seen("PJSIP/101", status=2), seen("PJSIP/101w")]
    one = [seen("PJSIP/101", status=2), seen("PJSIP/101w", status=5)]
    assert {seat.paused for seat in roster({"101"}, two).on_shift.values()} == {TALKS}
    assert {seat.paused for seat in roster({"101"}, one).on_shift.values()} == {""}  # the queue sees it itself
    assert {seat.paused for seat in roster(set(), two).on_shift.values()} == {""}
    breaks.begin(shift=vera.shifts.get(), reason="lunch", note="", actor=vera)
    assert {seat.paused for seat in roster({"101"}, two).on_shift.values()} == {"lunch"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.feature("W1")
def test_that_pause_is_no_break_on_the_screen():
    office.vera()
    saw(take("test"), [seen("PJSIP/101", why=TALKS), seen("PJSIP/101w", why=TALKS)])
    assert Extension.objects.get(number="101").queue == Extension.Queue.RINGS
