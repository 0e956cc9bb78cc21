"""The sound of calls: who may hear it, how it is sent, and what the journal keeps of it."""

import asyncio
import io
import os
import time
import wave
from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.audit.models import Entry
from orders.flow import State
from telephony import wav
from telephony.models import Call
from telephony.services import recordings
from telephony.tasks import measure_recordings
from tests.telephony import office

pytestmark = pytest.mark.django_db

RATE = 8000  # samples a second, 16 bits


@pytest.fixture
def folder(settings, tmp_path):
    settings.RECORDINGS_DIR = tmp_path / "recordings"
    settings.RECORDINGS_DIR.mkdir()
    return settings.RECORDINGS_DIR


def write_wav(path, seconds=2.0):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(range(256)) * int(seconds * RATE * 2 / 256))
    return path.read_bytes()


def old(path, seconds=60):
    os.utime(path, (time.time() - seconds,) * 2)


def body(response):
    async def read():
        return b"".join([part async for part in response.streaming_content])

    return asyncio.run(read()) if response.streaming else response.content


def url(recording):
    return f"/recordings/{recording.pk}/"


@pytest.fixture
def played(folder, client):
    """Marina may hear Vera's call; its two seconds of sound lie in the folder."""
    sound = write_wav(folder / "one.wav")
    recording = office.recording(office.answered(office.vera()), seconds=2.0)
    client.force_login(office.marina())
    return recording, sound


@pytest.mark.feature("P15")
def test_marina_hears_the_whole_call(client, played):
    recording, sound = played
    response = client.get(url(recording))
    assert (response.status_code, response["Content-Type"]) == (200, "audio/wav")
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == sound


@pytest.mark.feature("P15")
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-", 0, None), ("bytes=1000-1999", 1000, 1999), ("bytes=20000-", 20000, None), ("bytes=-500", -500, None)],
)
def test_marina_seeks(client, played, asked, first, last):
    recording, sound = played
    response = client.get(url(recording), headers={"Range": asked})
    expected = sound[first : last + 1 if last else None]
    start = first % len(sound)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(sound)}"
    assert response["Content-Length"] == str(len(expected))
    assert body(response) == expected


def test_a_range_beyond_the_end_is_refused_with_the_length(client, played):
    recording, sound = played
    response = client.get(url(recording), headers={"Range": f"bytes={len(sound)}-"})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(sound)}")


@pytest.mark.parametrize("nonsense", ["bytes=9-3", "items=0-5", "bytes=-", "bytes=a-b", "bytes=0-1,5-6"])
def test_a_range_that_makes_no_sense_is_as_if_it_were_not_there(client, played, nonsense):
    recording, sound = played
    response = client.get(url(recording), headers={"Range": nonsense})
    assert response.status_code == 200
    assert body(response) == sound


def test_asking_only_for_the_head_neither_sounds_nor_is_journalled(client, played):
    recording, sound = played
    response = client.head(url(recording))
    assert (response.status_code, response["Content-Length"], response.content) == (200, str(len(sound)), b"")
    assert not Entry.objects.filter(verb="recording.played").exists()


@pytest.mark.feature("P15")
def test_one_play_is_one_line_in_the_journal_however_many_pieces_are_fetched(client, played):
    recording, _ = played
    for piece in ("bytes=0-", "bytes=0-1", "bytes=8000-", "bytes=16000-"):
        client.get(url(recording), headers={"Range": piece})
    line = Entry.objects.get(verb="recording.played")
    assert (line.actor.first_name, line.target_id) == ("Marina", str(recording.pk))
    assert line.details == {"call": recording.call_id}


def test_playing_it_again_later_is_another_line(client, played, monkeypatch):
    recording, _ = played
    client.get(url(recording))
    monkeypatch.setattr(recordings, "AGAIN", timedelta(0))  # the journal cannot be made older: the window is shorter
    client.get(url(recording))
    assert Entry.objects.filter(verb="recording.played").count() == 2


def test_listening_from_the_middle_only_is_journalled_too(client, played):
    recording, _ = played
    client.get(url(recording), headers={"Range": "bytes=9000-"})
    assert Entry.objects.filter(verb="recording.played").count() == 1


