"""Reports may be missing, late, doubled, or from before we connected: never an exception, never a ghost."""

from collections.abc import Iterator, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telephony.core import pbx
from telephony.core.board import Board
from telephony.core.facts import CallChanged, CallJoined
from tests import tapes

SHORT = sorted(name for name in tapes.truth() if name != "many")
some_tapes = st.lists(st.sampled_from(SHORT), min_size=1, max_size=3)
thorough = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def channels(reports: Sequence[pbx.Report]) -> Iterator[pbx.Chan]:
    for report in reports:
        for name in type(report).__dataclass_fields__:
            value = getattr(report, name)
            if isinstance(value, pbx.Chan):
                yield value


def hang_up_all(board: Board, reports: Sequence[pbx.Report]) -> None:
    for channel in {each.uniqueid: each for each in channels(reports)}.values():
        board.apply(pbx.ChannelGone(1.0, channel, 16))


def is_empty(board: Board) -> bool:
    register = board._register
    wires = register.wires
    return not any(
        (
            board.calls,
            register.tracks,
            register._born_under,
            register.lines.names(),
            wires.channels,
            wires.by_name,
            wires.rooms,
        )
    )


@thorough
@given(some_tapes, st.randoms(use_true_random=False), st.floats(0, 0.6), st.floats(0, 0.4), st.integers(0, 60))
def test_lost_doubled_and_late_reports_leave_no_ghost(names, chance, lost, doubled, late) -> None:
    reports = [each for name in names for each in tapes.reports(name) if chance.random() >= lost]
    reports = [each for each in reports for _ in range(1 + (chance.random() < doubled))]
    order = sorted(range(len(reports)), key=lambda index: index + chance.random() * late)
    board = Board()
    for index in order:
        board.apply(reports[index])
    hang_up_all(board, reports)
    assert is_empty(board)


@thorough
@given(some_tapes, st.data())
def test_a_piece_of_a_recording_leaves_no_ghost(names, data) -> None:
    reports = [each for name in names for each in tapes.reports(name)]
    start = data.draw(st.integers(0, len(reports)))
    end = data.draw(st.integers(start, len(reports)))
    board = Board()
    for report in reports[start:end]:
        board.apply(report)
    hang_up_all(board, reports)
    assert is_empty(board)


@thorough
@given(some_tapes, st.data())
def test_a_comparison_in_the_middle_leaves_no_ghost(names, data) -> None:
    reports = [each for name in names for each in tapes.reports(name)]
    cut = data.draw(st.integers(0, len(reports)))
    board = Board()
    for report in reports[:cut]:
        board.apply(report)
    facts = board.resync(pbx.Snapshot(), 2_000_000_000.0)
    assert is_empty(board)
    ended = [fact.call for fact in facts if isinstance(fact, CallChanged)]
    assert all(call.result == "lost_link" and call.state == "ended" for call in ended)


@thorough
@given(some_tapes)
def test_every_report_twice_tells_the_same_story(names) -> None:
    once, twice = Board(), Board()
    for name in names:
        for report in tapes.reports(name):
            first = once.apply(report)
            assert twice.apply(report) == first
            assert not [fact for fact in twice.apply(report) if isinstance(fact, CallChanged | CallJoined)]


@thorough
@given(some_tapes)
def test_facts_are_consistent(names) -> None:
    """A call starts once, ends once, and what was joined is heard of no more."""
    board = Board()
    state: dict[str, str] = {}
    for name in names:
        for report in tapes.reports(name):
            for fact in board.apply(report):
                if isinstance(fact, CallJoined):
                    assert state.pop(fact.key) != "ended"
                elif isinstance(fact, CallChanged):
                    assert (fact.what == "started") == (fact.key not in state) or fact.what == "ended"
                    assert state.get(fact.key) != "ended"
                    assert (fact.what == "ended") == (fact.call.state == "ended")
                    state[fact.key] = fact.call.state
        state = {key: each for key, each in state.items() if each != "ended"}
        assert set(board.calls) == set(state)


def test_the_memory_of_gone_channels_is_bounded() -> None:
    board = Board()
    for index in range(12_000):
        chan = pbx.Chan(
            f"1795.{index}", f"PJSIP/trunk-{index:08x}", "Ring", "79160000000", "", "in", "1", f"1795.{index}"
        )
        board.apply(pbx.ChannelNew(float(index), chan))
        board.apply(pbx.ChannelGone(float(index), chan, 16))
    assert is_empty(board)
    assert len(board._register._gone) <= 5_000


def test_an_hour_of_a_silent_phone_does_not_grow() -> None:
    """A queue rings the same phones every few seconds, as long as the caller waits."""
    board = Board()
    caller = pbx.Chan("1.1", "PJSIP/trunk-00000001", "Ring", "79161234567", "", "in", "500", "1.1")
    board.apply(pbx.ChannelNew(1.0, caller))
    board.apply(pbx.QueueJoined(1.0, caller, "taxi", 1))
    for index in range(2, 3_000):
        party = 101 + index % 8
        phone = pbx.Chan(f"1.{index}", f"PJSIP/{party}-{index:08x}", "Down", str(party), "", "in", "s", "1.1")
        board.apply(pbx.ChannelNew(2.0, phone))
        board.apply(pbx.DialBegun(2.0, caller, phone, f"PJSIP/{party}"))
        board.apply(pbx.DialEnded(3.0, caller, phone, "NOANSWER"))
        board.apply(pbx.ChannelGone(3.0, phone, 0))
    (call,) = board.calls.values()
    assert len(call.legs) <= 20
    (track,) = board._register.tracks.values()
    assert len(track.caller.dials) <= 20
