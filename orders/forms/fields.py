"""The fields of an order that are typed in more than one writing."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders import numbers, spots, when
from orders.spots import Spot

MOST_STOPS = 12
_FLIGHT = re.compile(r"^(?=[A-Z0-9]*[A-Z])([A-Z0-9]{2}|[A-Z]{3})0*(\d{1,4})([A-Z]?)$")


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

    default_error_messages = {
        "invalid": _("Write a time like 18:30, +20 or 25.11 7:15."),
        "never": _("The clock is put forward that night: this time does not come. Ask for another one."),
        "twice": _("That night the clock is put back and this time comes twice: write 2:30a or, later, 2:30b."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"dir": "ltr", "autocomplete": "off", "placeholder": _("now")}
        super().__init__(max_length=20, required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return when.read(super().clean(value), timezone.localtime())
        except when.NeverComes:
            code = "never"
        except when.ComesTwice:
            code = "twice"
        except ValueError:
            code = "invalid"
        raise forms.ValidationError(self.error_messages[code], code=code)


class FlightField(forms.CharField):
    """Cleans to the flight as airports write it, "SU1402"."""

    default_error_messages = {"invalid": _("A flight is written like SU 1402.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"dir": "ltr", "autocomplete": "off", "placeholder": "SU 1402"}
        super().__init__(max_length=12, required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed = re.sub(r"[\s-]", "", super().clean(value)).upper()
        match = _FLIGHT.match(typed)
        if typed and not match:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return f"{match[1]}{match[2]}{match[3]}" if match else ""


class StopsWidget(forms.Widget):
    """Two lists of the form: `stop`, the texts, and `stop_point`, their marks. The template draws them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Spot]:
        return pairs(_list(data, "stop"), _list(data, "stop_point"))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return "stop" not in data

    def id_for_label(self, id_: str | None) -> str:
        return ""


class StopsField(forms.Field):
    """Cleans to the stops in their order, without empty ones."""

    widget = StopsWidget
    default_error_messages = {
        "long": _("An address has at most %(most)s characters."),
        "many": _("A trip has at most %(most)s stops."),
    }

    def clean(self, value: Any) -> tuple[Spot, ...]:
        stops = tuple(spot for spot in value or () if spot.address)
        if len(stops) > MOST_STOPS:
            raise forms.ValidationError(self.error_messages["many"], code="many", params={"most": MOST_STOPS})
        if any(len(spot.address) > spots.LONGEST for spot in stops):
            raise forms.ValidationError(self.error_messages["long"], code="long", params={"most": spots.LONGEST})
        return stops


def pairs(texts: Sequence[str], marks: Sequence[str]) -> list[Spot]:
    """Each text with its mark; a mark that is missing is none."""
    padded = [*marks, *[""] * max(0, len(texts) - len(marks))]
    return [spots.read(str(text), str(mark)) for text, mark in zip(texts, padded)]


def _list(data: Any, name: str) -> list[str]:
    return data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, []))
