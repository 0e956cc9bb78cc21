"""A file of addresses on its way into the directory: handed over, read for a preview, taken."""

import logging
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from places import readers
from places.models import Upload, UploadState
from places.records import Fault, Record
from places.services import importing
from places.services.importing import Tally

log = logging.getLogger(__name__)

FAULTS_SHOWN = 200


def hand_over(*, name: str, data: bytes, town: str, actor: Person) -> Upload:
    with transaction.atomic():
        upload = Upload.objects.create(name=name[-200:], data=data, town=town.strip(), created_by=actor)
        journal.record(actor, "directory.uploaded", upload, file=upload.name)
    return upload


def ask(*, upload_id: int) -> Upload:
    """The preview was looked at: take it. Raises Refused, Upload.DoesNotExist."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().defer("data").get(pk=upload_id)
        if upload.state != UploadState.READ:
            raise Refused(_("This file is not waiting to be taken."))
        upload.state, upload.done = UploadState.ASKED, 0
        upload.save(update_fields=["state", "done"])
    return upload


def read(*, upload_id: int) -> None:
    """For the worker: find out what the file would do. A second worker with the same file finds nothing to do."""
    _work(
        upload_id,
        start=(UploadState.WAITING, UploadState.READING),
        end=UploadState.READ,
        do=lambda upload, records, progress: importing.preview(records, progress),
    )


def take(*, upload_id: int) -> None:
    """For the worker: take it into the directory."""
    _work(
        upload_id,
        start=(UploadState.ASKED, UploadState.TAKING),
        end=UploadState.TAKEN,
        do=lambda upload, records, progress: importing.take(
            records, actor=upload.created_by, source=upload.name, progress=progress
        ),
    )


def _work(
    upload_id: int,
    *,
    start: tuple[UploadState, UploadState],
    end: UploadState,
    do: Callable[[Upload, Iterable[Record | Fault], Callable[[Tally], None]], Tally],
) -> None:
    if not Upload.objects.filter(pk=upload_id, state__in=start).update(state=start[1]):
        return
    upload = Upload.objects.select_related("created_by").get(pk=upload_id)
    try:
        with tempfile.TemporaryDirectory(prefix="places-") as folder:
            suffix = next((s for s in readers.OSM if upload.name.lower().endswith(s)), ".csv")
            path = Path(folder) / f"upload{suffix}"
            path.write_bytes(upload.data)
            tally = do(upload, readers.read(path, town=upload.town), lambda tally: _so_far(upload_id, tally))
    except Exception:
        log.exception("The import of %s broke off.", upload.name)
        fault = [0, "broke_off", ""]
        Upload.objects.filter(pk=upload_id).update(
            state=UploadState.FAILED, faults=[fault], data=b"", finished_at=timezone.now()
        )
        return
    is_over = end == UploadState.TAKEN or not tally.taken
    Upload.objects.filter(pk=upload_id).update(
        state=end if tally.taken else UploadState.FAILED,
        done=tally.taken,
        counts={"added": tally.added, "changed": tally.changed, "same": tally.same, "faulty": tally.faulty},
        faults=[[fault.line, fault.reason, fault.value] for fault in tally.faults[:FAULTS_SHOWN]],
        finished_at=timezone.now() if is_over else None,
        **({"data": b""} if is_over else {}),
    )


def _so_far(upload_id: int, tally: Tally) -> None:
    """On a connection of its own: the preview's transaction is taken back, and seen by nobody until then."""
    if not connections["default"].in_atomic_block:
        Upload.objects.filter(pk=upload_id).update(done=tally.taken)
        return
    watcher = connections["default"].copy()
    try:
        with watcher.cursor() as cursor:
            cursor.execute("update places_upload set done = %s where id = %s", [tally.taken, upload_id])
    finally:
        watcher.close()
