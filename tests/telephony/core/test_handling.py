"""What the desk does with its client, as the board tells it from real tapes; and what a click may be and shows."""

from dataclasses import replace

import pytest

from telephony.core import operations, pbx
from telephony.core.board import Board
from telephony.core.call import ENDED, Call, Handling, Second
from telephony.core.facts import CallChanged
from telephony.core.operations import DONE, Move, Outcome, Standing
from tests import tapes
from tests.telephony.link import told


def story(name: str) -> list[str]:
    """phase, by, to, the second party and its state, as they change."""
    board, lines = Board(), []
    for report in tapes.reports(name):
        for fact in board.apply(report):
            if isinstance(fact, CallChanged) and fact.call.handling:
                line = said(fact.call.handling)
                if line not in lines[-1:]:
                    lines.append(line)
    return lines


def said(handling: Handling) -> str:
    second = handling.second
    parts = [handling.phase or "talk", handling.by, handling.to, f"{second.party} {second.state}" if second else ""]
    return " ".join(part for part in parts if part)


@pytest.mark.feature("D7")
def test_hold_and_back() -> None:
    assert story("desk_hold_and_back") == ["talk 101", "hold 101", "talk 101"]


@pytest.mark.feature("P10")
def test_his_own_person_is_rung_before_the_queue() -> None:
    assert story("desk_own_answered") == ["own 101 101", "talk 101"]
    assert story("desk_own_no_answer") == ["own 101 101", "talk 102"]


@pytest.mark.feature("P10")
def test_it_is_one_call_rung_at_her_and_then_in_the_queue() -> None:
    board, last = Board(), {}
    for report in tapes.reports("desk_own_no_answer"):
        last |= {fact.key: fact.call for fact in board.apply(report) if isinstance(fact, CallChanged)}
    (call,) = last.values()
    legs = [(leg.party, leg.role, leg.outcome) for leg in call.legs if leg.role != "caller"]
    assert legs[0] == ("101", "own", "noanswer")
    assert ("102", "called", "answered") in legs[1:]
    assert (call.queue, call.answered_by, call.transfers) == ("dispatch", ("102",), ())


@pytest.mark.feature("D11")
@pytest.mark.parametrize(
    ("tape", "end"),
    [
        ("desk_consult_busy", ["hold 101 103 busy", "hold 101", "talk 101"]),
        ("desk_consult_no_answer", ["hold 101 103 noanswer", "hold 101", "talk 101"]),
        ("desk_consult_cancelled", ["hold 101", "talk 101"]),
        ("desk_consult_connect", ["hold 101 103 talking", "hold 101 103 ringing", "talk 103"]),
    ],
)
def test_a_second_party_is_called(tape: str, end: list[str]) -> None:
    begin = ["talk 101", "hold 101", "hold 101 103 called", "hold 101 103 ringing"]
    assert story(tape) == begin + end


@pytest.mark.feature("D12")
def test_a_blind_transfer_that_nobody_answers_comes_home() -> None:
    assert story("desk_blind_no_answer") == [
        "talk 101",
        "transfer 101 103",
        "home noanswer",
        "home 101 noanswer",
        "talk 101",
    ]


@pytest.mark.feature("P13")
def test_parked_and_taken() -> None:
    assert story("park_originate_take")[:2] == ["talk 101", "park 101 701"]


# --- a link that comes in the middle ------------------------------------------------------------------------------


def chan(number: int, name: str, party: str, context: str, exten: str) -> pbx.Chan:
    return pbx.Chan(f"1795.{number}", f"PJSIP/{name}-0000000{number}", "Up", party, "", context, exten, "1795.1")


CLIENT = chan(1, "trunk", "79161234567", "desk-hold", "1795.2")


def found(*entries: pbx.ChannelEntry, bridges: tuple[pbx.Bridge, ...] = ()) -> Call:
    board = Board()
    board.resync(pbx.Snapshot(channels=entries, bridges=bridges), 1795.0)
    return board.calls["1795.1"]


def late(*entries: pbx.ChannelEntry, bridges: tuple[pbx.Bridge, ...] = ()) -> Handling | None:
    return found(*entries, bridges=bridges).handling


def test_a_late_link_knows_who_holds_and_that_whoever_is_held_was_talked_with() -> None:
    leg = chan(2, "101", "101", "desk-idle", "1795.1")
    call = found(pbx.ChannelEntry(CLIENT, application="MusicOnHold"), pbx.ChannelEntry(leg, application="Wait"))
    assert call.handling
    assert (said(call.handling), call.state) == ("hold 101", "talking")


@pytest.mark.parametrize(("bridge", "state"), [("", "ringing"), ("b", "talking")])
def test_a_late_link_knows_whom_she_asks(bridge: str, state: str) -> None:
    leg = chan(2, "101", "101", "desk-consult", "103-1795.1")
    second = chan(3, "103", "103", "staff", "103")
    handling = late(
        pbx.ChannelEntry(CLIENT, application="MusicOnHold"),
        pbx.ChannelEntry(leg, bridge, application="Dial"),
        pbx.ChannelEntry(second, bridge, application="AppDial"),
        bridges=(pbx.Bridge("b"),) if bridge else (),
    )
    assert handling
    assert said(handling) == f"hold 101 103 {state}"


def test_a_late_link_knows_to_whom_he_is_sent() -> None:
    client = chan(1, "trunk", "79161234567", "desk-transfer", "103-101")
    second = chan(2, "103", "103", "staff", "103")
    handling = late(pbx.ChannelEntry(client, application="Dial"), pbx.ChannelEntry(second, application="AppDial"))
    assert handling
    assert said(handling) == "transfer 101 103"


# --- the telephone's own hold ---------------------------------------------------------------------------------------

