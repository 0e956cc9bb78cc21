"""`manage.py replay`: what really happened, told from what the PBX sent."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from telephony.management.commands.replay import chunks, described, replay
from tests import tapes

INTERNAL = r"^\d{2,4}$"
KEYS = [
    "tape",
    "caller",
    "dialled",
    "queue",
    "direction",
    "answered_by",
    "transfers",
    "ended_by",
    "abandoned",
    "started_at",
    "answered_at",
    "ended_at",
]


def told(*pieces: bytes, internal: str = INTERNAL) -> list[dict[str, Any]]:
    return [described("x", call) for call in replay(pieces, internal)]


def run(*arguments: object) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("replay", *[str(each) for each in arguments], stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.feature("D13", "P14")
@pytest.mark.parametrize("name", sorted(tapes.truth()))
def test_the_tape_tells_what_really_happened(name: str) -> None:
    story = tapes.truth()[name]
    expected = story["expected"]
    keys = set(expected[0])
    calls = [{key: call[key] for key in keys} for call in told(*chunks(tapes.path(name)))]
    if story.get("unordered"):
        calls.sort(key=lambda call: json.dumps(call, sort_keys=True))
        expected = sorted(expected, key=lambda call: json.dumps(call, sort_keys=True))
    assert calls == expected


@pytest.mark.parametrize("name", sorted(tapes.truth()))
def test_times_are_in_order_and_every_call_has_ended(name: str) -> None:
    for call in told(tapes.data(name)):
        times = [call["started_at"], call["answered_at"], call["ended_at"]]
        known = [each for each in times if each]
        assert known == sorted(known)
        assert times[0]
        assert times[2]
        assert all(each.endswith("+00:00") for each in known)
        assert bool(call["answered_by"]) == bool(call["answered_at"])


def test_the_command_prints_one_object_per_line_for_many_files() -> None:
    lines = run(tapes.path("internal"), tapes.path("queue_three_callers"), tapes.path("in_busy"))
    assert [line["tape"] for line in lines] == ["internal.ami", *["queue_three_callers.ami"] * 3, "in_busy.ami"]
    assert all(list(line) == KEYS for line in lines)
    assert lines[-1]["queue"] is None
    assert lines[-1]["answered_by"] == []
    assert lines[-1]["answered_at"] is None


def test_names_are_printed_as_they_are_spoken() -> None:
    raw = tapes.data("cyrillic_hebrew").replace(b"CallerIDNum: 79161110001", b"CallerIDNum: <unknown>")
    assert told(raw)[0]["caller"] == "Жанна Ёлкина-Щукина"


def test_whoever_is_staff_is_told_by_the_option() -> None:
    inside = run(tapes.path("internal"), "--internal", r"^1\d\d$")
    outside = run(tapes.path("internal"), "--internal", r"^9\d\d$")
    assert inside[0]["direction"] == "internal"
    assert outside[0]["direction"] == "in"
    with pytest.raises(CommandError, match="no regular expression"):
        run(tapes.path("internal"), "--internal", "(")


def test_a_file_that_is_not_there_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="could be read"):
        call_command("replay", "/nowhere/x.ami", str(tapes.path("internal")))
    shown = capsys.readouterr()
    assert json.loads(shown.out)["answered_by"] == ["102"]
    assert "/nowhere/x.ami" in shown.err


def test_a_recording_that_ends_in_the_middle_of_a_call_is_no_error() -> None:
    data = tapes.data("in_answer_caller_hangup")
    (call,) = told(data[: data.index(b"Event: HangupRequest")])
    assert call["answered_by"] == ["101"]
    assert call["ended_at"] is None
    assert call["ended_by"] is None


def test_a_recording_that_begins_after_the_end_tells_of_no_call() -> None:
    data = tapes.data("in_answer_caller_hangup")
    assert told(data[data.rindex(b"Event: BridgeLeave") :]) == []


def test_a_recording_that_begins_in_the_conversation_still_knows_the_transfer() -> None:
    data = tapes.data("atxfer_complete")
    (call,) = told(data[data.index(b"Event: Hold") :])
    assert call["caller"] == "79161234567"
    assert call["transfers"] == [{"kind": "attended", "by": "101", "to": ["103"], "completed": True, "why": None}]
    assert call["ended_by"] == "caller"


def test_without_timestamps_the_uniqueid_tells_the_second() -> None:
    raw = re.sub(rb"Timestamp: [^\r]*\r\n", b"", tapes.data("in_answer_caller_hangup"))
    (call,) = told(raw)
    assert call["started_at"] == "2026-11-22T23:36:43+00:00"
    assert call["started_at"] <= call["answered_at"] <= call["ended_at"]


def test_without_any_time_the_times_are_null() -> None:
    raw = re.sub(rb"Timestamp: [^\r]*\r\n", b"", tapes.data("in_answer_caller_hangup"))
    raw = re.sub(rb"pbx-\d+\.(\d+)", rb"call-\1-x", raw)
    (call,) = told(raw)
    assert call["answered_by"] == ["101"]
    assert (call["started_at"], call["answered_at"], call["ended_at"]) == (None, None, None)


def test_rubbish_is_no_call_and_no_error() -> None:
    assert told(b"\x00\xff\xfe" * 5000, b"\r\n\r\n", b"Event\r\n\r\nEvent: Newchannel\r\n\r\n") == []


def test_it_needs_no_settings_and_no_database(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    clean = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, str(root / "manage.py"), "replay", str(tapes.path("cyrillic_hebrew"))],
        env=clean,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert [json.loads(line)["caller"] for line in done.stdout.splitlines()] == ["79161110001", "97225551234"]
