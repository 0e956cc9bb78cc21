"""The call machine while calls live: who rings, who talks, whose place it is; and after a lost connection."""

from collections.abc import Iterator

import pytest

from telephony.core import pbx
from telephony.core.board import Board
from telephony.core.call import Call
from telephony.core.facts import Booted, CallChanged, CallJoined, MemberChanged, PhoneChanged, Said
from tests import tapes


def seen(name: str) -> Iterator[tuple[pbx.Report, Board, tuple]]:
    board = Board()
    for report in tapes.reports(name):
        facts = board.apply(report)
        yield report, board, facts


def story(name: str) -> list[str]:
    """What the desk is told of the calls of a tape, in order."""
    return [
        f"{fact.what} {fact.call.state} ring={','.join(fact.call.ringing)} talk={','.join(fact.call.talking_to)}"
        for _, _, facts in seen(name)
        for fact in facts
        if isinstance(fact, CallChanged)
    ]


def shown(board: Board) -> Call:
    (call,) = board.calls.values()
    return call


def chan(number: int, name: str, state: str = "Ring", party: str = "", exten: str = "", root: int = 0) -> pbx.Chan:
    return pbx.Chan(f"1795.{number}", name, state, party, "", "in", exten, f"1795.{root or number}")


@pytest.mark.feature("D5", "D6")
def test_a_call_rings_is_answered_and_ends() -> None:
    assert story("in_answer_caller_hangup") == [
        "started ringing ring= talk=",
        "ringing ringing ring=101 talk=",
        "answered talking ring= talk=",
        "changed talking ring= talk=101",
        "changed talking ring= talk=",
        "changed talking ring= talk=",
        "ended ended ring= talk=",
    ]


def test_a_ring_group_rings_at_three_and_one_gets_it() -> None:
    told = story("in_group_answer")
    assert "ringing ringing ring=101,102,103 talk=" in told
    assert "changed talking ring= talk=102" in told


def test_a_blind_transfer_shows_where_it_rings_and_then_who_talks() -> None:
    told = [line.split(" ", 1)[1] for line in story("blind_ami")]
    assert "ringing ring=104 talk=" in told
    assert (
        told.index("talking ring= talk=101")
        < told.index("ringing ring=104 talk=")
        < told.index("talking ring= talk=104")
    )


def test_a_consultation_stays_a_conversation_while_the_caller_waits() -> None:
    told = [line.split(" ", 1)[1] for line in story("redirect_bridge")]
    waiting = told.index("talking ring=103 talk=")
    assert told[waiting:].index("talking ring= talk=103") > 0
    assert not [line for line in told[waiting:-1] if line.startswith("ringing")]


def test_the_roles_of_the_legs() -> None:
    last = [fact.call for _, _, facts in seen("refer_attended") for fact in facts if isinstance(fact, CallChanged)][-1]
    assert [(leg.party, leg.role, leg.outcome) for leg in last.legs] == [
        ("79161234567", "caller", "answered"),
        ("101", "called", "answered"),
        ("101", "consult", "answered"),
        ("103", "target", "answered"),
    ]
    assert all(leg.started_at and leg.ended_at for leg in last.legs)
    assert last.result == "answered"


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("in_busy", "busy"),
        ("noanswer", "noanswer"),
        ("rejected", "rejected"),
        ("in_cancel", "abandoned"),
        ("queue_abandon", "abandoned"),
        ("queue_timeout", "noanswer"),
        ("conference", "answered"),
        ("c2c_agent_silent", "noanswer"),
    ],
)
def test_the_result_of_a_call(name: str, result: str) -> None:
    ended = [f.call for _, _, facts in seen(name) for f in facts if isinstance(f, CallChanged) and f.what == "ended"]
    assert {call.result for call in ended} == {result}


@pytest.mark.feature("D5")
def test_three_wait_and_move_up_when_one_gives_up() -> None:
    places: list[tuple[int | None, ...]] = []
    for _, board, _ in seen("queue_three_callers"):
        now = tuple(call.place for call in board.calls.values())
        if not places or places[-1] != now:
            places.append(now)
    assert (1, 2, 3) in places
    assert places.index((1, 2, 3)) < places.index((1, 2))


def test_the_key_stays_when_a_bridge_changes_the_linkedid() -> None:
    keys = {key for _, board, _ in seen("refer_attended_nohold") for key in board.calls}
    joined = {
        f.key: f.into for _, _, facts in seen("refer_attended_nohold") for f in facts if isinstance(f, CallJoined)
    }
    assert len(keys - set(joined)) == 1
    assert set(joined.values()) == keys - set(joined)


def test_a_consultation_on_a_second_line_is_never_a_call_of_its_own() -> None:
    assert all(len(board.calls) <= 1 for _, board, _ in seen("refer_attended"))


@pytest.mark.parametrize("name", ["pickup", "park_take", "park_code_take"])
def test_a_colleague_who_picks_up_is_never_shown_as_a_caller(name: str) -> None:
    callers = {call.caller for _, board, _ in seen(name) for call in board.calls.values()}
    assert callers == {"79161234567"}


