"""The journal. It stands here, not in `audit`, since who may read what of it is a matter of roles and shifts."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dispatch.audit import verbs
from dispatch.staff.access import SignedInRequest, requires
from dispatch.staff.models import Person
from dispatch.staff.selectors import journal as selectors


class FilterForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Who"),
        queryset=Person.objects.order_by("last_name", "first_name"),
        required=False,
        empty_label=_("everybody"),
    )
    verb = forms.ChoiceField(label=_("Did what"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        said = sorted(
            ((verb, str(words)) for verb, words in verbs.names.items() if "." in verb), key=lambda pair: pair[1]
        )
        self.fields["verb"].choices = [("", _("anything")), *said]  # type: ignore[attr-defined]

    def wanted(self) -> selectors.Filter:
        """What the valid fields ask for; a field that is not valid narrows nothing and says so beside itself."""
        self.is_valid()
        given = self.cleaned_data
        person = given.get("person")
        return selectors.Filter(
            person_id=person.pk if person else None,
            verb=given.get("verb") or "",
            since=given.get("since"),
            until=given.get("until"),
            before=given.get("before"),
        )


# /journal/
@requires("journal.see")
@require_safe
def journal(request: SignedInRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    page = selectors.read(reader=request.user, wanted=form.wanted())
    further = request.GET.copy()
    further["before"] = str(page.next_before or "")
    context = {"form": form, "page": page, "further": further.urlencode()}
    return render(request, "audit/journal.html", context)
