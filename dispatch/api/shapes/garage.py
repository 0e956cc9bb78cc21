"""Drivers and their cars as other systems read them."""

from rest_framework import serializers

from dispatch.api.shapes.orders import NamedShape
from orders.forms.cards import MOST_NEW
from orders.models import Driver, DriverDocument, Fleet, ServiceClass, TripOption, Vehicle

PAPERS = DriverDocument.Kind.choices


class VehicleShape(serializers.Serializer):
    id = serializers.IntegerField()
    plate = serializers.CharField()
    description = serializers.CharField()
    seats = serializers.IntegerField()
    classes = serializers.ListField(child=serializers.ChoiceField(choices=ServiceClass.choices))
    options = serializers.ListField(child=serializers.ChoiceField(choices=TripOption.choices))


class VehiclePage(serializers.Serializer):
    vehicles = VehicleShape(many=True)
    next = serializers.CharField(allow_null=True)


class PositionShape(serializers.Serializer):
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    accuracy_m = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    stand = NamedShape(allow_null=True, help_text="In whose queue he waits.")


class DriverPhoneShape(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField(source="e164", help_text="E.164.")
    is_main = serializers.BooleanField()


class DriverShape(serializers.Serializer):
    id = serializers.IntegerField()
    call_sign = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    phones = DriverPhoneShape(many=True)
    fleet_id = serializers.IntegerField(allow_null=True, help_text="Null: drives for every fleet.")
    vehicle = VehicleShape(allow_null=True)
    on_shift = serializers.BooleanField()
    order = serializers.SerializerMethodField(help_text="The one that he performs.", allow_null=True)

    def get_order(self, driver: Driver) -> int | None:
        return next((order.pk for order in driver.performing), None)  # type: ignore[attr-defined]


class DriverPage(serializers.Serializer):
    drivers = DriverShape(many=True)
    next = serializers.CharField(allow_null=True)


class BreakShape(serializers.Serializer):
    began_at = serializers.DateTimeField()
    reason = serializers.CharField()


class ShiftShape(serializers.Serializer):
    started_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    vehicle = VehicleShape(allow_null=True)
    takes_next = serializers.BooleanField(help_text="May be asked about an order while he finishes another one.")


class DocumentShape(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PAPERS)
    number = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True)
    is_expired = serializers.BooleanField()


class WholeDriverShape(DriverShape):
    shift = ShiftShape(allow_null=True)
    pause = BreakShape(allow_null=True)
    position = PositionShape(allow_null=True)
    documents = DocumentShape(many=True)


class ShiftIn(serializers.Serializer):
    vehicle = serializers.PrimaryKeyRelatedField(
        queryset=Vehicle.objects.all(), required=False, allow_null=True, help_text="Without it: his own."
    )
    ends_at = serializers.DateTimeField(required=False, allow_null=True, help_text="As he means to.")


class NextIn(serializers.Serializer):
    takes_next = serializers.BooleanField()


class BreakIn(serializers.Serializer):
    reason = serializers.CharField(max_length=80, required=False, allow_blank=True)


class PositionIn(serializers.Serializer):
    latitude = serializers.FloatField(min_value=-90, max_value=90)
    longitude = serializers.FloatField(min_value=-180, max_value=180)
    accuracy_m = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=10**6)
    at = serializers.DateTimeField(required=False, help_text="When he was there. Without it: now.")


class DriverIn(serializers.Serializer):
    call_sign = serializers.CharField(max_length=12)
    first_name = serializers.CharField(max_length=80)
    last_name = serializers.CharField(max_length=80)
    fleet = serializers.PrimaryKeyRelatedField(
        queryset=Fleet.objects.all(), required=False, allow_null=True, help_text="Null: drives for every fleet."
    )
    add_phones = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=MOST_NEW, help_text="In any writing."
    )
    remove_phones = serializers.ListField(child=serializers.IntegerField(), required=False, help_text="Their `id`.")
    main_phone = serializers.IntegerField(required=False, help_text="Its `id`.")
    plate = serializers.CharField(max_length=16, required=False, allow_blank=True, help_text="Of his car.")
    description = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="With the plate: make and colour."
    )


class DocumentIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=PAPERS)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    valid_until = serializers.DateField(
        required=False, allow_null=True, help_text="The last day on which it is good. Null: for good."
    )


class VehicleIn(serializers.Serializer):
    plate = serializers.CharField(max_length=16)
    description = serializers.CharField(max_length=120, required=False, allow_blank=True)
    seats = serializers.IntegerField(required=False, min_value=1, max_value=60)
    classes = serializers.ListField(
        child=serializers.ChoiceField(choices=ServiceClass.choices), required=False, allow_empty=False
    )
    options = serializers.ListField(child=serializers.ChoiceField(choices=TripOption.choices), required=False)
