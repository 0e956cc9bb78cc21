"""The pick-up time as it is typed while the client speaks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.when import ComesTwice, NeverComes, read, write

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 18, 0, 30, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", None),
        ("  ", None),
        ("+20", "2026-11-23 18:20"),
        ("+ 5", "2026-11-23 18:05"),
        ("18:30", "2026-11-23 18:30"),
        ("1830", "2026-11-23 18:30"),
        ("18.30", "2026-11-23 18:30"),
        ("18:00", "2026-11-23 18:00"),  # half a minute ago is now, not tomorrow
        ("7:15", "2026-11-24 07:15"),
        ("25.11 7:15", "2026-11-25 07:15"),
        ("25/11 0715", "2026-11-25 07:15"),
        ("2.01 10:00", "2027-01-02 10:00"),
        ("2026-11-25 07:15", "2026-11-25 07:15"),
        ("2026-11-25T07:15", "2026-11-25 07:15"),
    ],
)
def test_what_vera_types_is_what_the_client_said(text, meant):
    moment = read(text, NOW)
    assert (moment and moment.strftime("%Y-%m-%d %H:%M")) == meant
    assert moment is None or moment.second == 0


@pytest.mark.parametrize(
    "text", ["soon", "25:00", "12:60", "31.02 10:00", "99", "2126-01-01 10:00", "+", "-5", "+9999"]
)
def test_what_is_no_time_is_asked_again(text):
    with pytest.raises(ValueError):
        read(text, NOW)


def test_the_office_clock_counts_across_the_change_of_summer_time():
    eve = datetime(2026, 10, 24, 23, 0, tzinfo=BERLIN)
    assert read("7:00", eve).isoformat() == "2026-10-25T07:00:00+01:00"


@pytest.mark.feature("C8")
def test_a_time_that_the_clock_leaps_over_is_asked_again():
    eve = datetime(2026, 3, 28, 20, 0, tzinfo=BERLIN)
    with pytest.raises(NeverComes):
        read("2:30", eve)
    with pytest.raises(NeverComes):
        read("29.03 2:30", eve)
    assert read("3:30", eve).isoformat() == "2026-03-29T03:30:00+02:00"
    morning = datetime(2026, 3, 29, 9, 0, tzinfo=BERLIN)
    assert read("2:30", morning).isoformat() == "2026-03-30T02:30:00+02:00"  # the next such is tomorrow's


@pytest.mark.feature("C8")
def test_of_a_time_that_comes_twice_vera_says_which():
    eve = datetime(2026, 10, 24, 20, 0, tzinfo=BERLIN)
    with pytest.raises(ComesTwice):
        read("2:30", eve)
    assert read("2:30a", eve).isoformat() == "2026-10-25T02:30:00+02:00"
    assert read("25.10 2:30B", eve).isoformat() == "2026-10-25T02:30:00+01:00"
    for text in ("2026-10-25 02:30a", "2026-10-25 02:30b", "2026-10-25 07:15"):
        assert write(read(text, eve)) == text


def test_when_the_first_of_the_two_has_passed_the_second_is_meant():
    between = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)  # of summer time
    assert read("2:30", between).isoformat() == "2026-10-25T02:30:00+01:00"


def test_in_twenty_minutes_is_in_twenty_minutes_also_on_that_night():
    before = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)
    assert read("+20", before).isoformat() == "2026-10-25T02:10:00+01:00"


@given(st.text(max_size=30))
def test_anything_typed_is_a_time_or_a_value_error(text):
    try:
        moment = read(text, NOW)
    except ValueError:
        return
    assert moment is None or moment.tzinfo is not None
