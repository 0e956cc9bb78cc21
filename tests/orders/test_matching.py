"""Why this driver, and why not that one: facts in, reasons out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orders import reasons
from orders.matching import Candidate, Concern, Wanted, by_distance, by_queue, doubts, fits, why

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
PLAIN = Wanted(service_class="economy", options=frozenset(), seats=1, fleet_id=1, position_minutes=5)
SEVEN = Candidate(
    driver_id=7,
    call_sign="7",
    classes=frozenset({"economy"}),
    seats=4,
    seen_at=NOW - timedelta(seconds=20),
    metres=1200,
)


def test_a_free_driver_nearby_is_beyond_doubt():
    assert doubts(PLAIN, SEVEN, NOW) == ()
    assert fits(PLAIN, SEVEN, NOW)


@pytest.mark.feature("C7")
@pytest.mark.parametrize(
    ("wanted", "driver", "concern", "sentence"),
    [
        ({}, {"busy_with": 512}, "busy", "has order 512"),
        ({}, {"on_shift": False}, "off_shift", "is not on shift"),
        ({}, {"on_break": True}, "on_break", "is on a break"),
        ({}, {"holds_offer_of": 9}, "has_offer", "is being asked about order 9"),
        ({}, {"blocked": "hit her dog"}, "blocked", "is not sent to this client: hit her dog"),
        ({}, {"blocked": ""}, "blocked", "is not sent to this client"),
        ({}, {"refused": True}, "refused", "has refused this order already"),
        ({}, {"fleet_id": 2}, "wrong_fleet", "drives for another fleet"),
        ({"service_class": "business"}, {}, "wrong_class", "the car is not of the class “business”"),
        ({"options": frozenset({"pet", "child_seat"})}, {}, "no_options", "the car lacks: child seat, pet"),
        ({"seats": 5}, {}, "few_seats", "the car has only 4 seats"),
        ({}, {"seen_at": NOW - timedelta(minutes=9)}, "stale", "the position is 9 minutes old"),
        ({}, {"seen_at": None}, "no_position", "no position is known"),
        ({}, {"classes": None}, "no_vehicle", "no car is known"),
        ({}, {"shift_ends_at": NOW + timedelta(minutes=20)}, "shift_ends", "the shift ends at 21:20"),
    ],
)
def test_each_reason_against_him_is_a_sentence(wanted, driver, concern, sentence):
    wish, one = replace(PLAIN, **wanted), replace(SEVEN, **driver)
    found = doubts(wish, one, NOW)
    assert [doubt.concern for doubt in found] == [Concern(concern)]
    assert reasons.why_not(found[0]) == sentence
    assert not fits(wish, one, NOW)


def test_a_booking_for_tomorrow_minds_neither_his_position_nor_the_end_of_his_shift():
    tomorrow = replace(PLAIN, is_now=False)
    assert doubts(tomorrow, replace(SEVEN, seen_at=None, shift_ends_at=NOW), NOW) == ()


def test_who_sets_his_client_down_is_asked_only_when_he_wants_the_next_one():
    last_mile = replace(SEVEN, busy_with=512, is_last_mile=True)
    assert not fits(PLAIN, last_mile, NOW)
    assert fits(PLAIN, replace(last_mile, takes_next=True), NOW)
    assert not fits(PLAIN, replace(last_mile, takes_next=True, is_last_mile=False), NOW)


@pytest.mark.feature("C7")
def test_the_queue_goes_by_places_and_the_radius_by_metres_the_busy_ones_last():
    first, second = replace(SEVEN, driver_id=1, stand_id=3, place=1), replace(SEVEN, driver_id=2, stand_id=3, place=2)
    elsewhere, far = replace(SEVEN, driver_id=4, stand_id=4, place=1), replace(SEVEN, driver_id=5, metres=3001)
    ends = replace(SEVEN, driver_id=6, metres=100, busy_with=9, is_last_mile=True, takes_next=True)
    near = replace(SEVEN, driver_id=8, metres=900)
    assert by_queue(3, [second, elsewhere, first, far]) == [first, second]
    assert by_distance(3000, [far, ends, SEVEN, near]) == [near, SEVEN, ends]


def test_why_this_one_is_a_sentence():
    assert reasons.why(why(replace(SEVEN, place=3), 1, is_queue=True)) == "number 3 at the stand"
    assert reasons.why(why(SEVEN, 1, is_queue=False)) == "the nearest: 1.2 km, 4 min"
    assert reasons.why(why(SEVEN, 2, is_queue=False)) == "1.2 km, 4 min, the nearer ones cannot"
    assert reasons.why(why(replace(SEVEN, busy_with=9), 1, is_queue=False)) == "soon free, 1.2 km away"
    assert reasons.why({"kind": "all"}) == "asked together with all others"
    assert reasons.why({}) == "chosen by hand"
