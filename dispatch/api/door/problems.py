"""Every refusal as application/problem+json (RFC 9457): a code for the machine, a sentence in the reader's language."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.defaults import server_error
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler

from dispatch.api.shapes.fields import NUMBERS, seen
from dispatch.staff.refusal import Refused
from orders import reasons
from orders.matching import Doubt
from orders.services import assignment, clients, editing, intake
from orders.services.editing import Clash
from orders.services.outlook import Outlook
from orders.sight import Sight

MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "not_json",
    401: "no_token",
    403: "no_scope",
    404: "not_found",
    405: "no_such_method",
    406: "not_acceptable",
    409: "refused",
    413: "too_large",
    415: "not_json",
    422: "invalid",
    429: "too_many",
    500: "unexpected",
    503: "no_database",
}


class Invalid(exceptions.APIException):
    """`errors`: the field, as it stands in the request, and what is wrong with it."""

    status_code = 422

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(_("Some fields cannot be taken as they are."))
        self.errors = [{"field": field, "message": message} for field, message in errors.items()]


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """For an exception of ours or of the framework; None for one that nobody expected."""
    known = _ours(error, context)
    if known:
        code, sentence, more = known
        return problem(409, code, sentence, **more)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return problem(404, CODES[404], _("There is nothing at this address."))
    if isinstance(error, RequestDataTooBig):
        most = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return problem(413, CODES[413], _("The request is larger than %(most)s.") % {"most": most})
    if isinstance(error, exceptions.ValidationError):
        error = Invalid(dict(_flat(error.detail)))
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return None
    more = {"errors": error.errors} if isinstance(error, Invalid) else {}
    told = problem(response.status_code, CODES.get(response.status_code, "refused"), str(error.detail), **more)
    for name, value in response.items():
        if name.lower() != "content-type":
            told[name] = value
    return told


def problem(status: int, code: str, sentence: str, **more: Any) -> Response:
    body = {"type": f"urn:taxi-desk:problem:{code}", "title": code, "status": status, "detail": sentence, **more}
    return Response(body, status=status, content_type=MEDIA_TYPE)


def unexpected(request: HttpRequest) -> HttpResponse:
    """What nobody expected, wherever in the house: other systems hear of it in their form, people on a page.

    Called while the exception is being handled; a database that is away is told from a mistake of ours.
    """
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_away else 500
    if not request.path.startswith(settings.API_HOME):
        response: HttpResponse = server_error(request, f"{status}.html")
        response.status_code = status
    else:
        sentence = (
            _("The database does not answer: try again in some seconds.")
            if is_away
            else _("Something went wrong here: it is written down, and may be tried again.")
        )
        body = JSONRenderer().render(problem(status, CODES[status], sentence).data)
        response = HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    if is_away:
        response["Retry-After"] = "5"
    return response


def _ours(error: Exception, context: dict[str, Any]) -> tuple[str, str, dict[str, Any]] | None:
    """The code, the sentence, and what the caller needs in order to decide."""
    match error:
        case Refused():
            return "refused", error.sentence, {}
        case intake.Doubtful():
            concerns = [{"name": each.name, "detail": each.sentence} for each in error.concerns]
            return "doubtful", " ".join(each.sentence for each in error.concerns), {"concerns": concerns}
        case assignment.Doubtful():
            return "doubtful", reasons.doubtful(error.driver, error.doubts), {"concerns": doubts(error.doubts)}
        case editing.Undecided():
            return (
                "undecided",
                _("The change takes the order from its driver, or he drives all the same: decide."),
                {
                    "outlook": _outlook(error.outlook),
                    "choices": [editing.RESTART, editing.KEEP],
                },
            )
        case editing.Conflict():
            sight = context["view"].eyes(context["request"])["sight"]
            clashes = [_clash(each, sight) for each in error.clashes]
            sentence = _("%(who)s changed the same fields meanwhile: both versions stand here.") % {"who": error.who}
            return "conflict", sentence, {"version": error.order.version, "conflicts": clashes}
        case clients.Ambiguous():
            known = [{"id": each.pk, "name": each.name} for each in error.clients]
            return "ambiguous", _("Several clients have this number: choose who calls."), {"clients": known}
    return None


def _clash(found: Clash, sight: Sight) -> dict[str, str]:
    texts = {"before": found.before, "theirs": found.theirs, "mine": found.mine}
    if found.field in NUMBERS:
        texts = {name: seen(text, sight) for name, text in texts.items()}
    return {"field": found.field, **texts}


def doubts(found: Sequence[Doubt]) -> list[dict[str, str]]:
    return [{"name": doubt.concern.value, "detail": reasons.why_not(doubt)} for doubt in found]


def _outlook(found: Outlook) -> dict[str, Any]:
    return {
        "moved": [what.value for what in found.moved],
        "concerns": doubts(found.doubts),
        "price": None if found.price is None else str(found.price),
        "currency": found.currency,
    }


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """("pickup.address", "…") for each field; "" for what is wrong with the whole."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            below = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from _flat(inner, below)
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        if all(isinstance(each, str) for each in detail):
            yield path, " ".join(str(each) for each in detail)
        else:
            for place, inner in enumerate(detail):
                yield from _flat(inner, f"{path}.{place}") if inner else ()
    else:
        yield path, str(detail)
