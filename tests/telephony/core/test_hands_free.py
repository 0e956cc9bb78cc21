"""How the makes of telephones are told apart, and what is learned of them."""

import pytest

from telephony.core.hands_free import Record, Way, model_of

pytestmark = pytest.mark.feature("P6")


@pytest.mark.parametrize(
    ("user_agent", "model"),
    [
        ("Yealink SIP-T46U 108.86.0.20", "Yealink SIP-T46U"),
        ("snomD785/10.1.54.13", "snomD785"),
        ("PolycomVVX-VVX_411-UA/5.9.0.9373", "PolycomVVX-VVX_411"),
        ("Cisco/SPA504G-7.6.2", "Cisco/SPA504G"),
        ("Linksys/SPA942-6.1.5(a)", "Linksys/SPA942"),
        ("Aastra 6757i/2.5.2.1010", "Aastra 6757i"),
        ("baresip v1.1.0 (x86_64/linux)", "baresip"),
        ("1.2.3", "1.2.3"),
        ("Phone\r\nof two  lines", "Phone of two lines"),
        ("x" * 200, "x" * 60),
        ("", ""),
    ],
)
def test_a_model_is_its_name_without_the_version(user_agent, model):
    assert model_of(user_agent) == model


def test_two_calls_prove_a_way_and_three_disprove_it():
    record = Record()
    assert record.sure is None
    record = record.after(Way.HEADER)
    assert (record.way, record.sure) == (Way.HEADER, None)
    for _ in range(9):
        record = record.after(Way.HEADER)
    assert record.sure is Way.HEADER
    record = record.after(Way.HAND)  # once, the line was slow
    assert record.after(Way.HEADER).sure is Way.HEADER
    record = record.after(Way.HAND)
    assert record.sure is None
    record = record.after(Way.HAND)
    assert (record.way, record.after(Way.HAND).sure) == (Way.HAND, Way.HAND)


def test_what_the_administrator_said_stays():
    said = Record(Way.TALK, is_fixed=True)
    assert said.sure is Way.TALK
    assert said.after(Way.HAND).after(Way.HAND) == said
