"""Sergey, the supervisor, at Vera's conversation: told with her call, and never one of his own."""

import pytest

from telephony.core import call as told
from telephony.core import operations, pbx, watching
from telephony.core.board import Board
from telephony.core.call import Call
from telephony.core.facts import CallChanged
from telephony.core.operations import DONE, Move, Order, Outcome
from telephony.core.rules import OVER
from telephony.core.watching import Wish
from tests import tapes

KONSTANTIN, VERA, SERGEY = "79161234567", "101", "104"
LEG = "watch0123456789abcdef0123456789abcdef-1700000000.1"


def story(tape: str) -> list[Call]:
    """Every state of every call."""
    board, told = Board(), []
    for report in tapes.reports(tape):
        told += [fact.call for fact in board.apply(report) if isinstance(fact, CallChanged)]
    return told


def during(tape: str, **what: object) -> tuple[Board, Call]:
    """The board in the first moment in which a call looks like that."""
    board = Board()
    for report in tapes.reports(tape):
        for fact in board.apply(report):
            if isinstance(fact, CallChanged) and all(getattr(fact.call, name) == value for name, value in what.items()):
                return board, fact.call
    raise AssertionError(f"never {what}")


def watched(tape: str, mode: str) -> Call:
    return next(call for call in story(tape) if any(each.mode == mode for each in call.watchers))


@pytest.mark.feature("P18", "P19", "P20")
def test_he_listens_whispers_joins_and_on_hold_is_with_vera_alone() -> None:
    calls = story("desk_watch_all")
    assert {call.caller for call in calls} == {KONSTANTIN}
    modes = [call.watchers[0].mode if call.watchers else "" for call in calls]
    assert [mode for place, mode in enumerate(modes) if place == 0 or modes[place - 1] != mode] == [
        "", "listen", "whisper", "join", "whisper", ""
    ]  # fmt: skip
    assert {each.by for call in calls for each in call.watchers} == {SERGEY}
    assert all(SERGEY not in (*call.talking_to, *call.answered_by, *call.ringing) for call in calls)
    assert all(leg.party != SERGEY for call in calls for leg in call.legs)


@pytest.mark.feature("P20")
def test_when_he_leaves_nobody_watches_and_the_call_goes_on() -> None:
    calls = story("desk_watch_and_leave")
    last = max(place for place, call in enumerate(calls) if call.watchers)
    assert calls[last + 1].state == told.TALKING
    assert not calls[last + 1].watchers


@pytest.mark.feature("P20")
def test_a_link_that_comes_later_knows_who_listens_from_where_he_stands() -> None:
    vera, client = pbx.Chan("1.1", "PJSIP/101-00000001"), pbx.Chan("1.0", "PJSIP/trunk-00000000", "Up", KONSTANTIN)
    sergey = pbx.Chan(LEG, "PJSIP/104-00000002", "Up", SERGEY, context="desk-watch", exten="whisper-1.1")
    room = pbx.Bridge("b", "basic", "simple_bridge")
    entries = tuple(pbx.ChannelEntry(each, "b", 9.0) for each in (client, vera._replace(linkedid="1.0")))
    here = pbx.Snapshot((*entries, pbx.ChannelEntry(sergey, "", 3.0, "ChanSpy")), (room,))
    board = Board()
    board.resync(here, 1000.0)
    (call,) = board.calls.values()
    assert [(each.by, each.mode, each.of) for each in call.watchers] == [(SERGEY, "whisper", "1.1")]

    board.resync(pbx.Snapshot(entries, (room,)), 1001.0)
    (call,) = board.calls.values()
    assert call.watchers == ()


