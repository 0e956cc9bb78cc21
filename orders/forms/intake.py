"""The intake form: in the order in which people say it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders import phones
from orders.forms.fields import TimeField, pairs
from orders.forms.trip import TripForm
from orders.models import ClientPhone
from orders.services.intake import MOST_CARS, Booking

NEW_CLIENT = "new"


class IntakeForm(TripForm):
    MORE = ("cars", *TripForm.MORE, "returns", "return_when")

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    client = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    cars = forms.IntegerField(label=_("Cars"), required=False, initial=1, min_value=1, max_value=MOST_CARS)
    returns = forms.BooleanField(label=_("Return journey"), required=False)
    return_when = TimeField(label=_("Time of the return"))
    quote = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)  # the price that he was told

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "dir": "auto"}
        self.fields["cars"].widget.attrs |= {"dir": "ltr", "autocomplete": "off", "inputmode": "numeric"}
        del self.fields["return_when"].widget.attrs["placeholder"]

    @staticmethod
    def values_of(typed: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the form, from what a draft kept."""
        return {**typed, "stops": pairs(typed.get("stop", ()), typed.get("stop_point", ()))}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("returns"):
            self._check_return(cleaned)
        else:
            cleaned["return_when"] = None
        return cleaned

    @property
    def client_id(self) -> int | None:
        return self._key("client")

    @property
    def quote_id(self) -> int | None:
        return self._key("quote")

    def booking(self) -> Booking:
        """Of a valid form."""
        cleaned = self.cleaned_data
        return Booking(
            **self.said(),
            phone_raw=self.data["phone"].strip() if "•" not in self.data["phone"] else cleaned["phone"],
            name=cleaned["name"],
            client_id=self.client_id,
            is_new_client=cleaned["client"] == NEW_CLIENT,
            cars=cleaned["cars"] or 1,
            return_at=cleaned["return_when"],
        )

    def _key(self, name: str) -> int | None:
        """A primary key that stands in the form."""
        chosen = str((self.data if self.is_bound else self.initial).get(name) or "")
        return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None

    def _check_return(self, cleaned: dict[str, Any]) -> None:
        back = cleaned.get("return_when")
        if "return_when" not in self.errors and back is None:
            self.add_error("return_when", _("Ask when the car for the way back is to come."))
        if back and cleaned.get("when") and back <= cleaned["when"]:
            self.add_error("return_when", _("The way back begins before the way there."))
        if not cleaned.get("destination") and "destination" not in self.errors:
            self.add_error("destination", _("Ask where to: the way back begins there."))
        if cleaned.get("waits_and_returns"):
            self.add_error("returns", _("Either the car waits and drives back, or another one comes for the way back."))


def unmasked(typed: str, client_id: int | None) -> str:
    """A masked number that stood in the form, as the number of this client that it stands for; else as typed."""
    if "•" not in typed or client_id is None:
        return typed
    own = ClientPhone.objects.filter(client=client_id).order_by("-is_main", "pk").values_list("e164", flat=True)
    return next((number for number in own if phones.masked(number) == typed.strip()), typed)
