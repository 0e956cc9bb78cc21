"""What an order says, as a form: the fields of intake and of editing, in the order in which people say them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from orders import spots
from orders.forms.fields import FlightField, PhoneField, StopsField, TimeField
from orders.models import Account, Fleet, Payment, ServiceClass, TripOption
from orders.spots import Spot
from orders.trip import PLACED, Wording

MOST_PASSENGERS = 60
SPOKEN = ("pickup", "destination", "pickup_entrance", "pickup_flat", "passenger_name", "comment", "office_note")


class TripForm(forms.Form):
    """Only the phone and the pick-up are required. What `MORE` names is folded away until somebody asks for it."""

    MORE: tuple[str, ...] = (
        "passengers",
        "service_class",
        "options",
        "payment",
        "account",
        "waits_and_returns",
        "passenger_name",
        "callback_phone",
        "flight",
        "fleet",
        "release_minutes",
        "is_on_hold",
        "office_note",
    )

    phone = PhoneField(label=_("Phone"))
    pickup = forms.CharField(
        label=_("Pick-up"), max_length=spots.LONGEST, error_messages={"required": _("Ask where to send the car.")}
    )
    pickup_point = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)
    pickup_entrance = forms.CharField(label=_("Entrance"), max_length=20, required=False)
    pickup_flat = forms.CharField(label=_("Flat"), max_length=20, required=False)
    when = TimeField(label=_("Time"))
    stops = StopsField(label=_("Stops"), required=False)
    destination = forms.CharField(label=_("Destination"), max_length=spots.LONGEST, required=False)
    destination_point = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Note for the driver"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    passengers = forms.IntegerField(
        label=_("Passengers"), required=False, initial=1, min_value=1, max_value=MOST_PASSENGERS
    )
    service_class = forms.ChoiceField(
        label=_("Class"), choices=ServiceClass.choices, required=False, initial=ServiceClass.ECONOMY
    )
    options = forms.MultipleChoiceField(
        label=_("Options"), choices=TripOption.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    payment = forms.ChoiceField(label=_("Payment"), choices=Payment.choices, required=False, initial=Payment.CASH)
    account = forms.ModelChoiceField(
        label=_("Company that pays"), queryset=Account.objects.none(), required=False, empty_label="—"
    )
    waits_and_returns = forms.BooleanField(label=_("The car waits and drives back"), required=False)
    passenger_name = forms.CharField(label=_("Passenger, if not the caller"), max_length=120, required=False)
    callback_phone = PhoneField(label=_("Number to call back"), required=False)
    flight = FlightField(label=_("Flight"))
    fleet = forms.ModelChoiceField(label=_("Fleet"), queryset=Fleet.objects.none(), required=False, empty_label="—")
    release_minutes = forms.IntegerField(
        label=_("Look for a car so many minutes before"), required=False, min_value=0, max_value=1440
    )
    is_on_hold = forms.BooleanField(label=_("On hold: not to be offered yet"), required=False)
    office_note = forms.CharField(
        label=_("Note for the office"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SPOKEN:
            self.fields[name].widget.attrs |= {"autocomplete": "off", "dir": "auto"}
        for name in ("pickup", "destination"):
            self.fields[name].widget.attrs |= {
                "data-behaviour": "address",
                "data-search": reverse_lazy("places:search"),
            }
        self.fields["destination"].widget.attrs["data-near"] = "pickup"
        for name in ("passengers", "release_minutes"):
            self.fields[name].widget.attrs |= {"dir": "ltr", "autocomplete": "off", "inputmode": "numeric"}
        self.fleets = list(Fleet.objects.filter(is_active=True).select_related("logo").defer("logo__content"))
        self.offer("fleet", Fleet.objects.filter(is_active=True))
        self.offer("account", Account.objects.filter(is_active=True))
        self.fields["fleet"].initial = next((fleet.pk for fleet in self.fleets if fleet.is_default), None)
        for name in self.MORE:
            self.fields[name].widget.attrs["data-plain"] = str(self.fields[name].initial or "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("payment") != Payment.ACCOUNT:
            cleaned["account"] = None
        elif not cleaned.get("account") and "account" not in self.errors:
            self.add_error("account", _("Choose the company that pays."))
        return cleaned

    @property
    def called_fleet(self) -> Fleet | None:
        """Whose number was called, in an office of several fleets."""
        chosen = str(self["fleet"].value() or "")
        return next((fleet for fleet in self.fleets if len(self.fleets) > 1 and str(fleet.pk) == chosen), None)

    @property
    def is_more_open(self) -> bool:
        """Whether something of the folded part was said, or is wrong. Nobody says the fleet: the call names it."""
        return any(self[name].errors or (name != "fleet" and self._is_said(name)) for name in self.MORE)

    @property
    def stops_shown(self) -> list[Spot]:
        return [spot for spot in self["stops"].value() or [] if spot.address]

    def mark_of(self, name: str) -> str:
        return str(self[f"{name}_point"].value() or "")

    def said(self) -> dict[str, Any]:
        """The fields of `trip.Wording`, of a valid form. At most two queries for each address that was not chosen."""
        cleaned = {name: self.cleaned_data.get(name) for name in self.fields}
        pickup, destination = (self._spot(name) for name in PLACED)
        texts = ("phone", "pickup_entrance", "pickup_flat", "comment", "office_note", "passenger_name")
        return {
            **{name: cleaned[name] or "" for name in (*texts, "callback_phone", "flight")},
            **{name: cleaned[name] for name in ("account", "fleet", "release_minutes")},
            "pickup": pickup.address,
            "pickup_point": pickup.point,
            "pickup_at": cleaned["when"],
            "stops": tuple(spots.located(spot) for spot in cleaned["stops"] or ()),
            "destination": destination.address,
            "destination_point": destination.point,
            "passengers": cleaned["passengers"] or 1,
            "service_class": cleaned["service_class"] or ServiceClass.ECONOMY,
            "options": tuple(sorted(cleaned["options"] or ())),
            "waits_and_returns": bool(cleaned["waits_and_returns"]),
            "payment": cleaned["payment"] or Payment.CASH,
            "is_on_hold": bool(cleaned["is_on_hold"]),
        }

    def said_so_far(self) -> Wording | None:
        """What makes sense already of a form that is being filled in; None: no pick-up yet."""
        self.full_clean()
        return Wording(**self.said()) if self.cleaned_data.get("pickup") else None

    def offer(self, name: str, choices: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = choices

    def _spot(self, name: str) -> Spot:
        said = self.cleaned_data
        return spots.located(spots.read(said.get(name, ""), said.get(f"{name}_point", "")))

    def _is_said(self, name: str) -> bool:
        value = self[name].value()
        said = "" if value in (None, False, []) else str(getattr(value, "pk", value))
        return said not in ("", str(self.fields[name].initial or ""))
