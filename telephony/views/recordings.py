"""The sound of a call: streamed with Range, so that a player can seek; every play is journalled once."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dispatch.staff.access import address_of, may, refuse, requires
from telephony import wav
from telephony.models import Call, Recording
from telephony.selectors import privacy
from telephony.services import recordings

CHUNK = 65536  # bytes
RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclass(frozen=True)
class Piece:
    """Bytes `first` to `last`, both included, of a file of `size` bytes; `is_part`: a range was asked for."""

    first: int
    last: int
    size: int
    is_part: bool = True

    @property
    def length(self) -> int:
        return self.last - self.first + 1


# /recordings/<id>/
@requires("recordings.play")
@require_safe
def recording(request: HttpRequest, pk: int) -> Any:
    found = get_object_or_404(Recording.objects.select_related("call__order"), pk=pk)
    wants_download = "download" in request.GET
    if wants_download and not may(request.user, "recordings.download"):
        raise Http404
    if not privacy.may_play(request.user, found.call, is_own=_is_own(request.user, found.call)):
        return refuse(request, _("You may listen to your own calls and to those of live orders."), target=found)
    path = recordings.file_of(found)
    if path is None:
        sentence = _("The sound of this call is not there: the file is missing, or its storage is away.")
        return render(request, "telephony/sound_missing.html", {"sentence": sentence, "call": found.call}, status=404)
    size = path.stat().st_size
    piece = _piece(request.headers.get("Range", ""), size)
    if piece is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if request.method == "GET":
        _journal(request, found, piece, wants_download=wants_download)
    response = _answer(request, found, path, piece)
    if wants_download:
        response["Content-Disposition"] = f'attachment; filename="call-{found.call_id}-{found.pk}.wav"'
    return response


def _is_own(person: Any, call: Call) -> bool:
    return Call.objects.filter(privacy.own(person), pk=call.pk).exists()


def _journal(request: HttpRequest, found: Recording, piece: Piece, *, wants_download: bool) -> None:
    address = address_of(request)
    if not wants_download:
        from_start = piece.first == 0
        recordings.journal_play(actor=request.user, recording=found, address=address, from_start=from_start)
    elif piece.first == 0:
        recordings.journal_download(actor=request.user, recording=found, address=address)


def _piece(header: str, size: int) -> Piece | None:
    """What the Range header asks for; the whole where it asks nothing that we understand; None: beyond the end."""
    whole = Piece(0, size - 1, size, is_part=False)
    asked = RANGE.fullmatch(header.strip())
    if asked is None or not any(asked.groups()):
        return whole
    if not asked[1]:
        first, last = max(0, size - int(asked[2])), size - 1
    else:
        first, last = int(asked[1]), min(int(asked[2] or size), size - 1)
    if asked[1] and asked[2] and int(asked[2]) < first:
        return whole
    return Piece(first, last, size) if first < size else None


def _answer(request: HttpRequest, found: Recording, path: Path, piece: Piece) -> HttpResponseBase:
    response: HttpResponseBase = HttpResponse(content_type="audio/wav")
    if request.method == "GET":
        sound = _bytes(path, piece, is_growing=found.seconds is None)
        response = StreamingHttpResponse(sound, content_type="audio/wav")
    response["Content-Length"] = str(piece.length)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    if piece.is_part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {piece.first}-{piece.last}/{piece.size}"
    return response


async def _bytes(path: Path, piece: Piece, *, is_growing: bool) -> AsyncIterator[bytes]:
    """The piece, a chunk at a time; the header of a file that still grows says the length it has now."""
    at, left = piece.first, piece.length
    with await asyncio.to_thread(path.open, "rb") as file:
        if is_growing and at < wav.HEAD:
            head = wav.completed(await asyncio.to_thread(file.read, wav.HEAD), piece.size)[at : at + left]
            at, left = at + len(head), left - len(head)
            yield head
        await asyncio.to_thread(file.seek, at)
        while left > 0 and (data := await asyncio.to_thread(file.read, min(CHUNK, left))):
            left -= len(data)
            yield data
