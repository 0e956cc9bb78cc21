"""The segments of a call as one WAV file that is never written: a head, then the sounds. Standard library only."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from telephony import wav

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


def joined(paths: Sequence[Path]) -> Sound | None:
    """These files one after the other, also those that still grow; None where none of them is a WAV file (yet).

    The PBX writes all segments in one form. Should one be of another, it cannot stand in the same file and is left out.
    """
    head, form = b"", b""
    parts: list[Part] = []
    for path in paths:
        with path.open("rb") as file:
            start = file.read(wav.HEAD)
        header = wav.parse(start)
        if header is None:
            continue
        own_form = start[12 : header.data_at - 8]
        if not parts:
            head, form = start[: header.data_at], own_form
        if own_form != form:
            log.warning("%s is of another form than the segments before it", path)
            continue
        size = path.stat().st_size
        parts.append(Part(path, header.data_at, max(0, size - header.data_at)))
    if not parts:
        return None
    whole = Sound(head, tuple(parts))
    return Sound(wav.completed(head, whole.size), whole.parts)
