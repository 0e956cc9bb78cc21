"""Administration: how numbers are dialled, with a preview while one types."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dispatch.audit.models import Entry
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.refusal import Refused
from orders import numbers
from telephony import dialling
from telephony.models import DialPlan
from telephony.services import dial_plan

BEGINNING = re.compile(r"(\+[0-9]{0,14})\s*(?:→|=|->)\s*([0-9*]{0,12})")
UNTOUCHED = re.compile(r"[0-9*]{1,12}")
MOST = 200  # rules, and short numbers
LATEST = 20  # changes shown

Lines = forms.Textarea({"rows": 6, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"})


class DialPlanForm(forms.ModelForm):
    outside = forms.CharField(
        label=gettext_lazy("Before every number outside"),
        help_text=gettext_lazy("What opens a line to the street, 9 for example; usually nothing."),
        max_length=6,
        required=False,
        validators=[RegexValidator(r"^[0-9*]+\Z", gettext_lazy("Only digits and * can be dialled."))],
        widget=forms.TextInput({"dir": "ltr", "inputmode": "tel", "autocomplete": "off"}),
    )
    beginnings = forms.CharField(
        label=gettext_lazy("Beginnings of numbers"),
        help_text=gettext_lazy(
            "One a line: how the number begins, =, what is dialled instead. The longest that fits counts; "
            "where none does, country code and number are dialled."
        ),
        max_length=8000,
        required=False,
        widget=Lines,
    )
    untouched = forms.CharField(
        label=gettext_lazy("Dialled as they are"),
        help_text=gettext_lazy("Short and emergency numbers, with spaces between them: 112 101 102 103."),
        max_length=4000,
        required=False,
        widget=Lines,
    )

    class Meta:
        model = DialPlan
        fields = ("outside", "beginnings", "untouched")

    def __init__(self, data: Any, *, instance: DialPlan) -> None:
        written = "\n".join(f"{number} = {dialled}".strip() for number, dialled in instance.beginnings)
        super().__init__(
            data, instance=instance, initial={"beginnings": written, "untouched": " ".join(instance.untouched)}
        )

    def clean_beginnings(self) -> list[list[str]]:
        found: dict[str, str] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["beginnings"].splitlines())):
            read = BEGINNING.fullmatch(line)
            if read is None:
                raise forms.ValidationError(
                    _("“%(line)s” is no rule. Write it like: +7 = 8"), params={"line": line[:60]}
                )
            if read[1] in found:
                raise forms.ValidationError(_("There are two rules for %(number)s."), params={"number": read[1]})
            found[read[1]] = read[2]
        if len(found) > MOST:
            raise forms.ValidationError(_("%(number)s rules at most."), params={"number": MOST})
        return [[number, dialled] for number, dialled in found.items()]

    def clean_untouched(self) -> list[str]:
        found = list(dict.fromkeys(self.cleaned_data["untouched"].replace(",", " ").split()))
        for number in found:
            if not UNTOUCHED.fullmatch(number):
                raise forms.ValidationError(_("“%(text)s” is no short number."), params={"text": number[:40]})
        if len(found) > MOST:
            raise forms.ValidationError(_("%(number)s numbers at most."), params={"number": MOST})
        return found


# /staff/dialling/
@requires("staff.administer")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: SignedInRequest) -> HttpResponse:
    """The rules, the preview, and who changed them."""
    form = DialPlanForm(request.POST or None, instance=dial_plan.current())
    status = 200
    if form.is_bound and form.is_valid():
        try:
            dial_plan.change(plan=form.save(commit=False), actor=request.user)
        except Refused as refusal:
            form.add_error("untouched", refusal.sentence)
            status = 409
        else:
            messages.success(request, _("The dialling rules are saved."))
            return redirect("telephony:dialling")
    elif form.is_bound:
        status = 422
    context = {"form": form, "changes": _changes(form), "city_code": settings.PHONE_CITY_CODE}
    return render(request, "telephony/dialling.html", context, status=status)


def _changes(form: DialPlanForm) -> list[tuple[Entry, list[tuple[object, object, object]]]]:
    """The latest first: who, and of which field what was before and after."""
    found = Entry.objects.filter(verb="dialling.changed").order_by("-at", "-pk")[:LATEST]
    return [
        (entry, [(form.fields[name].label, *pair) for name, pair in entry.details.get("changes", {}).items()])
        for entry in found
    ]


# /staff/dialling/try/
@requires("staff.administer")
@require_http_methods(["POST"])
def tried(request: SignedInRequest) -> HttpResponse:
    """A fragment: a number by the rules as they stand in the form, saved or not."""
    form = DialPlanForm(request.POST, instance=DialPlan())
    number = request.POST.get("number", "")[:60]
    context: dict[str, object] = {"number": number.strip()}
    if form.is_valid():
        made = dialling.dialled(number, form.save(commit=False).rules, numbers.e164)
        context |= {"made": made, "shown": numbers.national(made.e164) if made and made.e164 else made and made.number}
    else:
        context["wrong"] = True
    return render(request, "telephony/_dialled.html", context)
