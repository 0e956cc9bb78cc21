"""The intake form: in the order in which people say it."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders import numbers, phones, when
from orders.models import ClientPhone, Fleet, Order
from orders.services.editing import Wording
from orders.services.intake import Booking

NEW_CLIENT = "new"
SHOWN_TIME = "%Y-%m-%d %H:%M"


class PhoneField(forms.CharField):
    """Cleans to E.164; what was typed stays in the form's data."""

    default_error_messages = {"invalid": _("This is no telephone number."), "required": _("Ask for a number.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "dir": "ltr", "autocomplete": "off", "inputmode": "tel"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        number = numbers.e164(typed)
        if typed and not number:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class TimeField(forms.CharField):
    """Cleans to an aware moment, or None for as soon as possible."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"dir": "ltr", "autocomplete": "off", "placeholder": _("now")}
        super().__init__(max_length=20, required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return when.read(super().clean(value), timezone.localtime())
        except ValueError:
            raise forms.ValidationError(_("Write a time like 18:30, +20 or 25.11 7:15.")) from None


class TripForm(forms.Form):
    """What an order says; the fields of intake and of editing."""

    phone = PhoneField(label=_("Phone"))
    pickup = forms.CharField(
        label=_("Pick-up"), max_length=250, error_messages={"required": _("Ask where to send the car.")}
    )
    when = TimeField(label=_("Time"))
    destination = forms.CharField(label=_("Destination"), max_length=250, required=False)
    comment = forms.CharField(
        label=_("Comment"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("pickup", "destination"):
            self.fields[name].widget.attrs |= {
                "autocomplete": "off",
                "dir": "auto",
                "data-behaviour": "address",
                "data-search": reverse_lazy("places:search"),
            }
        self.fields["comment"].widget.attrs["dir"] = "auto"


class IntakeForm(TripForm):
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    client = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    fleet = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "dir": "auto"}

    @property
    def client_id(self) -> int | None:
        return self._key("client")

    @property
    def called_fleet(self) -> Fleet | None:
        """One query at most."""
        key = self._key("fleet")
        return Fleet.objects.filter(pk=key, is_active=True).first() if key is not None else None

    def _key(self, name: str) -> int | None:
        chosen = self.data.get(name) if self.is_bound else self.initial.get(name)
        chosen = str(chosen or "")
        return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None

    def booking(self) -> Booking:
        """Of a valid form."""
        cleaned = self.cleaned_data
        return Booking(
            phone=cleaned["phone"],
            phone_raw=self.data["phone"].strip() if "•" not in self.data["phone"] else cleaned["phone"],
            pickup=cleaned["pickup"],
            destination=cleaned["destination"],
            pickup_at=cleaned["when"],
            comment=cleaned["comment"],
            name=cleaned["name"],
            client_id=self.client_id,
            is_new_client=cleaned["client"] == NEW_CLIENT,
            fleet=self.called_fleet,
        )


class EditForm(TripForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("Reason of the correction"), max_length=200, required=False)

    @staticmethod
    def values_of(order: Order) -> dict[str, Any]:
        moment = timezone.localtime(order.pickup_at).strftime(SHOWN_TIME) if order.pickup_at else ""
        return {
            "phone": numbers.national(order.phone),
            "pickup": order.pickup,
            "when": moment,
            "destination": order.destination,
            "comment": order.comment,
            "version": order.version,
        }

    def wording(self) -> Wording:
        """Of a valid form."""
        cleaned = self.cleaned_data
        return Wording(
            phone=cleaned["phone"],
            pickup=cleaned["pickup"],
            destination=cleaned["destination"],
            pickup_at=cleaned["when"],
            comment=cleaned["comment"],
        )


def unmasked(typed: str, client_id: int | None) -> str:
    """A masked number that stood in the form, as the number of this client that it stands for; else as typed."""
    if "•" not in typed or client_id is None:
        return typed
    own = ClientPhone.objects.filter(client=client_id).order_by("-is_main", "pk").values_list("e164", flat=True)
    return next((number for number in own if phones.masked(number) == typed.strip()), typed)