@pytest.mark.feature("P15")
def test_only_a_manager_downloads_and_the_journal_says_so(client, played):
    recording, sound = played
    response = client.get(url(recording) + "?download=1")
    assert response["Content-Disposition"] == f'attachment; filename="call-{recording.call_id}-{recording.pk}.wav"'
    assert body(response) == sound
    assert Entry.objects.get(verb="recording.downloaded").target_id == str(recording.pk)
    for other in (office.sofia(), recording.call.answered_by):
        client.force_login(other)
        assert client.get(url(recording) + "?download=1").status_code == 404


@pytest.mark.feature("P15")
def test_vera_hears_her_own_call_and_boris_does_not(client, played):
    recording, _ = played
    client.force_login(recording.call.answered_by)
    assert client.get(url(recording)).status_code == 200
    boris = office.boris()
    client.force_login(boris)
    assert client.get(url(recording)).status_code == 403
    assert Entry.objects.filter(verb="access.refused", actor=boris, target_id=str(recording.pk)).exists()


@pytest.mark.feature("X1")
def test_boris_hears_a_colleagues_call_while_its_order_is_live(client, played):
    recording, _ = played
    client.force_login(office.boris())
    trip = office.order(office.client(), state=State.SEARCHING)
    Call.objects.filter(pk=recording.call_id).update(order=trip)
    assert client.get(url(recording)).status_code == 200
    type(trip).objects.filter(pk=trip.pk).update(state=State.COMPLETED)
    assert client.get(url(recording)).status_code == 403


@pytest.mark.parametrize("role", ["administrator", "driver"])
def test_for_others_there_are_no_recordings(client, played, role):
    recording, _ = played
    client.force_login(office.person("Adam Nowak", role))
    assert client.get(url(recording)).status_code == 404


@pytest.mark.parametrize(
    "name", ["../outside.wav", "/etc/hostname", "a/../../outside.wav", "link.wav", "nul\x01.wav", "x" * 240]
)
def test_no_name_leads_out_of_the_folder(client, folder, name):
    write_wav(folder.parent / "outside.wav")
    (folder / "link.wav").symlink_to(folder.parent / "outside.wav")
    recording = office.recording(office.answered(office.vera()), name)
    client.force_login(office.marina())
    response = client.get(url(recording))
    assert response.status_code == 404
    assert "missing" in response.content.decode()


def test_a_missing_file_is_said_in_a_sentence_and_not_journalled_as_heard(client, folder):
    recording = office.recording(office.answered(office.vera()), "gone.wav")
    client.force_login(office.marina())
    response = client.get(url(recording))
    assert response.status_code == 404
    assert "The sound of this call is not there" in response.content.decode()
    assert not Entry.objects.filter(verb="recording.played").exists()


def test_a_call_in_progress_can_be_heard_as_far_as_it_has_come(client, folder):
    sound = write_wav(folder / "one.wav")
    unfinished = bytearray(sound)
    unfinished[4:8] = unfinished[40:44] = bytes(4)  # as the PBX leaves the sizes until it closes the file
    (folder / "one.wav").write_bytes(unfinished)
    recording = office.recording(office.answered(office.vera()))
    client.force_login(office.marina())
    assert body(client.get(url(recording))) == sound
    piece = client.get(url(recording), headers={"Range": "bytes=40-99"})
    assert body(piece) == sound[40:100]


def test_a_finished_segment_is_measured_by_the_worker(folder):
    write_wav(folder / "one.wav", 3.2)
    old(folder / "one.wav")
    recording = office.recording(office.answered(office.vera()))
    assert measure_recordings() == 1
    recording.refresh_from_db()
    assert (recording.seconds, recording.size) == (3.2, (folder / "one.wav").stat().st_size)
    assert measure_recordings() == 0


def test_a_segment_that_still_grows_is_not_measured(folder):
    write_wav(folder / "one.wav")
    office.recording(office.answered(office.vera()))
    assert measure_recordings() == 0


