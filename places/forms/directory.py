"""Forms of the directory."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.forms.zones import LATITUDE, LONGITUDE
from places.models import Place, Street


class StreetForm(forms.ModelForm):
    latitude = forms.FloatField(label=_("Latitude"), validators=LATITUDE)
    longitude = forms.FloatField(label=_("Longitude"), validators=LONGITUDE)

    class Meta:
        model = Street
        fields = ("name", "locality", "latitude", "longitude")
        labels = {"name": pgettext_lazy("of a street, place or zone", "Name"), "locality": _("Town or village")}


class PlaceForm(StreetForm):
    class Meta:
        model = Place
        fields = ("name", "kind", "address", "locality", "latitude", "longitude")
        labels = {
            "name": pgettext_lazy("of a street, place or zone", "Name"),
            "kind": _("Kind"),
            "address": _("Address"),
            "locality": _("Town or village"),
        }


class AliasForm(forms.Form):
    text = forms.CharField(label=_("Another name"), max_length=160)
