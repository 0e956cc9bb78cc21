"""What an administrator fills in about a person."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dispatch.staff.models import Person, Role

EXTENSION = RegexValidator(r"^[0-9*#]{1,12}\Z", _("An extension is digits only, 101 for example."))

MOBILE = RegexValidator(r"^\+?[0-9][0-9 ()-]{5,22}\Z", _("A telephone number, +7 916 123-45-67 for example."))


class PersonForm(forms.ModelForm):
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)
    language = forms.ChoiceField(label=_("Language"), required=False)
    own_extension = forms.CharField(label=_("Own extension"), required=False, max_length=12, validators=[EXTENSION])
    mobile = forms.CharField(
        label=_("Mobile telephone"),
        required=False,
        max_length=24,
        validators=[MOBILE],
        help_text=_("Colleagues are connected there while this person is “on mobile”. They do not see the number."),
    )

    class Meta:
        model = Person
        fields = (
            "last_name",
            "first_name",
            "username",
            "roles",
            "call_sign",
            "own_extension",
            "mobile",
            "language",
            "wraps_up",
            "is_active",
        )
        labels = {
            "last_name": _("Surname"),
            "first_name": _("First name"),
            "username": _("Sign-in name"),
            "call_sign": _("Call sign"),
            "wraps_up": _("Time to write up after a call"),
            "is_active": _("May sign in"),
        }
        help_texts = {
            "username": "",
            "wraps_up": _("After each call the queue leaves this person alone for a moment."),
            "is_active": _("Switched off, this person is signed out everywhere and the shift ends."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("as the browser says")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        self.fields["username"].widget.attrs.update(autocomplete="off", autocapitalize="none", spellcheck="false")

    def clean_roles(self) -> list[str]:
        """Each once and in one order, so that the journal shows changes and nothing else."""
        return [role.value for role in Role if role.value in self.cleaned_data["roles"]]


class PasswordField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(label=_("Password"), widget=widget, strip=False, max_length=200, **kwargs)


class NewPersonForm(PersonForm):
    password = PasswordField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            try:
                validate_password(cleaned["password"], self.instance)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class NewPasswordForm(forms.Form):
    """The administrator gives a person a new password."""

    password = PasswordField()

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.person)
        return self.cleaned_data["password"]
