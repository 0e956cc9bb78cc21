"""Spreadsheets on their way in, as other systems see them."""

from django.conf import settings
from rest_framework import serializers

from dispatch.api.shapes.fields import Content
from orders.models import Import, SheetKind


class FaultShape(serializers.Serializer):
    line = serializers.IntegerField(help_text="As a spreadsheet counts: the heading is 1.")
    detail = serializers.CharField(source="sentence")


class ColumnShape(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField(source="label")
    is_needed = serializers.BooleanField()


class ImportShape(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=SheetKind.choices)
    state = serializers.ChoiceField(choices=Import.State.choices)
    file_name = serializers.CharField()
    columns = serializers.DictField(
        child=serializers.IntegerField(), help_text="What stands in which column of the file, from 0."
    )
    total = serializers.IntegerField(help_text="Lines.")
    done = serializers.IntegerField()
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField(help_text="Known already, and nothing new.")
    faulty = serializers.IntegerField()
    problem = serializers.CharField(help_text="Why the file as a whole cannot be read.")


class WholeImportShape(ImportShape):
    may_hold = ColumnShape(many=True, help_text="What goes into `columns`.")
    heading = serializers.ListField(child=serializers.CharField(), help_text="Of the file; empty once it was taken.")
    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="The first ones below the heading."
    )
    faults = FaultShape(many=True)


class UploadIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=SheetKind.choices)
    file_name = serializers.CharField(max_length=120)
    content = Content(lambda: settings.IMPORT_MOST_BYTES, help_text="The file, CSV or XLSX, in Base64.")


class ColumnsIn(serializers.Serializer):
    columns = serializers.DictField(
        child=serializers.IntegerField(min_value=0), required=False, help_text="Without it: as they were guessed."
    )