def test_a_file_that_the_pbx_never_closed_is_measured_once_the_call_is_over(folder):
    sound = bytearray(write_wav(folder / "one.wav", 3.2))
    sound[40:44] = bytes(4)
    (folder / "one.wav").write_bytes(sound)
    old(folder / "one.wav")
    talking = office.call(state="talking", answered_at=timezone.now())
    office.recording(talking)
    assert measure_recordings() == 0
    Call.objects.filter(pk=talking.pk).update(state="ended", ended_at=timezone.now() - timedelta(minutes=1))
    assert measure_recordings() == 1


@pytest.mark.parametrize(
    "head", [b"", b"RIFF", b"RIFF0000WAVE", b"ID3 not a wave file at all", b"RIFF0000WAVEdata0000"]
)
def test_what_is_no_wav_file_has_no_header(head):
    assert wav.parse(head) is None
    assert wav.completed(head, 100) == head


@pytest.fixture
def in_two(folder, client):
    """One call whose sound is in two files, of two and of one second; Marina may hear it."""
    first, second = write_wav(folder / "one.wav"), write_wav(folder / "two.wav", 1.0)
    call = office.answered(office.vera())
    office.recording(call, "one.wav", seconds=2.0)
    office.recording(call, "two.wav", seconds=1.0)
    client.force_login(office.marina())
    return call, first, second


@pytest.mark.feature("P15")
def test_the_segments_of_a_call_sound_as_one(client, in_two):
    call, first, second = in_two
    sound = body(client.get(f"/calls/{call.pk}/recording/"))
    with wave.open(io.BytesIO(sound)) as file:
        assert file.readframes(file.getnframes()) == first[44:] + second[44:]


@pytest.mark.feature("P15")
def test_marina_seeks_over_the_seam_of_two_segments(client, in_two):
    call, first, second = in_two
    whole = body(client.get(f"/calls/{call.pk}/recording/"))
    for start, end in (
        (0, 43),
        (20, len(first) + 9),
        (len(first) - 5, len(first) + 4),
        (len(first) + 7, len(whole) - 1),
    ):
        piece = client.get(f"/calls/{call.pk}/recording/", headers={"Range": f"bytes={start}-{end}"})
        assert piece["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
        assert body(piece) == whole[start : end + 1]


@pytest.mark.feature("P15")
def test_the_whole_call_is_downloaded_as_one_file_and_journalled_once(client, in_two):
    call, *_ = in_two
    response = client.get(f"/calls/{call.pk}/recording/?download=1")
    assert response["Content-Disposition"] == f'attachment; filename="call-{call.pk}.wav"'
    line = Entry.objects.get(verb="recording.downloaded")
    assert (line.target_kind, line.target_id) == ("call", str(call.pk))


def test_one_play_of_the_whole_call_is_one_line(client, in_two):
    call, *_ = in_two
    for piece in ("bytes=0-", "bytes=0-1", "bytes=40000-"):
        client.get(f"/calls/{call.pk}/recording/", headers={"Range": piece})
    assert Entry.objects.filter(verb="recording.played", target_kind="call", target_id=str(call.pk)).count() == 1


def test_a_segment_that_is_lost_leaves_the_rest_to_be_heard(client, in_two, folder):
    call, first, _ = in_two
    (folder / "two.wav").unlink()
    assert body(client.get(f"/calls/{call.pk}/recording/")) == first


def test_a_segment_of_another_form_is_left_out_and_not_played_as_noise(client, in_two, folder, caplog):
    call, first, _ = in_two
    with wave.open(str(folder / "two.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(400))
    assert body(client.get(f"/calls/{call.pk}/recording/")) == first
    assert "of another form" in caplog.text


def test_boris_does_not_hear_the_whole_of_veras_call_either(client, in_two):
    call, *_ = in_two
    client.force_login(office.boris())
    assert client.get(f"/calls/{call.pk}/recording/").status_code == 403


def test_a_call_without_sound_says_so(client):
    call = office.answered(office.vera())
    client.force_login(office.marina())
    assert client.get(f"/calls/{call.pk}/recording/").status_code == 404
