"""Recurring orders as other systems read them."""

from rest_framework import serializers

from dispatch.api.shapes.orders import NamedShape
from orders.models import Recurrence

WEEKDAYS = "0 is Monday."


class RecurrenceShape(serializers.Serializer):
    id = serializers.IntegerField()
    client = NamedShape()
    pattern = serializers.IntegerField(source="pattern_id", help_text="The order that the next ones copy.")
    pickup = serializers.CharField(source="pattern.pickup")
    destination = serializers.CharField(source="pattern.destination")
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text=WEEKDAYS)
    time = serializers.TimeField(help_text="Of the office's clock.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    skipped = serializers.ListField(child=serializers.DateField())
    paused_from = serializers.DateField(allow_null=True)
    paused_until = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class DayShape(serializers.Serializer):
    day = serializers.DateField()
    order = serializers.IntegerField(source="order.pk", allow_null=True, default=None, help_text="Once it is planned.")
    skipped = serializers.BooleanField()


class WholeRecurrenceShape(RecurrenceShape):
    days = DayShape(many=True, help_text="Of the next four weeks.")


def planned(recurrence: Recurrence, days: object) -> dict[str, object]:
    return {**RecurrenceShape(recurrence).data, "days": DayShape(days, many=True).data}
