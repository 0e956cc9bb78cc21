"""A sound file into what the PBX plays on hold: WAV, 8 kHz, mono, 16 bits. Standard library only.

It counts for seconds, so the web runs it as a process of its own: `python -m telephony.music_file FROM TO`.
"""

import array
import math
import sys
import wave
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import add, mul

RATE = 8000
SECONDS = 300  # the longest
CROSSINGS = 6  # of the low-pass on each side: what lies above half the rate must not fold into the music
PASSES = 0.92  # of half the rate
NOT_WAV, TOO_LONG, EMPTY = 3, 4, 5  # how the process ends

Levels = array.array  # of doubles, from -1 to 1


class NotMusic(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def convert(source: str, target: str) -> None:
    """A second at a time. Raises NotMusic."""
    try:
        with wave.open(source, "rb") as given:
            channels, _, rate, frames = given.getparams()[:4]
            if not 1 <= channels <= 8 or not RATE <= rate <= 192_000:
                raise NotMusic(NOT_WAV)
            if frames > SECONDS * rate:
                raise NotMusic(TOO_LONG)
            with wave.open(target, "wb") as made:
                made.setnchannels(1)
                made.setsampwidth(2)
                made.setframerate(RATE)
                for levels in _pieces(given) if rate == RATE else resampled(_pieces(given), rate):
                    made.writeframes(_frames(levels))
                is_empty = not made.tell()
    except (wave.Error, EOFError) as error:
        raise NotMusic(NOT_WAV) from error
    if is_empty:
        raise NotMusic(EMPTY)


def resampled(pieces: "Iterable[Levels[float]]", rate: int) -> "Iterator[Levels[float]]":
    """At RATE, without what that rate cannot carry."""
    common = math.gcd(rate, RATE)
    up, down = RATE // common, rate // common
    passes = PASSES * min(rate, RATE) / rate  # of half the rate that comes
    reach = math.ceil(CROSSINGS / passes)
    weights = [_weights(phase / up, passes, reach) for phase in range(up)]
    silence = array.array("d", bytes(8 * reach))
    heard, begin, at = silence[:], 0, 0  # `heard` begins at the sample `begin`, before the first of which is silence
    for piece in _and_last(pieces, silence):
        heard += piece
        made = array.array("d")
        whole, phase = divmod(at * down, up)
        while (start := whole + 1 - begin) + 2 * reach <= len(heard):
            made.append(sum(map(mul, heard[start : start + 2 * reach], weights[phase])))
            at += 1
            whole, phase = divmod(at * down, up)
        del heard[:start]  # never more than is there: the next window begins less than a second on
        begin += start
        yield made


def _and_last(pieces: "Iterable[Levels[float]]", silence: "Levels[float]") -> "Iterator[Levels[float]]":
    yield from pieces
    yield silence


def _weights(ahead: float, passes: float, reach: int) -> "Levels[float]":
    """Of the samples around a place that lies `ahead` of one of them; together 1."""
    places = [step - ahead for step in range(1 - reach, reach + 1)]
    raw = [_sinc(place * passes) * (0.5 + 0.5 * math.cos(math.pi * place / (reach + 1))) for place in places]
    whole = sum(raw)
    return array.array("d", (weight / whole for weight in raw))


def _sinc(at: float) -> float:
    return math.sin(math.pi * at) / (math.pi * at) if at else 1.0


def _pieces(file: wave.Wave_read) -> "Iterator[Levels[float]]":
    """A second each, all channels in one."""
    channels, width = file.getnchannels(), file.getsampwidth()
    full = channels * 2.0 ** {1: 7, 2: 15, 3: 31, 4: 31}[width]
    while data := file.readframes(file.getframerate()):
        numbers = _numbers(data[: len(data) // (width * channels) * width * channels], width)
        apart = (numbers[channel::channels] for channel in range(channels))
        together = reduce(lambda one, other: map(add, one, other), apart)  # type: ignore[arg-type, return-value]
        yield array.array("d", (number / full for number in together))


def _numbers(data: bytes, width: int) -> "array.array[int]":
    if width == 1:
        return array.array("h", (byte - 128 for byte in data))
    if width == 3:
        data = b"".join(b"\0" + data[at : at + 3] for at in range(0, len(data), 3))
    numbers = array.array("h" if width == 2 else "i", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _frames(levels: "Levels[float]") -> bytes:
    frames = array.array("h", (max(-32768, min(32767, round(level * 32767))) for level in levels))
    if sys.byteorder == "big":
        frames.byteswap()
    return frames.tobytes()


if __name__ == "__main__":
    try:
        convert(sys.argv[1], sys.argv[2])
    except NotMusic as wrong:
        sys.exit(wrong.code)