TALKS = (
    pbx.ChannelEntry(chan(1, "trunk", "79161234567", "from-trunk", "4950000"), "b", application="Queue"),
    pbx.ChannelEntry(chan(2, "101", "101", "staff", "101"), "b", application="AppQueue"),
)


def asked(*held: bool | None) -> pbx.Snapshot:
    """The two talk; whose telephone holds, as far as the PBX says it."""
    entries = tuple(replace(entry, held=one) for entry, one in zip(TALKS, held, strict=True))
    return pbx.Snapshot(channels=entries, bridges=(pbx.Bridge("b"),))


@pytest.mark.feature("M10")
def test_a_telephone_that_holds_by_itself_is_told_until_it_takes_him_back() -> None:
    board = Board()
    board.resync(asked(None, None), 1795.0)
    assert board.calls["1795.1"].held_by == ()
    for report, holds in ((pbx.Held, ("101",)), (pbx.Resumed, ())):
        facts = board.apply(report(1796.0, TALKS[1].channel))
        assert [fact.call.held_by for fact in facts if isinstance(fact, CallChanged)] == [holds]
    call = board.calls["1795.1"]
    assert call.handling
    assert call.handling.phase == ""  # the desk has done nothing


@pytest.mark.feature("M10")
def test_a_late_link_knows_whose_telephone_holds_and_what_changed_while_nobody_looked() -> None:
    board = Board()
    board.resync(asked(False, True), 1795.0)
    assert board.calls["1795.1"].held_by == ("101",)
    board.resync(asked(None, None), 1796.0)
    assert board.calls["1795.1"].held_by == ("101",)  # a PBX that does not say changes nothing
    board.resync(asked(False, False), 1797.0)
    assert board.calls["1795.1"].held_by == ()


# --- clicks -------------------------------------------------------------------------------------------------------


def handled(phase: str = "", second: str = "", **fields: str) -> Call:
    party = Second("103", "S", second) if second else None
    return told.talking(
        told.ringing(), handling=Handling(phase, "101", "C", "D", "79269998877", fields.get("to", ""), party)
    )


@pytest.mark.parametrize(
    ("phase", "second", "allowed"),
    [
        ("", "", {"hold", "consult", "transfer", "park", "keys", "hang_up"}),
        ("hold", "", {"back", "consult", "transfer", "park", "hang_up"}),
        ("hold", "ringing", {"back", "hang_up"}),
        ("hold", "talking", {"back", "connect", "swap", "together", "hang_up"}),
        ("", "held", {"connect", "swap", "together", "keys", "hang_up"}),
        ("all", "talking", {"hang_up"}),
        ("park", "", {"unpark", "hang_up"}),
        ("transfer", "", {"hang_up"}),
    ],
)
def test_what_may_be_done_when(phase: str, second: str, allowed: set[str]) -> None:
    standing = Standing(False, talks=True, phase=phase, second=second)
    assert {verb for verb in operations.VERBS if operations.refusal(verb, standing) is None} == allowed


@pytest.mark.parametrize(
    ("verb", "call", "moves"),
    [
        ("hold", handled(), (Move("C", "desk-hold", "D"), Move("D", "desk-idle", "C"))),
        ("back", handled("hold"), (Move("D", "desk-take", "C"),)),
        ("consult", handled(), (Move("C", "desk-hold", "D"), Move("D", "desk-consult", "103-C"))),
        ("connect", handled("hold", "talking"), (Move("S", "desk-join", "C"),)),
        ("swap", handled("hold", "talking"), (Move("S", "desk-hold2", "D"), Move("D", "desk-take", "C"))),
        ("swap", handled("", "held"), (Move("C", "desk-hold", "D"), Move("D", "desk-take", "S"))),
        ("together", handled("hold", "talking"), (Move("S", "desk-all", "C"), Move("D", "desk-all", "C"))),
        ("transfer", handled(), (Move("C", "desk-transfer", "103-101w"),)),
        ("park", handled(), (Move("C", "desk-park", "101w"),)),
    ],
)
def test_each_click_is_one_action(verb: str, call: Call, moves: tuple[Move, ...]) -> None:
    order = operations.order(verb, call, "101", endpoint="101w", args={"to": "103"})
    assert order is not None
    assert order.moves == moves


def test_of_two_colleagues_each_may_hold_the_other() -> None:
    call = told.talking(told.ringing(), handling=Handling("", "102", "A", "B", "101"))
    order = operations.order("hold", call, "101", endpoint="101", args={})
    assert order is not None
    assert order.moves == (Move("B", "desk-hold", "A"), Move("A", "desk-idle", "B"))


@pytest.mark.parametrize(
    ("verb", "call", "outcome"),
    [
        ("hold", handled(), None),
        ("hold", handled("hold"), DONE),
        ("consult", handled("hold"), None),
        ("consult", handled("hold", "ringing"), DONE),
        ("connect", handled("hold", "talking"), None),
        ("connect", replace(handled(), handling=Handling("", "103", "C", "S", "79269998877")), DONE),
        ("park", handled("home", to="full"), Outcome("lot_full")),
        ("hold", handled("home", to="lost"), Outcome("not_done_talk")),
        ("unpark", replace(handled(), handling=Handling("", "102", "C", "X", "79269998877")), Outcome("taken", "102")),
        ("back", None, Outcome("over")),
        ("hang_up", None, DONE),
    ],
)
def test_what_the_call_shows_of_a_click(verb: str, call: Call | None, outcome: Outcome | None) -> None:
    assert operations.outcome(verb, call, "101", {}) == outcome
    if call is not None:
        over = replace(call, state=ENDED, handling=None)
        assert operations.outcome(verb, over, "101", {}) == (DONE if verb == "hang_up" else Outcome("over"))
