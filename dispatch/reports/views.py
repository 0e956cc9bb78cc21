"""The page of reports: a manager's of any period, a supervisor's of her shifts, a dispatcher's own figures."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dispatch.audit import journal
from dispatch.reports import classes, export, figures, periods, tables
from dispatch.reports.periods import Period
from dispatch.staff.access import SignedInRequest, address_of, may, requires
from dispatch.staff.models import Person, Shift

LONGEST_DAYS = 366
SHIFTS = 60  # so many of a supervisor's own can be chosen
DAY = {"type": "date"}
HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]
FILES = {
    "csv": ("text/csv; charset=utf-8", export.as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export.as_xlsx),
}


class DaysForm(forms.Form):
    """Any days of the office."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(DAY, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(DAY, "%Y-%m-%d"))
    begins = forms.TypedChoiceField(label=_("A day begins at"), choices=HOURS, coerce=int, required=False)
    ends = forms.TypedChoiceField(
        label=_("The last one ends at"),
        choices=[("", _("when the next begins")), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", _("The period ends before it begins."))
        elif since and until and (until - since).days >= LONGEST_DAYS:
            self.add_error("until", _("A report covers a year at most."))
        return asked

    def period(self) -> Period:
        """Today where nothing is asked, or what is asked makes no sense."""
        asked = self.cleaned_data if self.is_valid() else {}
        begins = asked.get("begins") or 0
        today = _today(begins)
        last = asked.get("until") or max(asked.get("since") or today, today)
        first = asked.get("since") or last
        if (last - first).days >= LONGEST_DAYS:
            first = last - timedelta(days=LONGEST_DAYS - 1)
        return periods.of_days(first, last, begins=begins, ends=asked.get("ends"), zone=ZoneInfo(settings.TIME_ZONE))


class ShiftForm(forms.Form):
    """One of a supervisor's own shifts."""

    shift = forms.ModelChoiceField(label=_("My shift"), queryset=Shift.objects.none(), required=False)

    def __init__(self, data: Any, *, owner: Person) -> None:
        super().__init__(data, label_suffix="")
        own = Shift.objects.filter(person=owner).order_by("-started_at")
        latest = own.values("pk")[:SHIFTS]
        field = self.fields["shift"]
        field.queryset = own.filter(pk__in=list(latest.values_list("pk", flat=True)))  # type: ignore[attr-defined]
        field.label_from_instance = _shift_name  # type: ignore[attr-defined]
        field.empty_label = None  # type: ignore[attr-defined]

    def period(self) -> Period | None:
        shifts = self.fields["shift"].queryset  # type: ignore[attr-defined]
        asked = self.cleaned_data.get("shift") if self.is_valid() else None
        shift = asked or shifts.first()
        return Period(shift.started_at, shift.ended_at or timezone.now()) if shift else None


# /reports/?since=…&until=…&begins=8&format=csv
@requires("reports.see")
@require_safe
def report(request: SignedInRequest) -> HttpResponse:
    person = request.user
    is_of_shift = not may(person, "reports.all") and may(person, "reports.shift")
    whose = None if may(person, "reports.all") or is_of_shift else person.pk
    form: DaysForm | ShiftForm
    form = ShiftForm(request.GET, owner=person) if is_of_shift else DaysForm(_filled(request), label_suffix="")
    period = form.period()
    if period is None:
        return render(request, "reports/report.html", {"form": form, "period": None})
    now, before = figures.of(period, dispatcher_id=whose), figures.of(period.before, dispatcher_id=whose)
    headlines = tables.headlines(now, before)
    found = [*tables.tables(now), classes.table(period, dispatcher_id=whose)]
    file = FILES.get(request.GET.get("format", ""))
    if file:
        journal.record(person, "report.exported", address=address_of(request), period=_title(period))
        kind, write = file
        response = HttpResponse(write(export.rows(_title(period), headlines, found)), content_type=kind)
        name = f"report-{timezone.localtime(period.since):%Y-%m-%d}.{request.GET['format']}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    asked = request.GET.copy()
    asked.pop("format", None)
    context = {
        "form": form,
        "period": period,
        "title": _title(period),
        "before": _title(period.before),
        "headlines": headlines,
        "tables": [table for table in found if table.rows],
        "is_own": whose is not None,
        "asked": asked.urlencode(),
        "asap": settings.REPORT_ASAP_LATE_MINUTES,
        "preorder": settings.REPORT_PREORDER_LATE_MINUTES,
    }
    return render(request, "reports/report.html", context)


def _filled(request: SignedInRequest) -> Any:
    """What the URL asks, with today where it asks for no day."""
    asked = request.GET.copy()
    begins = asked.get("begins", "")
    today = _today(int(begins) if begins.isdecimal() and len(begins) < 3 else 0)
    if not asked.get("since") and not asked.get("until"):
        asked["since"] = asked["until"] = today.isoformat()
    return asked


def _today(begins: int) -> date:
    """The day of the office that is going on: before eight, yesterday's, where days begin at eight."""
    return (timezone.localtime() - timedelta(hours=begins)).date()


def _shift_name(shift: Shift) -> str:
    since = timezone.localtime(shift.started_at)
    until = f"{timezone.localtime(shift.ended_at):%H:%M}" if shift.ended_at else "…"
    return f"{date_format(since, 'SHORT_DATE_FORMAT')} {since:%H:%M}–{until}"


def _title(period: Period) -> str:
    ends = [timezone.localtime(moment) for moment in (period.since, period.until)]
    return " – ".join(f"{date_format(moment, 'SHORT_DATE_FORMAT')} {moment:%H:%M}" for moment in ends)
