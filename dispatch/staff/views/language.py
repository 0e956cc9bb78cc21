from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from dispatch.staff.services.people import choose_language

YEAR = 365 * 24 * 3600


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Change the language of the screen and come back to the same page. Open to strangers: the sign-in page has it."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_page_to_return_to(request))
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
        if request.user.is_authenticated:
            choose_language(person=request.user, language=language)
    return response


def _page_to_return_to(request: HttpRequest) -> str:
    page = request.POST.get("next", "")
    mine = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return page if mine else "/"
