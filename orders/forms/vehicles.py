from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import DriverDocument, ServiceClass, TripOption, Vehicle

MOST_SEATS = 60


class VehicleForm(forms.ModelForm):
    seats = forms.IntegerField(label=_("seats for passengers"), min_value=1, max_value=MOST_SEATS)
    classes = forms.MultipleChoiceField(
        label=_("classes"), choices=ServiceClass.choices, widget=forms.CheckboxSelectMultiple
    )
    options = forms.MultipleChoiceField(
        label=_("options"), choices=TripOption.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Vehicle
        fields = ("plate", "description", "seats", "classes", "options")


class DocumentForm(forms.ModelForm):
    class Meta:
        model = DriverDocument
        fields = ("kind", "number", "valid_until")
        widgets = {"valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
