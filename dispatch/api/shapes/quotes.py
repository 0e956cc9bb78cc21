"""Prices that are said before anybody orders."""

from rest_framework import serializers

from dispatch.api.shapes.fields import Number, Phone
from dispatch.api.shapes.orders import NamedShape, PriceLineShape
from dispatch.api.shapes.wishes import TripIn


class QuoteShape(serializers.Serializer):
    price = serializers.DecimalField(14, 2, source="total")
    is_least = serializers.BooleanField(help_text="The way is not known: it costs at least that.")
    currency = serializers.CharField(source="price.currency")
    price_lines = serializers.SerializerMethodField(help_text="How the price comes about.")
    distance_m = serializers.IntegerField(allow_null=True)
    duration_s = serializers.IntegerField(allow_null=True)
    tariff = NamedShape(source="version.tariff")
    zone = NamedShape(allow_null=True)

    def get_price_lines(self, quote: object) -> list[dict[str, str]]:
        return [line.data() for line in quote.price.lines]  # type: ignore[attr-defined]


class KeptQuoteIn(TripIn):
    phone = Phone(max_length=40, required=False, allow_blank=True)
    client = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="Why he does not order.")


class KeptQuoteShape(serializers.Serializer):
    id = serializers.IntegerField(help_text="Goes into `quote` of the order that is taken at this price.")
    phone = Number()
    pickup = serializers.CharField()
    destination = serializers.CharField()
    price = serializers.DecimalField(14, 2)
    is_least = serializers.BooleanField()
    currency = serializers.CharField()
    price_lines = PriceLineShape(many=True)
    distance_m = serializers.IntegerField(allow_null=True)
    duration_s = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    order = serializers.IntegerField(source="order_id", allow_null=True)
