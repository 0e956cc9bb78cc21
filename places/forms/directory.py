"""Forms of the directory."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places import addresses
from places.forms.zones import LATITUDE, LONGITUDE
from places.models import House, Place, Street

LONGEST_KEY = House._meta.get_field("search").max_length or 0


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
        fields = ("name", "kind", "address", "locality", "latitude", "longitude", "is_closed")
        labels = {
            "name": pgettext_lazy("of a street, place or zone", "Name"),
            "kind": _("Kind"),
            "address": _("Address"),
            "locality": _("Town or village"),
            "is_closed": _("Closed: not found any more"),
        }


class HouseForm(forms.ModelForm):
    latitude = forms.FloatField(label=_("Latitude"), validators=LATITUDE)
    longitude = forms.FloatField(label=_("Longitude"), validators=LONGITUDE)

    class Meta:
        model = House
        fields = ("number", "latitude", "longitude", "is_closed")
        labels = {"number": _("House number"), "is_closed": _("Closed: not found any more")}

    def clean_number(self) -> str:
        number = " ".join(self.cleaned_data["number"].split())
        if not 0 < len(addresses.house_key(number)) <= LONGEST_KEY:
            raise forms.ValidationError(_("Write the number as the sign says it, such as 5 or 12A."))
        return number


class AliasForm(forms.Form):
    text = forms.CharField(label=_("Another name"), max_length=160)
