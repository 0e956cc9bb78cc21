"""Fleets, tariffs and zones as other systems read them."""

from rest_framework import serializers

from dispatch.api.shapes.orders import NamedShape
from orders.models import Fleet, ServiceClass


class FleetShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    is_active = serializers.BooleanField()
    is_default = serializers.BooleanField()
    numbers = serializers.SerializerMethodField(help_text="City numbers, E.164.")
    searches_by_itself = serializers.BooleanField()

    def get_numbers(self, fleet: Fleet) -> list[str]:
        return [number.e164 for number in fleet.numbers.all()]


class VersionShape(serializers.Serializer):
    id = serializers.IntegerField()
    valid_from = serializers.DateTimeField()
    valid_to = serializers.DateTimeField(allow_null=True)
    currency = serializers.CharField()
    rates = serializers.DictField(help_text="Amounts as decimal text.")


class TariffShape(serializers.Serializer):
    id = serializers.IntegerField(source="tariff.pk")
    name = serializers.CharField(source="tariff.name")
    fleet = NamedShape(source="tariff.fleet")
    service_class = serializers.ChoiceField(choices=ServiceClass.choices, source="tariff.service_class")
    is_active = serializers.BooleanField(source="tariff.is_active")
    now = VersionShape(allow_null=True)
    planned = VersionShape(source="next", allow_null=True)


class ZoneShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    rank = serializers.IntegerField(help_text="Where zones overlap, the higher one counts.")
    is_active = serializers.BooleanField()
    release_minutes = serializers.IntegerField(allow_null=True)
    area = serializers.DictField(help_text="GeoJSON, [longitude, latitude] in degrees.")


class FoundShape(serializers.Serializer):
    address = serializers.CharField(source="label", help_text="Goes into an order with its coordinates.")
    detail = serializers.CharField(help_text="What tells it from others of that name.")
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    kind = serializers.CharField(help_text="house, street or place")
    is_sure = serializers.BooleanField(help_text="So near to what was typed that it may be taken unseen.")
