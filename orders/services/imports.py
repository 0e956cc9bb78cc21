"""Spreadsheets on their way in: uploaded, checked without changing anything, taken over; in pieces, by the worker.

A piece and its counters are one transaction, and a run goes on where the last piece ended: a worker that dies takes
nothing with it, and two that run the same import do each piece once.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.exceptions import OperationalError

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Import, ImportFault, ImportFile, SheetKind
from orders.sheets import columns, files
from orders.sheets.addresses import Addresses
from orders.sheets.clients import Clients
from orders.sheets.files import Unreadable
from orders.sheets.garage import Drivers, Vehicles
from orders.sheets.lines import Kind, Line, Outcome, Result, Seen

logger = logging.getLogger(__name__)
KINDS: dict[str, type[Kind]] = {
    SheetKind.CLIENTS: Clients,
    SheetKind.ADDRESSES: Addresses,
    SheetKind.DRIVERS: Drivers,
    SheetKind.VEHICLES: Vehicles,
}
PIECE = 250  # lines
PREVIEW = 10  # lines
MOST_FAULTS = 2000  # sentences that are kept; all are counted
LONGEST_SENTENCE = 250


class _OnlyTried(Exception):
    """Takes back what a check wrote."""


def upload(*, kind: SheetKind, name: str, content: bytes, actor: Person) -> Import:
    """Keep the file, and guess its columns. Raises Refused: it cannot be read, or holds no line."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    try:
        heading, *rows = islice(files.read(content, language=language), PREVIEW + 1)
    except (Unreadable, ValueError):
        raise Refused(_("This file cannot be read. Save it as CSV or XLSX.")) from None
    if not rows:
        raise Refused(_("There is no line below the heading."))
    with transaction.atomic():
        job = Import.objects.create(
            kind=kind, file_name=name[-120:], columns=columns.guess(kind, heading), language=language, owner=actor
        )
        ImportFile.objects.create(of=job, content=content)
        journal.record(actor, "import.uploaded", job, file=job.file_name, kind=kind)
    return job


def preview(job: Import) -> tuple[list[str], list[list[str]]]:
    """The heading and the first lines. Empty when the file is there no more."""
    file = ImportFile.objects.filter(of=job).first()
    rows = list(islice(files.read(bytes(file.content), language=job.language), PREVIEW + 1)) if file else []
    return (rows[0], rows[1:]) if rows else ([], [])


def check(*, import_id: int, chosen: dict[str, int], actor: Person) -> Import:
    """Try every line and take it back. Raises Refused, Import.DoesNotExist."""
    with transaction.atomic():
        job = Import.objects.select_for_update().get(pk=import_id, owner=actor)
        if job.state not in (Import.State.UPLOADED, Import.State.CHECKED, Import.State.FAILED):
            raise Refused(_("This file is being read already, or was taken over."))
        lacking = columns.missing(job.kind, chosen)
        if lacking:
            names = ", ".join(str(column.label) for column in lacking)
            raise Refused(_("Say which column holds: %(names)s.") % {"names": names})
        job.columns = chosen
        _begin(job, Import.State.CHECKING)
    return job


def take_over(*, import_id: int, actor: Person) -> Import:
    """Take the good lines, for good. Raises Refused, Import.DoesNotExist."""
    with transaction.atomic():
        job = Import.objects.select_for_update().get(pk=import_id, owner=actor)
        if job.state != Import.State.CHECKED:
            raise Refused(_("Check the file first."))
        _begin(job, Import.State.TAKING)
    return job


def run(import_id: int) -> None:
    """Go on with an import until its end. Safe to run twice at once."""
    job = Import.objects.filter(pk=import_id, state__in=Import.RUNNING).select_related("owner").first()
    file = ImportFile.objects.filter(of=import_id).first()
    if job is None or file is None:
        return
    with translation.override(job.language):
        try:
            lines = list(_lines(job, files.read(bytes(file.content), language=job.language)))
        except Unreadable:
            _fail(job, _("This file cannot be read. Save it as CSV or XLSX."))
            return
        most = settings.IMPORT_MOST_LINES
        if len(lines) > most:
            sentence = ngettext("The file has more than %(most)s line.", "The file has more than %(most)s lines.", most)
            _fail(job, sentence % {"most": most})
            return
        _run(job, lines)


