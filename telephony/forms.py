"""The filters of the call history, and the choice of what a call was about."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispatch.staff.access import may
from dispatch.staff.models import Person, Role
from orders import numbers
from orders.models import Client
from telephony.models import Call, CallClass
from telephony.selectors import outside, privacy

DIRECTIONS = [("", _("all")), ("in", _("incoming")), ("out", _("outgoing")), ("internal", _("internal"))]
RESULTS = [
    ("", _("all")),
    ("answered", _("answered")),
    ("missed", _("missed")),
    ("abandoned", _("caller rang off")),
    ("busy", _("busy")),
    ("noanswer", _("no answer")),
    ("rejected", _("rejected")),
    ("failed", _("failed")),
    ("lost_link", _("lost while disconnected")),
    ("lost_pbx", _("lost with the PBX")),
]
WHOSE = [("", _("all")), ("mine", _("mine"))]


class HistoryFilter(forms.Form):
    """Everything is optional and lives in the URL. `rows` narrows the calls that the person may see."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))
    whose = forms.ChoiceField(label=_("Whose"), choices=WHOSE, required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS, required=False)
    result = forms.ChoiceField(label=_("Result"), choices=RESULTS, required=False)
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "search", "inputmode": "tel", "dir": "ltr", "autocomplete": "off"}),
    )
    person = forms.ModelChoiceField(
        label=_("Colleague"), queryset=Person.objects.none(), required=False, empty_label=_("all")
    )
    order = forms.IntegerField(
        label=_("Order"),
        min_value=1,
        max_value=2**62,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    call_class = forms.ModelChoiceField(
        label=pgettext_lazy("call", "Class"),
        queryset=CallClass.objects.order_by("-is_active", "name"),
        required=False,
        empty_label=_("all"),
    )
    client = forms.IntegerField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, viewer: Any) -> None:
        super().__init__(data, label_suffix="")
        self.viewer = viewer
        if may(viewer, "history.all"):
            who_answers = Person.objects.filter(roles__overlap=[Role.DISPATCHER, Role.SUPERVISOR])
            self.fields["person"].queryset = who_answers.order_by("last_name", "first_name")  # type: ignore[attr-defined]
        else:
            del self.fields["person"]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", _("The period ends before it begins."))
        return asked

    def rows(self) -> QuerySet[Call]:
        """Nothing for a filter that makes no sense: its error is on the screen."""
        calls = privacy.visible_to(self.viewer)
        if not self.is_valid():
            return calls.none()
        asked = self.cleaned_data
        if asked["since"]:
            calls = calls.filter(started_at__gte=_midnight(asked["since"]))
        if asked["until"]:
            calls = calls.filter(started_at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if asked["whose"] == "mine":
            calls = calls.filter(privacy.own(self.viewer))
        if asked["direction"]:
            calls = calls.filter(direction=asked["direction"])
        if asked["result"]:
            missed = asked["result"] == "missed"
            calls = calls.filter(privacy.missed() if missed else Q(result=asked["result"]))
        if asked["number"]:
            calls = calls.filter(_number(asked["number"]))
        if asked.get("person"):
            calls = calls.filter(privacy.own(asked["person"]))
        if asked["order"]:
            calls = calls.filter(order=asked["order"])
        if asked["call_class"]:
            calls = calls.filter(call_class=asked["call_class"])
        if asked["client"]:
            calls = calls.filter(client=asked["client"])
        return calls

    @property
    def of_client(self) -> Client | None:
        """Whose calls are asked for. One query, where any are."""
        asked = self.cleaned_data.get("client") if self.is_valid() else None
        return Client.objects.filter(pk=asked).first() if asked else None


class ClassForm(forms.Form):
    """Those in use, and the one that the call has."""

    chosen = forms.ModelChoiceField(
        label=pgettext_lazy("call", "Class"),
        queryset=CallClass.objects.all(),
        required=False,
        blank=True,
        empty_label=_("no class"),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: object, call: Call) -> None:
        super().__init__(data, initial={"chosen": call.call_class_id or ""}, label_suffix="")  # type: ignore[arg-type]
        offered = CallClass.objects.filter(Q(is_active=True) | Q(pk=call.call_class_id))
        self.fields["chosen"].queryset = offered.order_by("name")  # type: ignore[attr-defined]


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _number(written: str) -> Q:
    """The calls from or to a number, however it is written here and was written on the wire."""
    number = numbers.e164(written)
    if not number:
        short = written.strip()
        return Q(caller_raw=short) | Q(dialled=short) | Q(answered_extension=short)
    return Q(caller_e164=number) | Q(dialled__in=outside.writings(number))
