"""What happens to recordings: they are measured when they are complete, and every play is journalled."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dispatch.audit import journal
from telephony import wav
from telephony.models import Call, Recording
from telephony.sound import Segment, Sound, joined

SETTLED = timedelta(seconds=5)  # a file that has not grown for so long, of a call that ended so long ago, is complete
FORGOTTEN = timedelta(days=2)  # a file that has not turned up by then will not
AGAIN = timedelta(seconds=20)  # browsers ask for the beginning more than once for one play
PLAY = timedelta(hours=6)  # nobody listens to one segment for longer


def measure_finished() -> int:
    """Fill in length and size of the segments that are complete. Returns how many were."""
    now = timezone.now()
    waiting = Recording.objects.filter(seconds=None, started_at__gt=now - FORGOTTEN).select_related("call")
    return sum(measure(recording) for recording in waiting)


def measure(recording: Recording) -> bool:
    """Fill in length and size, if the file is there and nobody writes to it any more."""
    path = file_of(recording)
    if path is None:
        return False
    facts = path.stat()
    with path.open("rb") as file:
        header = wav.parse(file.read(wav.HEAD))
    rests = facts.st_mtime < (timezone.now() - SETTLED).timestamp()
    if header is None or not rests or not (header.is_closed(facts.st_size) or _is_over(recording.call)):
        return False
    seconds = header.seconds(facts.st_size)
    return bool(Recording.objects.filter(pk=recording.pk, seconds=None).update(seconds=seconds, size=facts.st_size))


def _is_over(call: Call) -> bool:
    return call.ended_at is not None and call.ended_at < timezone.now() - SETTLED


def file_of(recording: Recording) -> Path | None:
    """Where the sound lies; None when it is not there, or when its name leads out of the recordings' folder."""
    folder = Path(settings.RECORDINGS_DIR).resolve()
    try:
        path = (folder / recording.file).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def sound_of(segments: Iterable[Recording]) -> Sound | None:
    """What is there of these, as one; None where nothing is."""
    return joined(
        [Segment(path, each.started_at.timestamp(), covers=each.covers) for each in segments if (path := file_of(each))]
    )


def journal_play(*, actor: Any, target: Recording | Call, call: Call, address: str | None, from_start: bool) -> None:
    """Write one line for one play of one segment or of the whole call, however many pieces of it the browser fetches.

    A play begins with the first byte; one that begins in the middle without having begun before counts as well.
    """
    with transaction.atomic():
        list(call.recordings.select_for_update())  # two pieces at once are still one play
        since = timezone.now() - (AGAIN if from_start else PLAY)
        heard = journal.about(str(target._meta.model_name), [target.pk]).filter(
            verb="recording.played", actor=actor, at__gt=since
        )
        if not heard.exists():
            journal.record(actor, "recording.played", target, address=address, call=call.pk)


def journal_download(*, actor: Any, target: Recording | Call, call: Call, address: str | None) -> None:
    journal.record(actor, "recording.downloaded", target, address=address, call=call.pk)
