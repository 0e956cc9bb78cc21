"""Fleets, tariffs and zones as other systems read and write them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dispatch.api.shapes.fields import Content
from dispatch.api.shapes.orders import NamedShape
from orders.forms import rates
from orders.models import Fleet, ServiceClass
from orders.services import fleets
from places import drawings, wording
from places.drawings import Drawing

SMALLEST, BIGGEST = -(2**15), 2**15 - 1
MOST_NUMBERS, MOST_ZONES = 100, 1000
PLACES = ("past", "now", "planned")
WRONG_RATES = rates.SENTENCES | {
    "not_money": _("An amount is text such as “12.50”."),
    "not_a_number": _("A number is text such as “2.5”, below a thousand."),
    "not_a_date": _("A day is text such as “2026-11-28”, or “01-01” for each year."),
}


def _whole(words: str, most: int = BIGGEST, **how: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=most, required=False, help_text=words, **how)


class FleetShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    greeting = serializers.CharField()
    is_active = serializers.BooleanField()
    is_default = serializers.BooleanField()
    numbers = serializers.SerializerMethodField(help_text="City numbers, E.164.")
    searches_by_itself = serializers.BooleanField()
    queue_offer_seconds = serializers.IntegerField()
    queue_total_seconds = serializers.IntegerField()
    radius_m = serializers.IntegerField()
    radius_offer_seconds = serializers.IntegerField()
    radius_total_seconds = serializers.IntegerField()
    position_minutes = serializers.IntegerField()
    release_minutes = serializers.IntegerField(allow_null=True)
    has_logo = serializers.SerializerMethodField(help_text="Then it is at `logo/`.")

    def get_numbers(self, fleet: Fleet) -> list[str]:
        return [number.e164 for number in fleet.numbers.all()]

    def get_has_logo(self, fleet: Fleet) -> bool:
        return hasattr(fleet, "logo")


class FleetIn(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    greeting = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Stands on the card of a call to this fleet."
    )
    is_active = serializers.BooleanField(required=False)
    is_default = serializers.BooleanField(required=False, help_text="For orders that come by no number of a fleet.")
    numbers = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=MOST_NUMBERS,
        help_text="City numbers in any writing: all of them.",
    )
    searches_by_itself = serializers.BooleanField(required=False, help_text="Offers orders by itself.")
    queue_offer_seconds = _whole("For one offer, by queue.")
    queue_total_seconds = _whole("Of the search by queue.")
    radius_m = _whole("Of the search by radius, in metres.", 2**31 - 1)
    radius_offer_seconds = _whole("For one offer, by radius.")
    radius_total_seconds = _whole("Of the search by radius.")
    position_minutes = _whole("Until a position is stale.")
    release_minutes = _whole("Pre-orders enter the search, minutes before. Null: as the office does.", allow_null=True)


class LogoIn(serializers.Serializer):
    content = Content(lambda: fleets.BIGGEST_LOGO, help_text="A picture, PNG, JPEG or WebP, in Base64.")


class VersionShape(serializers.Serializer):
    id = serializers.IntegerField()
    valid_from = serializers.DateTimeField()
    valid_to = serializers.DateTimeField(allow_null=True)
    currency = serializers.CharField()
    rates = serializers.DictField(help_text="Amounts as decimal text.")


class NamedTariffShape(serializers.Serializer):
    id = serializers.IntegerField(source="tariff.pk")
    name = serializers.CharField(source="tariff.name")
    fleet = NamedShape(source="tariff.fleet")
    service_class = serializers.ChoiceField(choices=ServiceClass.choices, source="tariff.service_class")
    is_active = serializers.BooleanField(source="tariff.is_active")


class TariffShape(NamedTariffShape):
    now = VersionShape(allow_null=True)
    planned = VersionShape(source="next", allow_null=True)


class EraShape(VersionShape):
    id = serializers.IntegerField(source="version.pk")
    valid_from = serializers.DateTimeField(source="version.valid_from")
    valid_to = serializers.DateTimeField(source="version.valid_to", allow_null=True)
    currency = serializers.CharField(source="version.currency")
    rates = serializers.DictField(source="version.rates", help_text="Amounts as decimal text.")
    place = serializers.ChoiceField(choices=PLACES, help_text="On the time line.")


class WholeTariffShape(NamedTariffShape):
    versions = EraShape(many=True)


class TariffIn(serializers.Serializer):
    fleet = serializers.PrimaryKeyRelatedField(queryset=Fleet.objects.all())
    name = serializers.CharField(max_length=80)
    service_class = serializers.ChoiceField(choices=ServiceClass.choices)
    is_active = serializers.BooleanField(required=False, help_text="A class of a fleet has one tariff in use.")


class VersionIn(serializers.Serializer):
    valid_from = serializers.DateTimeField(required=False, allow_null=True, help_text="Null: from now on.")
    valid_to = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Null: until further notice, or the next one that is planned."
    )
    rates = serializers.DictField(
        help_text="As `rates` of a version reads, amounts as decimal text; what is left out costs nothing. Errors "
        "name their place: `rates.per_km.1.amount`."
    )


class ZoneShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    rank = serializers.IntegerField(help_text="Where zones overlap, the higher one counts.")
    is_active = serializers.BooleanField()
    release_minutes = serializers.IntegerField(allow_null=True)
    area = serializers.DictField(help_text="GeoJSON, [longitude, latitude] in degrees.")


@extend_schema_field(OpenApiTypes.OBJECT)
class AreaField(serializers.JSONField):
    """One area, in any dress of GeoJSON; what comes out is a Polygon or MultiPolygon that is sound and closed."""

    def to_internal_value(self, data: Any) -> Any:
        found = _drawn(data)
        if len(found) > 1:
            raise serializers.ValidationError(_("This is one zone: hand over one area."))
        return found[0].area


class ZoneIn(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    rank = serializers.IntegerField(
        required=False, min_value=SMALLEST, max_value=BIGGEST, help_text="Where zones overlap, the higher one counts."
    )
    is_active = serializers.BooleanField(required=False)
    release_minutes = _whole("Pre-orders enter the search, minutes before. Null: as the office does.", allow_null=True)
    area = AreaField(
        help_text="GeoJSON Polygon or MultiPolygon, or a Feature of one; [longitude, latitude] in degrees."
    )


class DrawingsIn(serializers.Serializer):
    type = serializers.ChoiceField(choices=("FeatureCollection",))
    features = serializers.ListField(
        child=serializers.DictField(),
        allow_empty=False,
        max_length=MOST_ZONES,
        help_text="Features of GeoJSON, each with its `name` in `properties`.",
    )

    def validate_features(self, features: list[Any]) -> list[Drawing]:
        return _drawn({"type": "FeatureCollection", "features": features})


def _drawn(data: Any) -> list[Drawing]:
    """Raises ValidationError."""
    try:
        return drawings.taken(data)
    except drawings.Unreadable as fault:
        raise serializers.ValidationError(wording.sentence(fault.reason)) from None


class FoundShape(serializers.Serializer):
    address = serializers.CharField(source="label", help_text="Goes into an order with its coordinates.")
    detail = serializers.CharField(help_text="What tells it from others of that name.")
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    kind = serializers.CharField(help_text="house, street or place")
    is_sure = serializers.BooleanField(help_text="So near to what was typed that it may be taken unseen.")