@pytest.mark.feature("P17")
@pytest.mark.parametrize("tape", ["desk_take_over", "desk_watch_then_take_over"])
def test_whoever_takes_over_has_the_call(tape: str) -> None:
    calls = story(tape)
    assert {call.caller for call in calls} == {KONSTANTIN}
    _, call = during(tape, talking_to=(SERGEY,))
    assert not call.watchers
    assert operations.order("hold", call, SERGEY, endpoint=SERGEY, args={}) == Order(
        (Move(call.caller_uniqueid, "desk-hold", LEG), Move(LEG, "desk-idle", call.caller_uniqueid))
    )
    (transfer,) = calls[-1].transfers
    assert (transfer.kind, transfer.by, transfer.to, transfer.completed) == ("taken", VERA, (SERGEY,), True)
    assert [leg.role for leg in calls[-1].legs if leg.party == SERGEY] == ["target"]


@pytest.mark.feature("P18", "P19", "P20")
def test_the_action_is_one_call_to_his_telephone_or_one_redirect() -> None:
    _, talking = during("desk_watch_all", talking_to=(VERA,))
    client, leg = talking.caller_uniqueid, next(each.uniqueid for each in talking.legs if each.party == VERA)

    def order(verb: str, call: Call) -> Order | None:
        return watching.order(Wish(verb, SERGEY, VERA), call, endpoint="104w", leg=LEG)

    assert order("listen", talking) == Order(call="104w", to=Move(LEG, "desk-watch", f"listen-{leg}"))
    assert order("take_over", talking) == Order(call="104w", to=Move(LEG, "desk-take-over", f"{client}_{leg}"))
    assert order("stop_watching", talking) is None
    listening = watched("desk_watch_all", "listen")
    assert order("join", listening) == Order((Move(LEG, "desk-watch", f"join-{leg}"),))
    assert order("take_over", listening) == Order((Move(LEG, "desk-take-over", f"{client}_{leg}"),))
    assert order("stop_watching", listening) == Order(hang_up=LEG)


@pytest.mark.feature("P18", "P19", "P20")
def test_the_call_confirms_what_he_does() -> None:
    def shown(verb: str, call: Call | None) -> Outcome | None:
        return watching.outcome(Wish(verb, SERGEY, VERA), call)

    listening, joined = watched("desk_watch_all", "listen"), watched("desk_watch_all", "join")
    assert [shown(verb, listening) for verb in watching.VERBS] == [DONE, None, None, None, None]
    assert [shown(verb, joined) for verb in watching.VERBS] == [None, None, DONE, None, None]
    ended = story("desk_watch_all")[-1]
    assert [shown(verb, ended) for verb in watching.VERBS] == [Outcome(OVER)] * 3 + [DONE, Outcome(OVER)]
    _, taken = during("desk_take_over", talking_to=(SERGEY,))
    assert shown("take_over", taken) == DONE


@pytest.mark.feature("P18", "P19", "P20")
def test_it_is_refused_with_a_reason() -> None:
    def why(verb: str, *, of: str = VERA, **standing: object) -> str:
        plain = {"ended": False, "talks": True, **standing}
        refusal = watching.refusal(Wish(verb, SERGEY, of), operations.Standing(**plain))  # type: ignore[arg-type]
        return refusal.id if refusal else ""

    assert [why(verb) for verb in ("listen", "whisper", "join", "take_over")] == [""] * 4
    assert why("listen", ended=True) == OVER
    assert why("listen", talks=False) == watching.NOBODY_TALKS
    assert why("join", phase="hold") == watching.NOBODY_TALKS
    assert why("listen", phase="hold") == why("take_over", phase="hold") == ""
    assert why("listen", phase="park") == watching.NOBODY_TALKS
    assert why("take_over", phase="hold", second="talking") == watching.THREE
    assert why("take_over", phase="all") == why("join", phase="all") == watching.THREE
    assert why("listen", of=SERGEY) == watching.OWN_CALL
    assert why("join", watchers=(("102", "join"),)) == watching.JOINED
    assert why("stop_watching") == watching.NOT_WATCHING
    assert why("stop_watching", watchers=((SERGEY, "listen"),)) == ""
