"""The cards of clients and drivers."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.staff.models import Person, Role
from orders import numbers
from orders.models import Client, ClientAddress, ClientMark, Driver, Instead
from orders.services.card_numbers import Phones
from orders.services.client_addresses import Written
from orders.services.clients import Own
from orders.services.drivers import Car

MOST_NEW = 10
EXTENSION = re.compile(r"[0-9]{2,5}", re.ASCII)


class PhonesMixin:
    """Numbers of a card: existing ones are removed or made the main one by key, new ones typed one to a line."""

    def phones(self) -> Phones:
        data: Any = self.data  # type: ignore[attr-defined]
        typed = [line.strip() for line in data.get("new_numbers", "").replace(",", "\n").splitlines()]
        keys = frozenset(int(key) for key in data.getlist("removed") if key.isascii() and key.isdigit())
        main = data.get("main", "")
        return Phones(
            added=tuple(line for line in typed if line)[:MOST_NEW],
            removed=keys,
            main=int(main) if main.isascii() and main.isdigit() else None,
        )


def _new_numbers() -> forms.CharField:
    return forms.CharField(
        label=_("New numbers, one to a line"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr", "inputmode": "tel"}),
    )


class ClientForm(PhonesMixin, forms.ModelForm):
    new_numbers = _new_numbers()

    class Meta:
        model = Client
        fields = ("name", "notes", "responsible", "own_seconds", "own_then", "own_instead")
        labels = {
            "responsible": _("Whose client"),
            "own_seconds": _("It rings there for, in seconds"),
            "own_then": _("And then at"),
            "own_instead": _("Which number"),
        }
        widgets = {
            "notes": forms.Textarea(attrs={"rows": 3}),
            "own_instead": forms.TextInput(attrs={"dir": "ltr", "inputmode": "tel", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["responsible"]
        at_a_desk = Q(is_active=True, is_machine=False, roles__overlap=[Role.DISPATCHER, Role.SUPERVISOR])
        of_now = Q(pk=self.instance.responsible_id or 0)
        who.queryset = Person.objects.filter(at_a_desk | of_now).order_by("last_name", "first_name")  # type: ignore[attr-defined]
        who.empty_label = _("nobody's: the queue")  # type: ignore[attr-defined]
        self.fields["own_seconds"].required = False
        self.fields["own_then"] = forms.ChoiceField(
            label=self.fields["own_then"].label, choices=Instead.choices, required=False
        )
        if self.instance.own_instead:
            self.initial["own_instead"] = numbers.national(self.instance.own_instead)

    def clean_own_seconds(self) -> int:
        return self.cleaned_data["own_seconds"] or Client._meta.get_field("own_seconds").default

    def clean_own_then(self) -> Instead:
        then, whose = Instead(self.cleaned_data["own_then"]), self.cleaned_data.get("responsible")
        if then == Instead.MOBILE and not (whose and whose.mobile):
            raise forms.ValidationError(_("No mobile telephone of this colleague is known."))
        if then == Instead.EXTENSION and not (whose and whose.own_extension):
            raise forms.ValidationError(_("This colleague has no extension of their own."))
        return then

    def clean_own_instead(self) -> str:
        if self.cleaned_data.get("own_then") != Instead.NUMBER:
            return ""
        typed = self.cleaned_data["own_instead"].strip()
        number = typed if EXTENSION.fullmatch(typed) else numbers.e164(typed)
        if not number:
            raise forms.ValidationError(_("Write an extension or a telephone number."))
        return number

    def own(self) -> Own:
        """Of a valid form."""
        said = self.cleaned_data
        return Own(said["responsible"], said["own_seconds"], said["own_then"], said["own_instead"])


class MarkForm(forms.Form):
    mark = forms.ChoiceField(label=_("Mark"), choices=ClientMark.choices, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    until = forms.DateTimeField(
        label=_("Counts until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class MergeForm(forms.Form):
    """What the one card says afterwards. `pair`: the clients, the older one first."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    mark_of = forms.TypedChoiceField(label=_("Mark"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, pair: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mark_of"].choices = [(client.pk, _mark_words(client)) for client in pair]  # type: ignore[attr-defined]
        marked = next((client for client in pair if client.mark_now), pair[0])
        names = [client.name for client in pair if client.name]
        notes = dict.fromkeys(client.notes for client in pair if client.notes)
        self.initial = {"name": max(names, key=len, default=""), "notes": "\n".join(notes), "mark_of": marked.pk}


def _mark_words(client: Client) -> str:
    words = [str(client.mark_now.label), client.mark_reason if client.mark_now else ""]
    return f"{client.pk}: {', '.join(word for word in words if word)}"


class ProposalForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class AddressForm(forms.ModelForm):
    class Meta:
        model = ClientAddress
        fields = ("label", "address", "entrance", "flat", "comment", "latitude", "longitude")

    def clean_latitude(self) -> float | None:
        return _degrees(self.cleaned_data["latitude"], 90)

    def clean_longitude(self) -> float | None:
        return _degrees(self.cleaned_data["longitude"], 180)

    def clean(self) -> None:
        if (self.cleaned_data.get("latitude") is None) != (self.cleaned_data.get("longitude") is None):
            raise forms.ValidationError(_("Give both coordinates, or none."))

    def written(self) -> Written:
        """Of a valid form."""
        return Written(**self.cleaned_data)


def _degrees(value: float | None, most: int) -> float | None:
    if value is not None and not -most <= value <= most:
        raise forms.ValidationError(_("That is no place on the earth."))
    return value


class DriverForm(PhonesMixin, forms.ModelForm):
    """`plate` and `description` are of the car that he drives: a known plate is that car, another one a new car."""

    plate = forms.CharField(
        label=_("plate"), max_length=16, required=False, widget=forms.TextInput(attrs={"list": "plates"})
    )
    description = forms.CharField(label=_("make and colour"), max_length=120, required=False)
    new_numbers = _new_numbers()

    class Meta:
        model = Driver
        fields = ("call_sign", "last_name", "first_name", "fleet", "person")
        labels = {"person": _("signs in as")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person, fleet = (self.fields[name] for name in ("person", "fleet"))
        free = Q(driver=None, is_active=True, roles__contains=[Role.DRIVER])
        person.queryset = Person.objects.filter(free | Q(driver=self.instance.pk or 0)).order_by(  # type: ignore[attr-defined]
            "last_name", "first_name"
        )
        person.empty_label, fleet.empty_label = _("does not sign in"), _("every fleet")  # type: ignore[attr-defined]
        car = self.instance.vehicle
        if car:
            self.initial.update(plate=car.plate, description=car.description)

    def car(self) -> Car:
        """Of a valid form."""
        return Car(self.cleaned_data["plate"], self.cleaned_data["description"])
