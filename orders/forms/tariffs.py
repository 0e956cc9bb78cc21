"""A tariff, from when its new prices count, and the trip that they are tried on."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders import pricing
from orders.forms.intake import TimeField
from orders.models import Tariff, TripOption
from orders.pricing import Trip
from places import routing
from places.models import Zone
from places.selectors import directory, zones


class TariffForm(forms.ModelForm):
    class Meta:
        model = Tariff
        fields = ("fleet", "name", "service_class", "is_active")


class ValidityForm(forms.Form):
    """Empty: from now on, and until further notice."""

    valid_from = TimeField(label=_("Valid from"))
    valid_to = TimeField(label=_("Valid to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].widget.attrs["placeholder"] = _("until further notice")


class ZoneField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Zone.objects.all(), required=False, empty_label="", **kwargs)


class TrialForm(forms.Form):
    """What is typed of a way counts before what the addresses say: an imagined trip need not be anywhere."""

    try_from = forms.CharField(label=pgettext_lazy("way", "From"), max_length=250, required=False)
    try_to = forms.CharField(label=pgettext_lazy("way", "To"), max_length=250, required=False)
    try_km = forms.DecimalField(label=_("Kilometres"), min_value=0, max_value=5000, required=False, localize=True)
    try_minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=10000, required=False)
    try_waiting = forms.IntegerField(label=_("Minutes of waiting"), min_value=0, max_value=1440, required=False)
    try_at = TimeField(label=_("Time"))
    try_passengers = forms.IntegerField(label=_("Passengers"), min_value=1, max_value=60, required=False)
    try_stops = forms.IntegerField(label=_("Stops"), min_value=0, max_value=12, required=False)
    try_from_zone = ZoneField(label=_("From the zone"))
    try_to_zone = ZoneField(label=_("To the zone"))
    try_options = forms.MultipleChoiceField(
        label=_("Options"), choices=TripOption.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("try_from", "try_to"):
            self.fields[name].widget.attrs |= {"dir": "auto", "autocomplete": "off", "data-behaviour": "address"}
        for name in ("try_km", "try_minutes", "try_waiting", "try_passengers", "try_stops"):
            self.fields[name].widget = forms.TextInput(
                attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}
            )

    def trip(self, now: datetime) -> Trip:
        """Of a valid form. Two queries for each address and its zone; the routing engine's time limit."""
        said = self.cleaned_data
        places = [directory.resolve(said[name]) if said[name] else None for name in ("try_from", "try_to")]
        points = [place.point for place in places if place]
        way = routing.estimate(points) if len(points) == len(places) else None
        around = [zones.at(place.point) if place else None for place in places]
        begins, ends = said["try_from_zone"] or around[0], said["try_to_zone"] or around[1]
        metres, seconds = (way.distance_m, way.duration_s) if way else (0, 0)
        km, minutes = said["try_km"], said["try_minutes"]
        return Trip(
            at=timezone.localtime(said["try_at"] or now),
            distance_m=metres if km is None else int(Decimal(km) * 1000),
            duration_s=seconds if minutes is None else minutes * 60,
            waiting_s=(said["try_waiting"] or 0) * 60,
            from_zone=begins.pk if begins else None,
            to_zone=ends.pk if ends else None,
            start=said["try_from"],
            end=said["try_to"],
            stops=said["try_stops"] or 0,
            options=frozenset(said["try_options"]),
            passengers=said["try_passengers"] or 1,
        )


def priced(rates: pricing.Rates, trial: TrialForm) -> pricing.Price | None:
    """What the tried trip costs; None while it is not said."""
    return pricing.price(rates, trial.trip(timezone.now())) if trial.is_valid() else None
