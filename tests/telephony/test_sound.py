"""The sound of a call, made of its segments."""

import wave
from pathlib import Path

import pytest

from telephony.sound import Part, Segment, joined

RATE = 8000


def segment(folder: Path, value: int, *, at: float, seconds: float, covers: bool = False) -> Segment:
    path = folder / f"{value}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes([value, 0]) * int(seconds * RATE))
    return Segment(path, at, covers)


def heard(*segments: Segment) -> list[tuple[int, float]]:
    """Whose sound, for how many seconds, one after the other."""
    sound = joined(segments)
    assert sound is not None
    told: list[tuple[int, float]] = []
    for piece in sound.pieces(len(sound.head), sound.size):
        assert isinstance(piece, Part)
        assert (piece.at - len(sound.head)) % 2 == 0
        told.append((int(piece.path.stem), piece.length / (2 * RATE)))
    return [each for each in told if each[1]]


@pytest.mark.feature("P15")
def test_segments_come_one_after_the_other(tmp_path: Path) -> None:
    first, second = segment(tmp_path, 1, at=100, seconds=5), segment(tmp_path, 2, at=104.8, seconds=3)
    assert heard(first, second) == [(1, 5), (2, 3)]


@pytest.mark.feature("P19")
def test_a_join_stands_in_the_place_of_what_the_other_segment_has_of_that_time(tmp_path: Path) -> None:
    whole, joins = segment(tmp_path, 1, at=100, seconds=20), segment(tmp_path, 2, at=105, seconds=4, covers=True)
    later, after = segment(tmp_path, 3, at=112, seconds=20, covers=True), segment(tmp_path, 4, at=140, seconds=1)
    assert heard(whole, joins) == [(1, 5), (2, 4), (1, 11)]
    assert heard(whole, joins, later, after) == [(1, 5), (2, 4), (1, 3), (3, 20), (4, 1)]