def test_a_listening_supervisor_is_no_call() -> None:
    last = [len(board.calls) for _, board, _ in seen("spy")]
    assert max(last) <= 2
    joined = [fact for _, _, facts in seen("spy") for fact in facts if isinstance(fact, CallJoined)]
    ended = [f for _, _, facts in seen("spy") for f in facts if isinstance(f, CallChanged) and f.what == "ended"]
    assert [fact.call.caller for fact in ended] == ["79161234567"]
    assert all(fact.into == ended[0].key for fact in joined)


def test_the_name_of_the_callers_channel_follows_a_masquerade() -> None:
    board = Board()
    board.apply(pbx.ChannelNew(1.0, chan(1, "PJSIP/trunk-00000001", party="79161234567", exten="500")))
    board.apply(pbx.ChannelRenamed(2.0, "1795.1", "PJSIP/trunk-00000001", "PJSIP/trunk-00000009"))
    assert shown(board).caller_channel == "PJSIP/trunk-00000009"
    assert shown(board).caller_uniqueid == "1795.1"


def test_a_name_used_again_ends_the_call_whose_hangup_was_lost() -> None:
    board = Board()
    board.apply(pbx.ChannelNew(1.0, chan(1, "PJSIP/trunk-00000001", party="79161234567", exten="500")))
    board.apply(pbx.ChannelNew(9.0, chan(2, "PJSIP/trunk-00000001", party="79160000000", exten="500")))
    assert [call.caller for call in board.calls.values()] == ["79160000000"]


def test_what_comes_after_the_hangup_makes_no_ghost() -> None:
    board = Board()
    caller = chan(1, "PJSIP/trunk-00000001", party="79161234567", exten="500")
    board.apply(pbx.ChannelGone(1.0, caller, 16))
    assert board.apply(pbx.ChannelNew(2.0, caller)) == ()
    assert board.apply(pbx.BridgeEntered(2.0, pbx.Bridge("b"), caller)) == ()
    assert board.calls == {}


def test_user_events_and_members_are_passed_on() -> None:
    board = Board()
    assert board.apply(pbx.UserSaid(1.0, "DeskPick", {"To": "101"})) == (Said("DeskPick", {"To": "101"}, 1.0),)
    assert board.apply(pbx.QueueMemberSeen(1.0, "q", "PJSIP/101", "Vera", 1, True, "обед", False)) == (
        MemberChanged("q", "PJSIP/101", "Vera", 1, True, "обед", False, 1.0),
    )
    assert board.apply(pbx.BootFinished(1.0)) == (Booted(1.0),)


def test_a_call_can_be_forgotten() -> None:
    board = Board()
    board.apply(pbx.ChannelNew(1.0, chan(1, "PJSIP/trunk-00000001", party="79161234567", exten="500")))
    board.forget("1795.1")
    board.forget("1795.1")
    assert board.calls == {}
    assert board.resync(pbx.Snapshot(), 5.0) == ()


# --- after a lost connection ------------------------------------------------------------------------------------------


def snapshot(*entries: pbx.ChannelEntry, **more: object) -> pbx.Snapshot:
    return pbx.Snapshot(channels=entries, **more)  # type: ignore[arg-type]


CALLER = chan(1, "PJSIP/trunk-00000001", "Up", "79161234567", "500")
VERA = chan(2, "PJSIP/101-00000002", "Up", "101", root=1)
RINGING_VERA = pbx.ChannelEntry(chan(2, "PJSIP/101-00000002", "Ringing", "101", root=1), "", 3, "AppQueue")
WAITING = pbx.ChannelEntry(CALLER, "", 12, "Queue")
TALKING = (pbx.ChannelEntry(VERA, "b1", 10, "AppDial"), pbx.ChannelEntry(CALLER, "b1", 12, "Queue"))
IN_QUEUE = (pbx.QueueEntry("1795.1", "dispatch", 1),)


def test_a_link_that_comes_late_sees_the_waiting_caller_and_the_ringing_phone() -> None:
    board = Board()
    facts = board.resync(snapshot(RINGING_VERA, WAITING, queue=IN_QUEUE), 1000.0)
    call = shown(board)
    assert [fact.what for fact in facts if isinstance(fact, CallChanged)] == ["started"]
    assert (call.key, call.caller, call.queue, call.place) == ("1795.1", "79161234567", "dispatch", 1)
    assert (call.state, call.ringing, call.started_at) == ("ringing", ("101",), 988.0)


def test_a_link_that_comes_late_sees_who_talks_with_whom() -> None:
    board = Board()
    board.resync(snapshot(*TALKING), 1000.0)
    call = shown(board)
    assert (call.state, call.talking_to, call.answered_by) == ("talking", ("101",), ("101",))
    assert call.answered_at == 1000.0  # when it looked, at the latest
    board.apply(pbx.HangupAsked(1010.0, VERA, 16))
    board.apply(pbx.ChannelGone(1010.0, VERA, 16))
    (fact,) = board.apply(pbx.ChannelGone(1010.0, CALLER, 16))
    assert (fact.what, fact.call.result, fact.call.ended_by) == ("ended", "answered", "answerer")


