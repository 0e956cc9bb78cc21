"""Handing over a file of addresses."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from places import readers

ACCEPTED = (*readers.OSM, ".csv", ".txt")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(ACCEPTED)}),
        help_text=_("An OpenStreetMap extract (.osm.pbf, .osm) or a table (.csv)."),
    )
    town = forms.CharField(
        label=_("The office's own town"),
        max_length=80,
        required=False,
        help_text=_("Addresses in it are kept without the town's name. Empty: the commonest town of an extract."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(ACCEPTED):
            raise forms.ValidationError(_("This is neither an extract nor a table."))
        if file.size > settings.PLACES_UPLOAD_MB * 1_000_000:
            sentence = _now("The file is larger than %(most)d MB: take it in with manage.py import_places.")
            raise forms.ValidationError(sentence % {"most": settings.PLACES_UPLOAD_MB})
        return file
