"""Forms of zones and stands."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places import drawings, wording
from places.drawings import Drawing
from places.models import Stand, Zone

LARGEST = 4_000_000  # bytes of a GeoJSON file
LATITUDE = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDE = [MinValueValidator(-180), MaxValueValidator(180)]


class ZoneForm(forms.ModelForm):
    """`drawings()`: the areas of a valid form; more than one only where a file was uploaded for a new zone."""

    name = forms.CharField(label=pgettext_lazy("of a street, place or zone", "Name"), max_length=80, required=False)
    outline = forms.CharField(
        label=_("Corners"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr", "spellcheck": "false"}),
        help_text=_("One corner a line, latitude and longitude in degrees; or GeoJSON."),
    )
    file = forms.FileField(
        label=_("GeoJSON file"),
        required=False,
        help_text=_("Several areas with names become several zones."),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )

    class Meta:
        model = Zone
        fields = ("name", "rank", "release_minutes", "is_active")
        labels = {
            "rank": _("Rank"),
            "release_minutes": _("Pre-orders enter the search, minutes before"),
            "is_active": _("In use"),
        }
        help_texts = {"rank": _("Where zones overlap, the higher one counts.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Drawing] = []
        if self.instance.area:
            self.initial["outline"] = drawings.written(self.instance.area)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        field = "file" if cleaned.get("file") else "outline"
        try:
            self.found = drawings.read(self._text(cleaned))
        except drawings.Unreadable as fault:
            self.add_error(field, wording.sentence(fault.reason))
            return cleaned
        if len(self.found) > 1 and self.instance.pk:
            self.add_error(field, _("This is one zone: hand over one area."))
        elif len(self.found) == 1:
            cleaned["name"] = cleaned.get("name") or self.found[0].name
            if not cleaned["name"]:
                self.add_error("name", _("Give the zone a name."))
            elif Zone.objects.filter(name=cleaned["name"]).exclude(pk=self.instance.pk).exists():
                self.add_error("name", _("There is a zone of this name already."))
        return cleaned

    def _text(self, cleaned: dict[str, Any]) -> str:
        upload = cleaned.get("file")
        if not upload:
            return str(cleaned.get("outline") or "")
        if upload.size > LARGEST:
            raise drawings.Unreadable("too_many_corners")
        return bytes(upload.read()).decode("utf-8-sig", errors="replace")

    def zone(self) -> Zone:
        """Of a valid form with one area."""
        zone: Zone = self.save(commit=False)
        zone.name, zone.area = self.cleaned_data["name"], self.found[0].area
        return zone


class StandForm(forms.ModelForm):
    latitude = forms.FloatField(label=_("Latitude"), validators=LATITUDE)
    longitude = forms.FloatField(label=_("Longitude"), validators=LONGITUDE)

    class Meta:
        model = Stand
        fields = ("name", "latitude", "longitude", "radius_m", "is_active")
        labels = {
            "name": pgettext_lazy("of a street, place or zone", "Name"),
            "radius_m": _("Radius in metres"),
            "is_active": _("In use"),
        }