def test_an_answer_that_was_missed_is_found() -> None:
    board = Board()
    board.resync(snapshot(RINGING_VERA, WAITING, queue=IN_QUEUE), 1000.0)
    facts = board.resync(snapshot(*TALKING), 1020.0)
    assert [fact.what for fact in facts if isinstance(fact, CallChanged)] == ["answered"]
    call = shown(board)
    assert (call.talking_to, call.ringing, call.place) == (("101",), (), None)


def test_a_call_that_ended_meanwhile_is_lost_with_the_link() -> None:
    board = Board()
    board.resync(snapshot(*TALKING), 1000.0)
    (fact,) = board.resync(snapshot(), 1020.0)
    assert (fact.what, fact.call.state, fact.call.result) == ("ended", "ended", "lost_link")
    assert (fact.call.ended_at, fact.call.ended_by) == (1020.0, "system")
    assert board.calls == {}


def test_a_call_that_ended_with_the_pbx_says_so() -> None:
    board = Board()
    board.resync(snapshot(*TALKING), 1000.0)
    (fact,) = board.resync(snapshot(booted_at=1010.0), 1020.0)
    assert fact.call.result == "lost_pbx"


def test_nothing_changes_where_nothing_happened() -> None:
    board = Board()
    there = snapshot(RINGING_VERA, WAITING, queue=IN_QUEUE)
    board.resync(there, 1000.0)
    assert board.resync(there, 1010.0) == ()


def test_one_who_left_the_queue_meanwhile_has_no_place() -> None:
    board = Board()
    board.resync(snapshot(WAITING, queue=IN_QUEUE), 1000.0)
    board.resync(snapshot(pbx.ChannelEntry(CALLER, "", 20, "Playback")), 1008.0)
    assert shown(board).place is None


def test_a_parked_caller_is_found_parked() -> None:
    board = Board()
    lot = pbx.Bridge("b9", "parking", "holding_bridge", "Parking")
    parked = (pbx.ParkedEntry("1795.1", "701"),)
    board.resync(snapshot(pbx.ChannelEntry(CALLER, "b9", 20, ""), bridges=(lot,), parked=parked), 1000.0)
    call = shown(board)
    assert [(each.kind, each.to, each.ended) for each in call.transfers] == [("park", ("701",), False)]
    assert call.talking_to == ()


def test_who_parked_him_is_who_asked_for_it_and_not_the_first_who_talked_with_him() -> None:
    reports = tapes.reports("queue_answer")
    cut = 1 + max(index for index, report in enumerate(reports) if isinstance(report, pbx.BridgeEntered))
    board = Board()
    for report in reports[:cut]:
        board.apply(report)
    client = board._register.wires.channels[shown(board).caller_uniqueid]
    parkee = pbx.Chan(client.uniqueid, client.name, "Up", context="desk-park", exten="102w")
    board.apply(pbx.CallParked(at=9.0, parkee=parkee, parker="PJSIP/101", space="701"))
    assert [(each.kind, each.by) for each in shown(board).transfers] == [("park", "102")]


@pytest.mark.parametrize("name", ["in_answer_caller_hangup", "queue_answer", "internal", "in_group_answer"])
def test_the_story_goes_on_after_a_snapshot_in_the_conversation(name: str) -> None:
    reports = tapes.reports(name)
    cut = 1 + max(index for index, report in enumerate(reports) if isinstance(report, pbx.BridgeEntered))
    before, late = Board(), Board()
    for report in reports[:cut]:
        before.apply(report)
    channels = before._register.wires.channels.values()
    entries = [
        pbx.ChannelEntry(
            pbx.Chan(each.uniqueid, each.name, "Up", each.number, "", "x", each.exten, shown(before).key),
            each.room.uniqueid if each.room else "",
            5.0,
            "AppDial" if each.dial else "Dial",
        )
        for each in channels
    ]
    late.resync(snapshot(*entries), 2_000_000_000.0)
    both = [
        [fact.call for report in reports[cut:] for fact in board.apply(report) if isinstance(fact, CallChanged)][-1]
        for board in (before, late)
    ]
    whole, resumed = both
    for part in ("key", "caller", "answered_by", "ended_by", "result", "direction", "transfers"):
        assert getattr(resumed, part) == getattr(whole, part), part


@pytest.mark.feature("P7")
def test_a_light_is_told_when_the_telephone_goes_off_or_on_and_not_with_every_call() -> None:
    board = Board()
    off, on = pbx.PhoneSeen(None, "101", True), pbx.PhoneSeen(None, "101", False)
    assert board.apply(off) == (PhoneChanged("101", True),)
    assert board.apply(off) == ()
    assert board.apply(on) == (PhoneChanged("101", False),)
    assert board.resync(pbx.Snapshot(phones=(on,)), 9.0) == (PhoneChanged("101", False),)
