"""Anton chooses the music: the real link tells the real Asterisk, and whoever waits hears it."""

import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dispatch.staff.models import Role
from telephony.models import Call, Examination, HoldMusic
from telephony.services import control, examinations, hold_music, music_files
from tests.rig import site
from tests.rig.asterisk import TONES
from tests.rig.phones import hear_at_last
from tests.telephony import office
from tests.telephony.link.desk import KONSTANTIN, Desk, awaited, pick, row
from tests.telephony.test_music_files import sound

pytestmark = [pytest.mark.rig, pytest.mark.django_db(transaction=True), pytest.mark.feature("P22")]

JAZZ_HZ, WALTZ_HZ = 1700, 1500
HEARD = TONES | {"jazz": JAZZ_HZ, "waltz": WALTZ_HZ}


@pytest.fixture(scope="module")
def asterisk(asterisk):
    """With two classes of music more than it has."""
    home = Path(asterisk.recordings).parent
    site.write_music(home / "jazz", JAZZ_HZ)
    with (home / "etc/site/musiconhold.conf").open("a") as file:
        file.write(f"[jazz]\nmode = files\ndirectory = /srv/{asterisk.name}/jazz\n")
        file.write(f"[office]\nmode = files\ndirectory = /srv/{asterisk.name}/office\n")
    site.write_music(home / "office", JAZZ_HZ)
    asterisk.console("moh reload")
    return asterisk


@pytest.fixture
def desk(asterisk, transactional_db, start_link, settings, monkeypatch):
    settings.RECORDINGS_DIR = asterisk.recordings
    settings.MUSIC_DIR = str(Path(asterisk.recordings).parent / "office")
    monkeypatch.setenv("MUSIC_DIR", settings.MUSIC_DIR)  # of the link
    yield Desk(asterisk, start_link)
    asterisk.send_home()
    asterisk.console("database deltree desk-music")


@pytest.fixture
def anton(desk):
    return office.person("Anton Lebedev", Role.ADMINISTRATOR)


def kept(name: str, seconds: float = 8) -> None:
    awaited(lambda: HoldMusic.objects.filter(kept=name).exists(), seconds)


def keeps(desk: Desk) -> str:
    return desk.pbx.console("database get desk-music class").partition("Value: ")[2].strip()


def examined(anton) -> Examination:
    asked = examinations.ask(actor=anton)
    return awaited(lambda: Examination.objects.exclude(finished_at=None).filter(pk=asked.pk).first(), 15)


def choose(anton, name: str) -> None:
    examined(anton)
    hold_music.choose(name=name, actor=anton)
    kept(name)


def hears(call, tone: str) -> bool:
    return hear_at_last({"client": call}, HEARD, {"client": {tone}})["client"] == {tone}


def click(desk: Desk, call: Call, verb: str, phase: str) -> Call:
    """Vera's, until the card shows it."""
    call.refresh_from_db()
    shift = desk.vera.shifts.get(ended_at=None)
    control.command(verb=verb, call=call, actor=desk.vera, shift=shift, intent_id=uuid.uuid4(), said={})
    return awaited(lambda: next((one for one in Call.objects.filter(pk=call.pk) if one.phase == phase), None))


def test_who_waits_is_held_or_is_parked_hears_what_anton_chose(desk, anton):
    choose(anton, "jazz")
    assert hold_music.classes().names == ("default", "jazz", "office")
    assert keeps(desk) == "jazz"
    assert not Call.objects.exists(), "the doctor's call is none of the office's"

    call, waits = desk.calls_in(KONSTANTIN)
    assert hears(call, "jazz"), "in the queue"
    pick(waits, desk.vera, "101")
    talk = row(pk=waits.pk, state="talking", talking_to=["101"])
    assert hears(call, "101")
    click(desk, talk, "hold", "hold")
    assert hears(call, "jazz"), "on hold"
    click(desk, talk, "back", "")
    assert hears(call, "101")
    click(desk, talk, "park", "park")
    assert hears(call, "jazz"), "parked"
    call.hang_up()

    hold_music.choose(name="", actor=anton)
    kept("")
    assert not keeps(desk)
    call, _ = desk.calls_in(KONSTANTIN)
    assert hears(call, "music"), "the PBX's own again"


def test_the_choice_stays_over_a_restart_of_the_pbx_and_is_put_right_where_it_was_lost(desk, anton):
    choose(anton, "jazz")
    desk.link.process.kill()
    desk.link.process.wait()
    desk.pbx.console("database deltree desk-music")
    HoldMusic.objects.update(kept=None)
    desk.link = desk.start_link()
    kept("jazz", 20)
    assert keeps(desk) == "jazz"
    desk.pbx.kill()
    desk.pbx.restart()
    assert keeps(desk) == "jazz"


def test_a_class_that_is_gone_leaves_nobody_in_silence(desk, anton):
    choose(anton, "jazz")
    file = Path(desk.pbx.recordings).parent / "etc/site/musiconhold.conf"
    right = file.read_text()
    try:
        file.write_text(right.partition("[jazz]")[0])
        desk.pbx.console("moh reload")
        call, _ = desk.calls_in(KONSTANTIN)
        assert hears(call, "music")
        examined(anton)
        assert hold_music.classes().names == ("default",)
    finally:
        file.write_text(right)
        desk.pbx.console("moh reload")


def test_anton_listens_at_a_telephone(desk, anton):
    examined(anton)
    desk.phones["101"].answer_when("always")
    asked = examinations.listen(actor=anton, name="jazz", at="101")
    call = awaited(lambda: next((one for one in desk.phones["101"].calls if one.is_up), None))
    assert hears(call, "jazz")
    call.hang_up()
    visit = awaited(lambda: Examination.objects.exclude(finished_at=None).filter(pk=asked.pk).first(), 10)
    assert [one["said"] for each in visit.found for one in each["findings"]][-1] == "rang"
    assert examinations.latest() != visit
    assert not Call.objects.exists()


def test_a_file_that_anton_adds_is_what_the_next_caller_hears(desk, anton, tmp_path):
    waltz = sound(tmp_path / "waltz.wav", WALTZ_HZ, channels=2, seconds=5).read_bytes()
    choose(anton, "office")
    call, _ = desk.calls_in(KONSTANTIN)
    assert hears(call, "jazz")
    call.hang_up()
    music_files.add(upload=SimpleUploadedFile("Waltz.wav", waltz), actor=anton)
    awaited(lambda: not examinations.is_going_on(), 15)
    music_files.remove(name="hold.wav", actor=anton)
    awaited(lambda: not examinations.is_going_on(), 15)
    call, _ = desk.calls_in(KONSTANTIN)
    assert hears(call, "waltz")
