"""The ledger of commands: every click that asked the telephone exchange for something, and what became of it."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dispatch.audit import verbs
from dispatch.staff.access import SignedInRequest, may, requires
from dispatch.staff.models import Person
from telephony.core import naming, operations
from telephony.models import Intent

PAGE = 100
STATES = [
    (Intent.State.CONFIRMED, _("confirmed")),
    (Intent.State.REFUSED, _("refused")),
    (Intent.State.EXPIRED, _("not confirmed in time")),
    (Intent.State.UNKNOWN, _("not known yet")),
    (Intent.State.SENT, _("sent")),
    (Intent.State.ASKED, _("asked")),
]


class LedgerFilter(forms.Form):
    """Everything is optional and lives in the URL. A field that is not valid narrows nothing and says so."""

    person = forms.ModelChoiceField(
        label=_("Who"),
        queryset=Person.objects.order_by("last_name", "first_name"),
        required=False,
        empty_label=_("everybody"),
    )
    verb = forms.ChoiceField(label=_("Did what"), required=False)
    state = forms.ChoiceField(label=_("Outcome"), choices=[("", _("all")), *STATES], required=False)
    call = forms.IntegerField(label=_("Call"), min_value=1, max_value=2**62, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    before = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        said = [(verb, verbs.say(f"call.{verb}")) for verb in ("pick", *naming.PLACING, *operations.VERBS)]
        self.fields["verb"].choices = [("", _("anything")), *said]  # type: ignore[attr-defined]

    def rows(self) -> QuerySet[Intent]:
        self.is_valid()
        asked = self.cleaned_data
        found = Intent.objects.select_related("actor").order_by("-asked_at", "-id")
        for name in ("verb", "state", "call"):
            if asked.get(name):
                found = found.filter(**{name: asked[name]})
        if asked.get("person"):
            found = found.filter(actor=asked["person"])
        if asked.get("since"):
            found = found.filter(asked_at__gte=_midnight(asked["since"]))
        if asked.get("until"):
            found = found.filter(asked_at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if asked.get("before"):
            found = found.filter(asked_at__lt=asked["before"])
        return found


# /ledger/
@requires("ledger.see")
@require_safe
def ledger(request: SignedInRequest) -> HttpResponse:
    """Newest first, a page at a time. To whom a call went is shown to who may see calls."""
    form = LedgerFilter(request.GET)
    intents = list(form.rows()[: PAGE + 1])
    further = request.GET.copy()
    if len(intents) > PAGE:
        further["before"] = intents[PAGE - 1].asked_at.isoformat()
    context = {
        "form": form,
        "intents": intents[:PAGE],
        "states": dict(STATES),
        "further": further.urlencode() if len(intents) > PAGE else "",
        "sees_calls": may(request.user, "history.all"),
    }
    return render(request, "telephony/ledger.html", context)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
