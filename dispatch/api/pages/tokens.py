"""Which other systems may ask us, and for what. For the administrator."""

from datetime import datetime, time

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dispatch.api.models import Token
from dispatch.api.scopes import Scope
from dispatch.api.services import tokens as services
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("System"),
        max_length=80,
        help_text=gettext_lazy("Orders and the journal show this name for what the system did."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    a_minute = forms.IntegerField(
        label=gettext_lazy("Requests a minute, at most"), min_value=1, max_value=100_000, initial=settings.API_A_MINUTE
    )
    until = forms.DateField(
        label=gettext_lazy("Valid until, this day included"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=gettext_lazy("Empty: until somebody takes it back."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def expires_at(self) -> datetime | None:
        """Of a valid form: the end of that day of the office."""
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None


# /systems/
@requires("staff.administer")
@require_safe
def tokens(request: SignedInRequest) -> HttpResponse:
    found = Token.objects.select_related("person", "created_by", "revoked_by").order_by("-pk")
    return render(request, "systems/tokens.html", {"tokens": found, "now": timezone.now()})


# /systems/tokens/new/
@requires("staff.administer")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: SignedInRequest) -> HttpResponse:
    """The answer to the form shows the token, once: there is no address at which it could be read again."""
    form = TokenForm(request.POST or None)
    if not form.is_valid():
        return render(request, "systems/token_new.html", {"form": form}, status=422 if form.is_bound else 200)
    asked = form.cleaned_data
    try:
        token, text = services.issue(
            name=asked["name"],
            scopes=asked["scopes"],
            a_minute=asked["a_minute"],
            expires_at=form.expires_at(),
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error("until", refusal.sentence)
        return render(request, "systems/token_new.html", {"form": form}, status=422)
    return render(request, "systems/token.html", {"token": token, "text": text}, status=201)


# /systems/tokens/<id>/revoke/
@requires("staff.administer")
@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    token = services.revoke(token_id=get_object_or_404(Token, pk=pk).pk, actor=request.user)
    messages.success(request, _("%(token)s opens nothing any more.") % {"token": token})
    return redirect("systems:tokens")
