"""One number, however it is written; never an exception."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orders.phones import e164, masked, national


def moscow(raw: str | None) -> str:
    return e164(raw, region="RU", city_code="495")


@pytest.mark.feature("P3")
@pytest.mark.parametrize(
    "raw",
    [
        "+79123456789",
        "79123456789",
        "89123456789",
        "9123456789",
        "8 (912) 345-67-89",
        "+7 912 345 67 89",
        "+7\xa0(912)\xa0345‑67‑89",
        "8.912.345.67.89",
        "sip:+79123456789@10.0.0.5",
        "sip:89123456789@pbx.example;user=phone",
        '"Anna P." <sip:9123456789@10.0.0.5>',
        '"89123456789"',
        "tel:+7-912-345-67-89",
        "+7912٣٤٥6789",
        " 8912 345 6789 ",
        "007 912 345 67 89",
    ],
)
def test_anna_is_recognised_in_any_writing(raw: str) -> None:
    assert moscow(raw) == "+79123456789"


@pytest.mark.parametrize(("raw", "number"), [("2345678", "+74952345678"), ("234-56-78", "+74952345678")])
def test_a_city_number_gets_its_city(raw: str, number: str) -> None:
    assert moscow(raw) == number


@pytest.mark.parametrize(("raw", "number"), [("380501234567", "+380501234567"), ("810380501234567", "+380501234567")])
def test_a_guest_from_abroad_keeps_his_country(raw: str, number: str) -> None:
    assert moscow(raw) == number


@pytest.mark.parametrize(
    "raw",
    [
        None, "", "101", "1204", "112", "*8", "anonymous", "Anonymous <sip:anonymous@anonymous.invalid>", "unknown",
        "Restricted", "<unknown>", "s", "0000000000", "+", "+7", "8800-TAXI-NOW", "1" * 400, "\x00", "+7912345678901",
    ],
)  # fmt: skip
def test_hidden_numbers_extensions_and_nonsense_are_no_numbers(raw: str | None) -> None:
    assert moscow(raw) == ""


def test_another_office_reads_its_own_writing() -> None:
    assert e164("050-123-4567", region="IL") == "+972501234567"
    assert e164("601 234 567", region="PL") == "+48601234567"


@given(st.text())
@example("<>")
@example("sip:@")
@example("+٣")
@example("²³²³²³²³²³")
def test_whatever_the_wire_brings_is_a_number_or_nothing(raw: str) -> None:
    number = moscow(raw)
    assert number == "" or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit() and len(number) <= 16)
    assert len(masked(raw)) == len(raw)
    national(raw, "RU")


@given(st.from_regex(r"\+?[0-9 ()-]{3,20}", fullmatch=True))
def test_reading_a_number_twice_changes_nothing(raw: str) -> None:
    number = moscow(raw)
    assert number == "" or moscow(number) == number


def test_numbers_are_shown_as_people_of_the_place_write_them() -> None:
    assert national("+79123456789", "RU") == "8 (912) 345-67-89"
    assert national("+380501234567", "RU") == "+380 50 123 4567"
    assert national("", "RU") == ""
    assert national("101", "RU") == "101"


def test_a_masked_number_cannot_be_called() -> None:
    assert masked("+79123456789") == "+7••••••••89"
    assert masked("101") == "•••"
    assert masked("") == ""
