"""What is said when something is done to an order."""

from rest_framework import serializers

from dispatch.api.shapes.wishes import accept, by, version
from orders.facts import CONTACTS
from orders.models import CalledOffBy
from orders.services import bulk


class ActIn(serializers.Serializer):
    version = version()


class ReasonIn(ActIn):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MoveIn(ReasonIn):
    by = by()
    by_whom = serializers.ChoiceField(
        choices=CalledOffBy.choices, required=False, help_text="Of a cancellation: whose doing it is, whoever says it."
    )


class NameDriverIn(ActIn):
    call_sign = serializers.CharField(max_length=12)
    accept = accept()


class OfferIn(ActIn):
    call_sign = serializers.CharField(max_length=12, required=False, help_text="Without it: to all who could.")
    accept = accept()


class ContactIn(ActIn):
    kind = serializers.ChoiceField(choices=CONTACTS)
    outcome = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MarkIn(ActIn):
    name = serializers.ChoiceField(choices=("hold", "resume", "problem", "settle"))
    problem = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="What is to be done.")
    until = serializers.DateTimeField(required=False, allow_null=True, help_text="Of `hold`: when it ends by itself.")


class ReserveIn(ActIn):
    call_sign = serializers.CharField(max_length=12)


class BulkIn(serializers.Serializer):
    act = serializers.ChoiceField(choices=(bulk.CANCEL, *bulk.ACTS), help_text="`release`: back to the search.")
    orders = serializers.ListField(
        child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=bulk.MOST, help_text="Their `id`."
    )
    reason = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Why; of `problem`: what is to be done."
    )
    by_whom = serializers.ChoiceField(
        choices=CalledOffBy.choices, required=False, help_text="Of `cancel`: whose doing it is, whoever says it."
    )


class BulkResultShape(serializers.Serializer):
    order = serializers.IntegerField(source="order_id")
    is_done = serializers.BooleanField()
    detail = serializers.CharField(source="sentence", help_text="Why not, for people.")


class BulkShape(serializers.Serializer):
    done = serializers.IntegerField(help_text="So many.")
    refused = serializers.IntegerField()
    results = BulkResultShape(many=True)


class PlanIn(serializers.Serializer):
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), allow_empty=False, help_text="0 is Monday."
    )
    time = serializers.TimeField(help_text="Of the office's clock.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)


class SkipIn(serializers.Serializer):
    day = serializers.DateField()


class PauseIn(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField(required=False, allow_null=True, help_text="Included. Null: until it is resumed.")
