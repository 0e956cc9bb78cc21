"""A fleet, as managers keep it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatch.staff.refusal import Refused
from orders import numbers
from orders.models import Fleet
from orders.services import fleets
from orders.services.fleets import Picture


class FleetForm(forms.ModelForm):
    numbers = forms.CharField(
        label=_("City numbers, one to a line"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "inputmode": "tel"}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    drop_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = Fleet
        fields = fleets.FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "greeting"):
            self.fields[name].widget.attrs["dir"] = "auto"
        if self.instance.pk:
            known = self.instance.numbers.order_by("pk").values_list("e164", flat=True)
            self.initial["numbers"] = "\n".join(numbers.national(number) for number in known)

    def clean_logo(self) -> Picture | None:
        file = self.cleaned_data["logo"]
        if not file:
            return None
        try:
            return fleets.picture(file.read(fleets.BIGGEST_LOGO + 1))
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence) from None

    def typed_numbers(self) -> list[str]:
        """Of a valid form."""
        return [line for line in self.cleaned_data["numbers"].replace(",", "\n").splitlines() if line.strip()]
