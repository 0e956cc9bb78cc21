"""The file that the doctor's call records, as we see it."""

import array
import contextlib
import sys
from pathlib import Path

from django.conf import settings

from telephony import wav

NAME = "doctor.wav"
EMPTY = 44  # bytes of a file without sound
QUIET = 200  # of 32 767: below that is silence


def written() -> int | None:
    """When it was written last, in ns; None where there is none."""
    try:
        return _file().stat().st_mtime_ns
    except OSError:
        return None


def is_heard() -> bool:
    """Whether there is anything but silence in it. It is taken away, where that is allowed."""
    try:
        data = _file().read_bytes()
    except OSError:
        return False
    with contextlib.suppress(OSError):
        _file().unlink()
    header = wav.parse(data[: wav.HEAD])
    if header is None:
        return False
    frames = data[header.data_at :]
    levels = array.array("h", frames[: len(frames) // 2 * 2])
    if sys.byteorder == "big":
        levels.byteswap()
    return any(abs(level) > QUIET for level in levels)


def _file() -> Path:
    return Path(settings.RECORDINGS_DIR) / NAME
