"""Bytes of the AMI socket into messages, however they are cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.ami.translate import moment, translate
from telephony.ami.wire import NOISE, Wire, parse
from telephony.core import pbx
from tests import tapes

NAMES = "Иван Петров שלום مرحبا"
SESSION = (
    "Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"
    f"Event: Newchannel\r\nChannel: PJSIP/101-00000001\r\nCallerIDName: {NAMES}\r\nExten: \r\nUniqueid: 1795.1\r\n\r\n"
    "Event: VarSet\r\nVariable: X\r\nValue: 1\r\n\r\n"
    "Event: TestEvent\r\nState: a\r\nState: b\r\n\r\n\r\n"
    "Event: UserEvent\r\nUserEvent: DeskPick\r\nNote: a: b\r\nChanVariable: A=1\r\nChanVariable: B=2\r\n\r\n"
).encode()


def test_whole_messages_come_out_however_the_bytes_are_cut() -> None:
    whole = Wire().feed(SESSION)
    assert [message.get("Event", "reply") for message in whole] == ["reply", "Newchannel", "UserEvent"]
    for cut in range(len(SESSION)):
        wire = Wire()
        assert wire.feed(SESSION[:cut]) + wire.feed(SESSION[cut:]) == whole


def test_byte_by_byte_no_character_is_damaged() -> None:
    wire = Wire()
    messages = [message for index in range(len(SESSION)) for message in wire.feed(SESSION[index : index + 1])]
    assert messages[1]["CallerIDName"] == NAMES


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=40))
def test_a_real_tape_says_the_same_in_any_pieces(sizes: list[int]) -> None:
    data = tapes.data("queue_answer")
    wire, messages, at, turn = Wire(), [], 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        messages += wire.feed(data[at : at + size])
        at, turn = at + size, turn + 1
    assert messages == Wire().feed(data)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=20))
def test_no_bytes_make_it_stumble(pieces: list[bytes]) -> None:
    wire = Wire(limit=300)
    for piece in pieces:
        for message in wire.feed(piece):
            translate(message)


def test_a_header_that_comes_twice_is_a_list() -> None:
    message = Wire().feed(SESSION)[-1]
    assert message["ChanVariable"] == ["A=1", "B=2"]
    assert message["Note"] == "a: b"


def test_an_empty_header_stays_and_an_odd_line_goes() -> None:
    assert parse(b"Event: X\r\nExten: \r\nTight:value\r\nno header\r\nLast:") == {
        "Event": "X",
        "Exten": "",
        "Tight": "value",
        "Last": "",
    }


def test_what_is_noise_is_for_the_reader_to_say() -> None:
    assert {"VarSet", "TestEvent", "RTCPSent"} <= NOISE
    events = [message.get("Event") for message in Wire(skip=["Newchannel"]).feed(SESSION)]
    assert events == [None, "VarSet", "TestEvent", "UserEvent"]


def test_broken_characters_are_replaced() -> None:
    (message,) = Wire().feed(b"Event: X\r\nName: \xff\xd0\r\n\r\n")
    assert message["Name"] == "\ufffd\ufffd"


def test_a_message_without_an_end_is_dropped_and_the_next_one_is_read() -> None:
    wire = Wire(limit=10_000)
    for _ in range(50):
        assert wire.feed(b"x" * 1000) == []
    assert wire.dropped == 1
    assert len(wire._rest) <= 10_000
    assert wire.feed(b"\r\n\r\nEvent: Hangup\r\n\r\n") == [{"Event": "Hangup"}]


def test_a_message_of_the_allowed_size_passes() -> None:
    wire = Wire(limit=10_000)
    (message,) = wire.feed(b"Event: X\r\nOutput: " + b"y" * 9_000 + b"\r\n\r\n")
    assert len(message["Output"]) == 9_000
    assert wire.dropped == 0


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"Timestamp": "1795390636.034720", "Uniqueid": "pbx-1.1"}, 1795390636.03472),
        ({"Timestamp": "soon", "Uniqueid": "pbx-1795390636.20"}, 1795390636.0),
        ({"DestUniqueid": "1795390636.20"}, 1795390636.0),
        ({"Uniqueid": "disp-42-a"}, None),
        ({"Uniqueid": ["1", "2"]}, None),
        ({}, None),
    ],
)
def test_the_moment_of_an_event(headers: dict[str, str | list[str]], at: float | None) -> None:
    assert moment(headers) == at


def test_unknown_words_of_the_pbx_are_empty_for_us() -> None:
    report = translate({"Event": "Newchannel", "Uniqueid": "1.1", "Channel": "PJSIP/1-1", "CallerIDNum": "<unknown>"})
    assert isinstance(report, pbx.ChannelNew)
    assert report.channel.number == ""
    assert translate({"Event": "SomethingNew"}) is None
    assert translate({"Response": "Success"}) is None


def test_a_user_event_keeps_its_fields() -> None:
    report = translate({"Event": "UserEvent", "UserEvent": "DeskPick", "Channel": ["a", "b"], "Timestamp": "1.5"})
    assert report == pbx.UserSaid(1.5, "DeskPick", {"Channel": "a"})
