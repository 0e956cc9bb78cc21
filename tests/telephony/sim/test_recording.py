"""The sound that the history plays: one file a conversation, both parties in it."""

import wave

import numpy as np

from telephony.sim.recording import RATE, tone_of, write


def loudness(samples, tone):
    """Of that tone, as a share of full scale."""
    time = np.arange(len(samples))
    return 2 * abs(np.dot(samples, np.exp(-2j * np.pi * tone * time / RATE))) / len(samples) / 32768


def read(path):
    with wave.open(str(path)) as sound:
        assert sound.getframerate() == RATE
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")


async def test_both_parties_are_heard_in_the_file_that_was_announced(sim, ami, tmp_path):
    await ami.add("101")
    client = await sim.ring("79161234567", talk=0.5)
    await ami.rings("101")
    sim.answer("101")
    announced = await ami.event("UserEvent", UserEvent="DeskRecord")
    await ami.event("Hangup", CallerIDNum="101")

    assert announced["Client"] == client
    assert announced["File"] == f"{client}-{announced['Leg']}-1.wav"
    samples = read(tmp_path / announced["File"])
    assert 0.4 < len(samples) / RATE < 0.8
    for number in ("79161234567", "101"):
        assert loudness(samples, tone_of(number)) > 0.05
    assert loudness(samples, 777) < 0.01


async def test_nobody_is_recorded_who_was_not_answered(sim, ami, tmp_path):
    await ami.add("101")
    await sim.ring("79161234567")
    await ami.rings("101")
    sim.hang_up("79161234567")
    await ami.event("Hangup", CallerIDNum="79161234567")
    assert list(tmp_path.iterdir()) == []


def test_a_half_second_is_half_a_second(tmp_path):
    write(tmp_path / "a" / "x.wav", (400, 1000), 0.5)
    assert len(read(tmp_path / "a" / "x.wav")) == RATE // 2
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["x.wav"]
