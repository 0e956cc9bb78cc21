"""Where events of orders are sent, as other systems say and read it."""

from rest_framework import serializers

from dispatch.api.hooks.line import LONGEST_URL
from dispatch.api.models import DeliveryState, Failure
from orders.wording import HAPPENED

KINDS = [(name, name) for name in HAPPENED]


class WebhookIn(serializers.Serializer):
    url = serializers.CharField(max_length=LONGEST_URL, help_text="https, of a public address.")
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=KINDS), required=False, help_text="Events; empty: all, also later ones."
    )
    whole_numbers = serializers.BooleanField(required=False, help_text="Needs the scope clients:read, too.")
    is_active = serializers.BooleanField(required=False)


class WebhookShape(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=KINDS))
    whole_numbers = serializers.BooleanField()
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    succeeded_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True, help_text="It failed for too long: start it again.")


class WebhookWithSecretShape(WebhookShape):
    secret = serializers.CharField(help_text="Signs the messages. It is told this once.")


class DeliveryShape(serializers.Serializer):
    id = serializers.IntegerField()
    message = serializers.UUIDField(source="uid", help_text="As `Webhook-Id` says it.")
    event = serializers.CharField(source="event.transition", default="ping")
    order = serializers.IntegerField(source="order_id", allow_null=True)
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    created_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    took_ms = serializers.IntegerField(allow_null=True)
    failure = serializers.ChoiceField(choices=Failure.choices, allow_blank=True)
    status = serializers.IntegerField(allow_null=True, help_text="That the receiver answered.")


class DeliveryPage(serializers.Serializer):
    deliveries = DeliveryShape(many=True)
    next = serializers.CharField(allow_null=True)
