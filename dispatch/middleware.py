"""Before every view: whoever is not signed in is led to the sign-in page, each person reads his own language, and what
was typed holds nothing that the database cannot keep."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import resolve_url
from django.urls import resolve
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

SIGNS_OF_LIFE = frozenset({"/healthz", "/readyz"})
LANGUAGE_PATH = "/language/"  # to post only: the sign-in page, too, is read in one's own language


class SignInWall(MiddlewareMixin):
    """Nobody learns what exists here: from any address, existing or not, a stranger comes to the sign-in page.

    It stands before CommonMiddleware, whose added slashes would tell which addresses are real.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.path in SIGNS_OF_LIFE:  # who watches the processes does not know by which name people open the desk
            return resolve(request.path).func(request)
        if request.path.startswith((settings.STATIC_HOME, settings.API_HOME)):
            return None
        if request.user.is_authenticated:
            if request.user.language:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            return None
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.path == sign_in or (request.path == LANGUAGE_PATH and request.method == "POST"):
            return None
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(sign_in)  # a fragment cannot show it: the whole page goes there
        if request.method not in ("GET", "HEAD"):
            raise Http404
        response = HttpResponse(status=302)
        response["Location"] = f"{sign_in}?{urlencode({'next': request.get_full_path()})}"
        return response


class NoZeroBytes(MiddlewareMixin):
    """Takes zero bytes out of forms and of what stands behind an address's `?`: PostgreSQL refuses them.

    It stands after CsrfViewMiddleware, which has read the form by then; interfaces read their JSON themselves.
    """

    def process_view(self, request: HttpRequest, *view: object) -> None:
        if request.path.startswith(settings.API_HOME):
            return
        request.GET = without_zero_bytes(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = without_zero_bytes(request.POST)  # type: ignore[assignment]


def without_zero_bytes(typed: QueryDict) -> QueryDict:
    if not any("\x00" in text for _, texts in typed.lists() for text in texts):
        return typed
    clean = typed.copy()
    for name, texts in typed.lists():
        clean.setlist(name, [text.replace("\x00", "") for text in texts])
    return clean