def go_on() -> int:
    """Imports whose worker is gone. Returns how many."""
    silent = timezone.now() - settings.IMPORT_SILENCE
    waiting = list(Import.objects.filter(state__in=Import.RUNNING, touched_at__lt=silent).values_list("pk", flat=True))
    for import_id in waiting:
        run(import_id)
    return len(waiting)


def forget_old() -> int:
    """What was uploaded long ago, taken over or not. Returns how many."""
    old = Import.objects.filter(created_at__lt=timezone.now() - settings.IMPORT_KEPT)
    return old.exclude(state__in=Import.RUNNING).delete()[0]


def _begin(job: Import, state: Import.State) -> None:
    job.faults.all().delete()
    job.state, job.problem, job.finished_at = state, "", None
    job.total = job.done = job.added = job.changed = job.same = job.faulty = 0
    job.touched_at = timezone.now()
    job.save()
    transaction.on_commit(lambda: _hand_to_the_worker(job.pk))


def _hand_to_the_worker(import_id: int) -> None:
    from orders.tasks import run_import

    try:
        run_import.apply_async([import_id], retry=False)
    except OperationalError:
        logger.warning("import %s waits: the broker is away", import_id)  # the timer finds it


def _lines(job: Import, rows: Iterable[list[str]]) -> Iterator[Line]:
    """The lines below the heading that hold anything."""
    for number, row in enumerate(rows, start=1):
        if number > 1 and any(row):
            cells = {name: row[place] for name, place in job.columns.items() if place < len(row)}
            yield Line(number, cells)


def _run(job: Import, lines: Sequence[Line]) -> None:
    kind, seen = KINDS[job.kind](), Seen()
    for line in lines[: job.done]:  # an earlier run did these
        for key in kind.keys(line):
            seen.lines.setdefault(key, line.number)
    at = job.done
    while at < len(lines):
        piece = lines[at : at + PIECE]
        if not _do(job, kind, piece, seen, at, len(lines)):
            return
        at += len(piece)
    _finish(job)


def _do(job: Import, kind: Kind, piece: Sequence[Line], seen: Seen, at: int, total: int) -> bool:
    """False: another worker has this import in hand."""
    with transaction.atomic():
        now = Import.objects.select_for_update().filter(pk=job.pk, state=job.state, done=at).first()
        if now is None:
            return False
        outcomes = _try(kind, piece, seen, job.owner, is_check=now.state == Import.State.CHECKING)
        for outcome in outcomes:
            setattr(now, outcome.result, getattr(now, outcome.result) + 1)
        room = max(0, MOST_FAULTS - now.faulty + sum(each.result == Result.FAULTY for each in outcomes))
        faults = [outcome for outcome in outcomes if outcome.result == Result.FAULTY][:room]
        ImportFault.objects.bulk_create(
            ImportFault(of=now, line=each.line.number, sentence=each.sentence[:LONGEST_SENTENCE]) for each in faults
        )
        now.total, now.done, now.touched_at = total, at + len(piece), timezone.now()
        now.save()
    return True


def _try(kind: Kind, piece: Sequence[Line], seen: Seen, actor: Person, *, is_check: bool) -> list[Outcome]:
    outcomes: list[Outcome] = []
    try:
        with transaction.atomic():
            outcomes = kind.take(piece, seen, actor)
            if is_check:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return outcomes


def _finish(job: Import) -> None:
    with transaction.atomic():
        now = Import.objects.select_for_update().filter(pk=job.pk, state=job.state).first()
        if now is None:
            return
        taken = now.state == Import.State.TAKING
        now.state = Import.State.DONE if taken else Import.State.CHECKED
        now.finished_at = timezone.now()
        now.save()
        if taken:
            ImportFile.objects.filter(of=now).delete()
            counts = {name: getattr(now, name) for name in ("added", "changed", "same", "faulty")}
            journal.record(job.owner, "import.taken", now, file=now.file_name, kind=now.kind, **counts)


def _fail(job: Import, sentence: str) -> None:
    Import.objects.filter(pk=job.pk, state=job.state).update(
        state=Import.State.FAILED, problem=sentence, finished_at=timezone.now()
    )
