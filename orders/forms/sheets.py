"""Spreadsheets in and out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import SheetKind
from orders.sheets.columns import COLUMNS


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it holds"))
    file = forms.FileField(
        label=gettext_lazy("File, CSV or XLSX"), widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"})
    )

    def __init__(self, *args: Any, kinds: Sequence[SheetKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_MOST_BYTES:
            most = filesizeformat(settings.IMPORT_MOST_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": most})
        return file


class ColumnsForm(forms.Form):
    """Which column of the file holds what."""

    def __init__(self, *args: Any, kind: str, heading: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(i), f"{_letter(i)} · {text}" if text else _letter(i)) for i, text in enumerate(heading)]
        for column in COLUMNS[kind]:
            none = _("choose") if column.is_needed else _("not in the file")
            self.fields[column.name] = forms.ChoiceField(
                label=column.label, choices=[("", none), *places], required=False
            )

    def chosen(self) -> dict[str, int]:
        """Of a valid form."""
        return {name: int(place) for name, place in self.cleaned_data.items() if place}


class ExportForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it holds"))
    form = forms.ChoiceField(label=gettext_lazy("File format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    is_whole = forms.BooleanField(label=gettext_lazy("whole numbers of clients"), required=False)
    reason = forms.CharField(label=gettext_lazy("What for"), max_length=200, required=False)

    def __init__(self, *args: Any, kinds: Sequence[SheetKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]

    def clean(self) -> None:
        if self.cleaned_data.get("is_whole") and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("Say what the whole numbers are for."))


def _letter(place: int) -> str:
    """As the spreadsheet calls its columns: A, B … Z, AA."""
    return _letter(place // 26 - 1) + _letter(place % 26) if place > 25 else chr(ord("A") + place)
