"""The header of a WAV file, also of one that the PBX is still writing. Standard library only."""

import struct
from dataclasses import dataclass

HEAD = 4096  # bytes in which the sound data begins in every file that a PBX writes


@dataclass(frozen=True)
class Header:
    """`data_at`: where the sound begins, in bytes; `data_size`: how much the header says there is (a file that is
    being written says too little, often 0); `rate`: bytes per second."""

    data_at: int
    data_size: int
    rate: int

    def seconds(self, file_size: int) -> float:
        """How long it plays, by the bytes that are really there."""
        return round(max(0, file_size - self.data_at) / self.rate, 2)

    def is_closed(self, file_size: int) -> bool:
        """Whether the header agrees with the file: the writer has closed it."""
        return self.data_size > 0 and self.data_at + self.data_size in (file_size, file_size - 1)


def parse(head: bytes) -> Header | None:
    """Read the first bytes of a file; None when it is not (or not yet) a WAV file."""
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    rate, at = 0, 12
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"data":
            return Header(at + 8, size, rate) if rate else None
        if name == b"fmt " and at + 20 <= len(head):
            rate = struct.unpack_from("<I", head, at + 16)[0]
        at += 8 + size + size % 2
    return None


def completed(head: bytes, file_size: int) -> bytes:
    """The same first bytes with the sizes that are true for a file of `file_size` bytes: a player believes them."""
    header = parse(head)
    if header is None:
        return head
    patched = bytearray(head)
    struct.pack_into("<I", patched, 4, max(0, file_size - 8))
    struct.pack_into("<I", patched, header.data_at - 4, max(0, file_size - header.data_at))
    return bytes(patched)
