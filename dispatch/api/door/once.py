"""`Idempotency-Key`: a request that is sent again, because its answer got lost, is done once and answered as before."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from psycopg.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api import sealing
from dispatch.api.door import problems
from dispatch.api.door.endpoint import Endpoint
from dispatch.api.door.token import token_of
from dispatch.api.models import KeptAnswer

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
LONGEST = 120  # characters of a key
PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text of yours, one for each thing that is to be done once. The same request with the same key is "
    f"answered as the first time for {settings.API_ANSWER_HOURS} hours; another request with it is refused (422).",
)

Handler = Callable[..., Response]


def once(handler: Handler) -> Callable[..., HttpResponseBase]:
    """A handler in one transaction; with a key, its answer is kept in the same one."""

    @wraps(handler)
    def guarded(view: Endpoint, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get(HEADER, "").strip()
        body = request._request.body  # before anybody reads it as JSON: later it is gone

        def act() -> Response:
            try:
                with transaction.atomic():
                    return handler(view, request, *args, **kwargs)
            except Exception as error:
                return view.handle_exception(error)  # raises what nobody expected: then nothing is kept either

        if not key:
            return act()
        if len(key) > LONGEST or "\x00" in key:
            raise problems.Invalid({HEADER: _("At most %(most)s characters.") % {"most": LONGEST}})
        return _kept(request, key, _fingerprint(request, body), act)

    guarded.takes_key = True  # type: ignore[attr-defined]
    return guarded


def _kept(request: Request, key: str, fingerprint: str, act: Callable[[], Response]) -> HttpResponseBase:
    token, now = token_of(request), timezone.now()
    KeptAnswer.objects.filter(token=token, key=key, at__lt=now - timedelta(hours=settings.API_ANSWER_HOURS)).delete()
    try:
        with transaction.atomic():
            row = _claim(KeptAnswer(token=token, key=key, fingerprint=fingerprint, status=0, at=now))
            answer = act()
            row.status, row.location = answer.status_code, answer.get("Location", "")
            row.media_type = answer.content_type or JSONRenderer.media_type
            row.body = sealing.seal(JSONRenderer().render(answer.data).decode())
            row.save(force_update=True)
        return answer
    except _Taken:
        first = KeptAnswer.objects.get(token=token, key=key)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return problems.problem(409, "in_progress", _("The same request is being worked on: ask again in a moment."))
    if first.fingerprint != fingerprint:
        raise problems.Invalid({HEADER: _("This key was used for another request: take a new one.")})
    again = HttpResponse(sealing.unseal(first.body), status=first.status, content_type=first.media_type)
    again[REPLAYED] = "true"
    if first.location:
        again["Location"] = first.location
    return again


class _Taken(Exception):
    """The key has its answer."""


def _claim(row: KeptAnswer) -> KeptAnswer:
    """The key is ours until the end of the transaction: whoever comes with it meanwhile waits here, not for ever."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [f"{settings.API_TWIN_SECONDS}s"])
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise _Taken from None
        cursor.execute("set local lock_timeout to default")
    return row


def _fingerprint(request: Request, body: bytes) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + body).hexdigest()
