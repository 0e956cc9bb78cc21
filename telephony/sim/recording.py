"""The sound of a pretend conversation: each party is a steady tone, so that one can hear that both are there."""

import math
import struct
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

RATE = 8000
LOUDNESS = 3000  # of 32767, for each party
LONGEST = 600  # seconds: more is not written, a demo must not fill a disk


@dataclass(slots=True)
class Segment:
    file: str
    tones: tuple[int, int]
    began: float = 0.0  # monotonic; 0: nobody talks yet
    made: float = field(default_factory=time.monotonic)


class Recorder:
    """Writes one WAV for each segment when it ends. Without a folder it writes nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._segments: dict[str, Segment] = {}  # by the uniqueid of the leg

    def begin(self, leg: str, file: str, client: str, answerer: str) -> None:
        self.end(leg)
        self._segments[leg] = Segment(file, (tone_of(client), tone_of(answerer)))

    def start(self, leg: str) -> None:
        """They are bridged: from now on there is something to hear."""
        if leg in self._segments:
            self._segments[leg].began = time.monotonic()

    def end(self, leg: str) -> bool:
        """Close the leg's segment; whether there was one."""
        segment = self._segments.pop(leg, None)
        if segment and self._folder:
            seconds = time.monotonic() - segment.began if segment.began else 0.0
            write(self._folder / segment.file, segment.tones, min(seconds, LONGEST))
        return segment is not None

    def end_all(self) -> None:
        for leg in list(self._segments):
            self.end(leg)


def tone_of(number: str) -> int:
    """A party's tone in Hz, always the same for a number. Staff sound below 1000 Hz, the outside above."""
    digits = int("".join(c for c in number if c in "0123456789") or "0")
    return 400 + digits % 10 * 50 if len(number) <= 4 else 1000 + digits % 20 * 50


def write(path: Path, tones: tuple[int, int], seconds: float) -> None:
    """A mono WAV of both tones. They repeat exactly each second, so one second is computed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = [sum(LOUDNESS * math.sin(2 * math.pi * tone * n / RATE) for tone in tones) for n in range(RATE)]
    second = struct.pack(f"<{RATE}h", *map(int, samples))
    frames = int(seconds * RATE)
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        for _ in range(frames // RATE):
            sound.writeframes(second)
        sound.writeframes(second[: frames % RATE * 2])
    unfinished.replace(path)
