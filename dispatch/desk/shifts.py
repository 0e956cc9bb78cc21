"""The page of shifts: who is here now, and who was when."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dispatch.desk import shift_history
from dispatch.staff.access import SignedInRequest, may, requires
from dispatch.staff.models import BreakReason, Person, Role, Shift


class Filter(forms.Form):
    """Everything is optional and lives in the URL."""

    person = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=Person.objects.filter(roles__overlap=[Role.DISPATCHER, Role.SUPERVISOR]).order_by(
            "last_name", "first_name"
        ),
        required=False,
        empty_label=_("all"),
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any, *, viewer: Person) -> None:
        super().__init__(data, label_suffix="")
        self.viewer = viewer
        if not may(viewer, "shifts.see_all"):
            del self.fields["person"]

    def rows(self) -> QuerySet[Shift]:
        """Shifts that touch the period. A field that makes no sense narrows nothing, and says so beside itself."""
        self.is_valid()
        asked = self.cleaned_data
        shifts = shift_history.visible_to(self.viewer)
        if asked.get("person"):
            shifts = shifts.filter(person=asked["person"])
        if asked.get("since"):
            shifts = shifts.filter(Q(ended_at=None) | Q(ended_at__gte=_midnight(asked["since"])))
        if asked.get("until"):
            shifts = shifts.filter(started_at__lt=_midnight(asked["until"] + timedelta(days=1)))
        return shifts


# /shifts/
@requires("shifts.see")
@require_safe
def shifts(request: SignedInRequest) -> HttpResponse:
    form = Filter(request.GET, viewer=request.user)
    page = shift_history.page(form.rows(), after=request.GET.get("after", ""))
    further = request.GET.copy()
    further["after"] = page.older
    sees_all = may(request.user, "shifts.see_all")
    context = {
        "form": form,
        "page": page,
        "older": f"?{further.urlencode()}" if page.older else "",
        "sees_all": sees_all,
        "seats": shift_history.seats(request.user) if sees_all else (),
        "controls": may(request.user, "staff.control"),
        "reasons": BreakReason.objects.filter(is_active=True),
    }
    return render(request, "desk/shifts.html", context)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
