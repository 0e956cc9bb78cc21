"""Who is heard in a piece of sound: everybody in the rig sends a tone of his own."""

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

STEP = 0.1  # s: the length of one look
LOUD = 0.01  # amplitude above which a tone is there; a party sends 0.18


def tones_in(path: Path, tones: Iterable[int], *, skip: float = 0.15) -> dict[int, float]:
    """Tones (Hz) that are there most of the time, with their amplitude; `skip`: seconds left out at the beginning."""
    levels = _levels(path, tuple(tones), skip)
    medians = {tone: float(np.median(row)) for tone, row in levels.items() if len(row)}
    return {tone: round(level, 3) for tone, level in medians.items() if level > LOUD}


def share_of(path: Path, tone: int) -> float:
    """The part of the sound, 0 to 1, in which `tone` is heard."""
    row = _levels(path, (tone,), 0.0)[tone]
    return float(np.mean(row > LOUD)) if len(row) else 0.0


def seconds_of(path: Path) -> float:
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()


def _levels(path: Path, tones: tuple[int, ...], skip: float) -> dict[int, np.ndarray]:
    """For each tone its amplitude in each tenth of a second: one bin of a windowed Fourier transform."""
    with wave.open(str(path), "rb") as file:
        rate, channels = file.getframerate(), file.getnchannels()
        sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32768.0
    if channels > 1:
        sound = sound.reshape(-1, channels).mean(axis=1)
    sound = sound[int(skip * rate) :]
    step = int(rate * STEP)
    pieces = sound[: len(sound) // step * step].reshape(-1, step)
    window = np.hanning(step)
    waves = {tone: np.exp(-2j * np.pi * round(tone * STEP) * np.arange(step) / step) for tone in tones}
    return {tone: 2 * np.abs((pieces * window) @ wave_) / window.sum() for tone, wave_ in waves.items()}
