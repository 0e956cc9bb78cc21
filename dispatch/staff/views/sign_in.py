"""The door: sign in, sign out, and what it says when it is locked."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from dispatch.staff.selectors import roster
from dispatch.staff.services.shifts import end_shift


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": gettext_lazy("That name and password do not fit together. Mind capital letters."),
        "inactive": gettext_lazy("That name and password do not fit together. Mind capital letters."),
    }


class SignIn(LoginView):
    template_name = "staff/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        _remember_language(form.get_user(), response)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """Who leaves ends his shift by it: no call comes to an empty chair."""

    next_page = settings.LOGIN_URL
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shift = roster.open_shift(request.user)  # type: ignore[arg-type]
        if shift is not None:
            try:
                end_shift(shift=shift, actor=request.user)  # type: ignore[arg-type]
            except Refused as refusal:
                messages.error(request, refusal.sentence)
                return redirect("/")
        return super().post(request, *args, **kwargs)  # type: ignore[return-value]


def locked_out(request: HttpRequest, *_others: Any) -> HttpResponse:
    """What axes answers instead of the view once too many wrong passwords came for one name from one address."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    sentence = " ".join(
        [
            _("Too many wrong passwords for this name."),
            ngettext(
                "Wait %(minutes)d minute, then try again; the administrator can set a new password.",
                "Wait %(minutes)d minutes, then try again; the administrator can set a new password.",
                minutes,
            )
            % {"minutes": minutes},
        ]
    )
    form = SignInForm(request)
    return render(request, "staff/sign_in.html", {"form": form, "locked": sentence}, status=429)


def _remember_language(person: Person, response: HttpResponse) -> None:
    """The sign-in page, next time on this computer, speaks as the person who last sat here does."""
    if person.language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, max_age=365 * 24 * 3600, samesite="Lax")
