"""The pick-up time as it is typed while the client speaks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.when import read

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


@given(st.text(max_size=30))
def test_anything_typed_is_a_time_or_a_value_error(text):
    try:
        moment = read(text, NOW)
    except ValueError:
        return
    assert moment is None or moment.tzinfo is not None
