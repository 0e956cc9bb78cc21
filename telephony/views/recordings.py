"""The sound of a call: streamed with Range, so that a player can seek; every play is journalled once."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dispatch.staff.access import SignedInRequest, address_of, may, refuse, requires
from telephony.models import Call, Recording
from telephony.selectors import privacy
from telephony.services import recordings
from telephony.sound import Sound

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
def recording(request: SignedInRequest, pk: int) -> Any:
    """One segment."""
    found = get_object_or_404(Recording.objects.select_related("call__order"), pk=pk)
    return _sound(request, found.call, [found], found, f"call-{found.call_id}-{found.pk}.wav")


# /calls/<id>/recording/
@requires("recordings.play")
@require_safe
def whole(request: SignedInRequest, pk: int) -> Any:
    """All segments of a call, as one."""
    call = get_object_or_404(Call.objects.select_related("order"), pk=pk)
    segments = list(call.recordings.order_by("started_at", "id"))
    return _sound(request, call, segments, call, f"call-{call.pk}.wav")


def _sound(
    request: SignedInRequest, call: Call, segments: Sequence[Recording], target: Call | Recording, name: str
) -> Any:
    wants_download = "download" in request.GET
    if wants_download and not may(request.user, "recordings.download"):
        raise Http404
    if not privacy.may_play(
        request.user, call, is_own=Call.objects.filter(privacy.own(request.user), pk=call.pk).exists()
    ):
        return refuse(request, _("You may listen to your own calls and to those of live orders."), target=target)
    sound = recordings.sound_of(segments)
    if sound is None:
        sentence = _("The sound of this call is not there: the file is missing, or its storage is away.")
        return render(request, "telephony/sound_missing.html", {"sentence": sentence, "call": call}, status=404)
    piece = _piece(request.headers.get("Range", ""), sound.size)
    if piece is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{sound.size}"})
    if request.method == "GET":
        _journal(request, target, call, piece, wants_download=wants_download)
    response = _answer(request, sound, piece)
    if wants_download:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _journal(
    request: SignedInRequest, target: Call | Recording, call: Call, piece: Piece, *, wants_download: bool
) -> None:
    address = address_of(request)
    if not wants_download:
        from_start = piece.first == 0
        recordings.journal_play(actor=request.user, target=target, call=call, address=address, from_start=from_start)
    elif piece.first == 0:
        recordings.journal_download(actor=request.user, target=target, call=call, address=address)


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


def _answer(request: SignedInRequest, sound: Sound, piece: Piece) -> HttpResponseBase:
    response: HttpResponseBase = HttpResponse(content_type="audio/wav")
    if request.method == "GET":
        response = StreamingHttpResponse(_bytes(sound, piece), content_type="audio/wav")
    response["Content-Length"] = str(piece.length)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    if piece.is_part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {piece.first}-{piece.last}/{piece.size}"
    return response


async def _bytes(sound: Sound, piece: Piece) -> AsyncIterator[bytes]:
    """The piece, a chunk at a time."""
    for part in sound.pieces(piece.first, piece.length):
        if isinstance(part, bytes):
            yield part
            continue
        left = part.length
        with await asyncio.to_thread(part.path.open, "rb") as file:
            await asyncio.to_thread(file.seek, part.at)
            while left > 0 and (data := await asyncio.to_thread(file.read, min(CHUNK, left))):
                left -= len(data)
                yield data
