"""Companies and their people."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from orders.models import Account, Client, Employee, ServiceClass

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Write three capital letters: EUR."))


class AccountForm(forms.ModelForm):
    currency = forms.CharField(label=_("currency"), max_length=3, validators=[CURRENCY])
    classes = forms.MultipleChoiceField(
        label=_("classes that it pays for (none chosen: any)"),
        choices=ServiceClass.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Account
        fields = ("name", "monthly_limit", "currency", "forbids_cash", "classes", "notes", "is_active")
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def clean_monthly_limit(self) -> Any:
        return _not_negative(self.cleaned_data["monthly_limit"])


class EmployeeForm(forms.ModelForm):
    class Meta:
        model = Employee
        fields = ("reference", "monthly_limit", "is_active")

    def clean_monthly_limit(self) -> Any:
        return _not_negative(self.cleaned_data["monthly_limit"])


class NewEmployeeForm(EmployeeForm):
    """Found by number; `client` only where several have it."""

    number = forms.CharField(label=_("number"), max_length=40, widget=forms.TextInput(attrs={"dir": "ltr"}))
    name = forms.CharField(label=_("name"), max_length=120, required=False)
    client = forms.TypedChoiceField(label=_("Who of them?"), coerce=int, empty_value=None, required=False)

    field_order = ("number", "client", "name", "reference", "monthly_limit", "is_active")

    def __init__(self, *args: Any, candidates: tuple[Client, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if candidates:
            self.fields["client"].choices = [(client.pk, str(client)) for client in candidates]  # type: ignore[attr-defined]
        else:
            del self.fields["client"]


def _not_negative(amount: Any) -> Any:
    if amount is not None and amount < 0:
        raise forms.ValidationError(_("A limit is not below zero."))
    return amount
