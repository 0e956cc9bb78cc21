"""Spreadsheets on their way out: streamed, masked unless somebody says what the whole numbers are for, journalled."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch.audit import journal
from dispatch.staff.access import SignedInRequest, address_of, may, requires
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.forms.sheets import ExportForm
from orders.models import SheetKind
from orders.selectors import exports as reading
from orders.sheets.files import BOM, csv_lines, write_xlsx

MOST_IN_XLSX = 100_000  # rows; a spreadsheet program takes little more, and CSV has no end
CHUNK = 65536  # bytes
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def kinds_for(person: Person) -> Sequence[SheetKind]:
    clients = (SheetKind.CLIENTS, SheetKind.ADDRESSES) if may(person, "clients.exchange") else ()
    return (*clients, SheetKind.DRIVERS, SheetKind.VEHICLES)


# /exports/
@requires("drivers.exchange")
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: SignedInRequest) -> Any:
    form = ExportForm(request.POST or None, kinds=kinds_for(request.user), initial=request.GET.dict())
    if not form.is_valid():
        return _page(request, form)
    try:
        return attachment(form.cleaned_data, actor=request.user, address=address_of(request))
    except Refused as refusal:
        form.add_error("form", refusal.sentence)
        return _page(request, form)


def attachment(said: Mapping[str, Any], *, actor: Person, address: str | None) -> StreamingHttpResponse:
    """The file that a valid ExportForm asks for. Raises Refused: too much for that format."""
    kind, is_whole = said["kind"], said["is_whole"]
    as_csv = said["form"] == "csv"
    if not as_csv and reading.count(kind) > MOST_IN_XLSX:
        raise Refused(_("That is too much for XLSX. Take CSV."))
    details = {"kind": kind, "whole": is_whole, "reason": said["reason"]}
    journal.record(actor, "export.made", None, address=address, **details)
    return _csv(kind, is_whole=is_whole) if as_csv else _xlsx(kind, is_whole=is_whole)


def _page(request: SignedInRequest, form: ExportForm) -> HttpResponse:
    context = {"form": form, "may_whole": may(request.user, "clients.exchange")}
    return render(request, "orders/exports.html", context, status=422 if form.is_bound else 200)


def _csv(kind: str, *, is_whole: bool) -> StreamingHttpResponse:
    batches = chain([[reading.heading(kind)]], reading.batches(kind, is_whole=is_whole))
    return _attached(_texts(batches, translation.get_language()), "text/csv; charset=utf-8", kind, "csv")


def _xlsx(kind: str, *, is_whole: bool) -> StreamingHttpResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed by the stream
    rows = chain.from_iterable(reading.batches(kind, is_whole=is_whole))
    write_xlsx(chain([reading.heading(kind)], rows), file)
    file.seek(0)
    return _attached(_bytes(file), XLSX, kind, "xlsx")


def _attached(content: AsyncIterator[bytes], content_type: str, kind: str, suffix: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{kind}-{timezone.localdate():%Y-%m-%d}.{suffix}"'
    response["Cache-Control"] = "private, no-store"
    return response


async def _texts(batches: Iterator[list[list[str]]], language: str | None) -> AsyncIterator[bytes]:
    def read_on() -> bytes | None:
        with translation.override(language):
            rows = next(batches, None)
            return None if rows is None else csv_lines(rows).encode()

    yield BOM.encode()
    while (text := await sync_to_async(read_on)()) is not None:
        yield text


async def _bytes(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while data := await asyncio.to_thread(file.read, CHUNK):
            yield data
