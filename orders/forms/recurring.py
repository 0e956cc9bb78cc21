"""When an order comes back."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from orders.models import Order, Recurrence
from orders.services.recurrences import Plan


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class RecurringForm(forms.Form):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one weekday.")},
    )
    at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"), required=False)

    def plan(self) -> Plan:
        """Of a valid form."""
        cleaned = self.cleaned_data
        return Plan(cleaned["weekdays"], cleaned["at"], cleaned["starts_on"], cleaned["ends_on"])

    @staticmethod
    def of_order(order: Order) -> dict[str, Any]:
        """What the form begins with: the order's own weekday and time."""
        moment = timezone.localtime(order.pickup_at)
        return {"weekdays": [moment.weekday()], "at": moment.time(), "starts_on": moment.date()}

    @staticmethod
    def of_recurrence(recurrence: Recurrence) -> dict[str, Any]:
        return {
            "weekdays": recurrence.weekdays,
            "at": recurrence.time,
            "starts_on": recurrence.starts_on,
            "ends_on": recurrence.ends_on,
        }


class PauseForm(forms.Form):
    first = DayField(label=_("Pause from"))
    last = DayField(label=_("until"), required=False)
