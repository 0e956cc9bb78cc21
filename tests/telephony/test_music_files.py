"""Anton adds music of the office: what comes out of the conversion, and what the page takes and refuses."""

import math
import struct
import wave
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dispatch.audit.models import Entry
from dispatch.staff.models import Role
from telephony import music_file
from telephony.models import Examination
from tests.rig.hearing import seconds_of, tones_in
from tests.telephony import office

pytestmark = pytest.mark.feature("P22")


def sound(path: Path, *hertz: int, rate: int = 44100, channels: int = 1, width: int = 2, seconds: float = 2.0) -> Path:
    """Each channel has all the tones."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        for at in range(int(rate * seconds)):
            level = sum(math.sin(2 * math.pi * tone * at / rate) for tone in hertz) * 0.4 / len(hertz)
            number = struct.pack("<i", int(level * (2**31 - 1)))
            file.writeframesraw((bytes([int(level * 127) + 128]) if width == 1 else number[4 - width :]) * channels)
    return path


@pytest.mark.parametrize(
    ("rate", "channels", "width"),
    [(8000, 1, 2), (8000, 2, 2), (11025, 1, 1), (16000, 1, 2), (44100, 2, 2), (48000, 2, 3), (96000, 1, 4)],
)
def test_every_usual_file_becomes_what_the_pbx_plays(tmp_path, rate, channels, width):
    made = tmp_path / "made.wav"
    music_file.convert(str(sound(tmp_path / "given.wav", 900, rate=rate, channels=channels, width=width)), str(made))
    with wave.open(str(made)) as file:
        assert file.getparams()[:3] == (1, 2, 8000)
    assert abs(seconds_of(made) - 2.0) < 0.01
    heard = tones_in(made, (500, 900, 1300, 2300))
    assert list(heard) == [900]
    assert heard[900] == pytest.approx(0.4, abs=0.03)


def test_what_is_too_high_for_the_telephone_does_not_fold_into_the_music(tmp_path):
    """6 kHz in 44.1 kHz would come back as 2 kHz."""
    made = tmp_path / "made.wav"
    music_file.convert(str(sound(tmp_path / "given.wav", 900, 6000)), str(made))
    assert list(tones_in(made, (900, 2000))) == [900]


@pytest.fixture
def folder(tmp_path, settings):
    settings.MUSIC_DIR = str(tmp_path / "music")
    Path(settings.MUSIC_DIR).mkdir()
    return Path(settings.MUSIC_DIR)


@pytest.fixture
def page(client, db):
    client.force_login(office.person("Anton Lebedev", Role.ADMINISTRATOR))
    return client


def added(page, name: str, data: bytes) -> str:
    sent = page.post("/staff/music/files/", {"file": SimpleUploadedFile(name, data)}, follow=True)
    return sent.content.decode()


def test_anton_adds_a_file_and_the_pbx_is_examined_for_it(page, folder, tmp_path):
    said = added(page, "../Our Waltz (1).WAV", sound(tmp_path / "x.wav", 900, seconds=1).read_bytes())
    assert "our-waltz-1.wav is added" in said
    assert [path.name for path in folder.iterdir()] == ["our-waltz-1.wav"], "and nothing beside it"
    assert list(tones_in(folder / "our-waltz-1.wav", (900, 1300))) == [900]
    assert Examination.objects.filter(begun_at=None).count() == 1
    assert "?examines" in said
    assert Entry.objects.get(verb="music.added").details["file"] == "our-waltz-1.wav"

    page.post("/staff/music/files/our-waltz-1.wav/remove/")
    assert (folder / "our-waltz-1.wav").exists(), "the last one stays"
    sound(folder / "old.wav", 1300, seconds=0.1)
    page.post("/staff/music/files/our-waltz-1.wav/remove/")
    assert [path.name for path in folder.iterdir()] == ["old.wav"]
    assert Entry.objects.filter(verb="music.removed").count() == 1


@pytest.mark.parametrize("data", [b"", b"ID3\x04 an mp3", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_what_is_no_wav_is_refused_with_a_sentence(page, folder, data):
    said = added(page, "song.wav", data)
    assert "This is no WAV file" in said or "Choose a file" in said
    assert not list(folder.iterdir())
    assert not Entry.objects.filter(verb="music.added").exists()


def test_what_is_too_large_or_too_long_is_refused(page, folder, tmp_path, settings, monkeypatch):
    long = tmp_path / "long.wav"
    with wave.open(str(long), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(8000 * (music_file.SECONDS + 1)))
    assert "longer than 5 minutes" in added(page, "long.wav", long.read_bytes())
    settings.MUSIC_UPLOAD_MB = 1
    assert "larger than 1 MB" in added(page, "long.wav", long.read_bytes())
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", ["..", "other.wav", "%2e%2e%2fsecret.wav"])
def test_nothing_but_files_of_that_folder_is_removed(page, folder, name):
    secret = folder.parent / "secret.wav"
    secret.write_bytes(b"x")
    page.post(f"/staff/music/files/{name}/remove/")
    assert secret.exists()


def test_where_the_folder_is_not_ours_nothing_can_be_added(page, settings, tmp_path):
    settings.MUSIC_DIR = ""
    assert 'id="music-file"' not in page.get("/staff/music/").content.decode()
    assert "MUSIC_DIR names no folder" in added(page, "x.wav", b"RIFF")
    settings.MUSIC_DIR = str(tmp_path / "nothing")
    assert "cannot be written to" in added(page, "x.wav", b"RIFF")
