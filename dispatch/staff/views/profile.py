"""One's own page."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch.staff.access import SignedInRequest
from dispatch.staff.services.people import set_password


# /profile/
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Who I am here, and a new password. The form's own check of the old one stands before the new."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if not form.is_valid():
        return render(request, "staff/profile.html", {"form": form}, status=422 if form.is_bound else 200)
    set_password(person=request.user, password=form.cleaned_data["new_password1"], actor=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Your password is changed. Elsewhere you are signed out."))
    return redirect("staff:profile")
