"""The segments of a call as one WAV file that is never written: a head, then the sounds. Standard library only."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from telephony import wav

FRAME = 2  # bytes that belong together

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """`length` bytes of sound, from byte `at` of the file on."""

    path: Path
    at: int
    length: int


@dataclass(frozen=True)
class Sound:
    head: bytes
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        return len(self.head) + sum(part.length for part in self.parts)

    def pieces(self, first: int, length: int) -> Iterator[bytes | Part]:
        """What bytes `first` … `first + length - 1` of the whole are made of."""
        head = self.head[first : first + length]
        if head:
            yield head
        begins = len(self.head)
        for part in self.parts:
            skipped = max(0, first - begins)
            ends = min(part.length, first + length - begins)
            if skipped < ends:
                yield Part(part.path, part.at + skipped, ends - skipped)
            begins += part.length


@dataclass(frozen=True)
class Segment:
    """`at`: when it began, in seconds since the epoch. `covers`: it has all that another one has of its time."""

    path: Path
    at: float
    covers: bool = False


def joined(segments: Sequence[Segment]) -> Sound | None:
    """These files one after the other, also those that still grow; None where none of them is a WAV file (yet).

    One that covers another (a supervisor joined: his hears all three) stands in the place of that part of it.
    The PBX writes all segments in one form. Should one be of another, it cannot stand in the same file and is left out.
    """
    head, form, rate = b"", b"", 1
    parts: list[Part] = []
    used: list[Segment] = []
    for segment in segments:
        path = segment.path
        with path.open("rb") as file:
            start = file.read(wav.HEAD)
        header = wav.parse(start)
        if header is None:
            continue
        own_form = start[12 : header.data_at - 8]
        if not parts:
            head, form, rate = start[: header.data_at], own_form, header.rate
        if own_form != form:
            log.warning("%s is of another form than the segments before it", path)
            continue
        size = path.stat().st_size
        parts.append(Part(path, header.data_at, max(0, size - header.data_at)))
        used.append(segment)
    if not parts:
        return None
    whole = Sound(head, tuple(_in_turn(parts, used, rate)))
    return Sound(wav.completed(head, whole.size), whole.parts)


def _in_turn(parts: Sequence[Part], segments: Sequence[Segment], rate: int) -> Iterator[Part]:
    """What another one covers is left out."""
    rest, rest_at = None, 0.0  # of the last one: what is still to come, and when that began
    for part, segment in zip(parts, segments, strict=True):
        if rest is None or not segment.covers:
            if rest is not None:
                yield rest
            rest, rest_at = part, segment.at
            continue
        before = min(max(0, int((segment.at - rest_at) * rate) // FRAME * FRAME), rest.length)
        yield Part(rest.path, rest.at, before)
        yield part
        gone = min(before + part.length, rest.length)
        rest, rest_at = Part(rest.path, rest.at + gone, rest.length - gone), segment.at + part.length / rate
    if rest is not None:
        yield rest
