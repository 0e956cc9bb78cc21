"""A few rounds of `bin/bench chaos`; the whole of it is run by hand."""

from collections.abc import Iterator

import pytest

from bench import _chaos, _recordings
from bench.chaos import PARTS

pytestmark = [pytest.mark.rig, pytest.mark.browser, pytest.mark.alone]


@pytest.fixture(scope="module")
def office() -> Iterator[_chaos.Office]:
    with _chaos.house() as office:
        yield office


@pytest.mark.feature("X4")
@pytest.mark.parametrize("part", PARTS)
def test_a_part_dies_in_the_middle_of_calls_and_clicks(office: _chaos.Office, part: str) -> None:
    assert _chaos.play(office, part, seed=1, number=0).wrong == []


@pytest.mark.feature("D12", "D13")
def test_recordings_hold_both_parties_after_an_operation() -> None:
    assert [found.wrong for found in _recordings.rounds(1, seed=1)] == [[]]
