"""An order as other systems read it."""

from rest_framework import serializers

from dispatch.api.shapes.fields import NUMBERS, Number, seen
from dispatch.api.shapes.problems import ConcernShape
from orders import numbers, wording
from orders.flow import State
from orders.models import (
    CalledOffBy,
    Channel,
    OfferPhase,
    OfferState,
    Order,
    OrderEvent,
    Payment,
    ServiceClass,
    TripOption,
)
from telephony.models import Call

STATES = [(state.value, state.value) for state in State]


class NamedShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class PickupShape(serializers.Serializer):
    address = serializers.CharField(source="pickup")
    latitude = serializers.FloatField(source="pickup_latitude", allow_null=True)
    longitude = serializers.FloatField(source="pickup_longitude", allow_null=True)
    entrance = serializers.CharField(source="pickup_entrance")
    flat = serializers.CharField(source="pickup_flat")


class DestinationShape(serializers.Serializer):
    address = serializers.CharField(source="destination")
    latitude = serializers.FloatField(source="destination_latitude", allow_null=True)
    longitude = serializers.FloatField(source="destination_longitude", allow_null=True)


class StopShape(serializers.Serializer):
    address = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class CarShape(serializers.Serializer):
    id = serializers.IntegerField()
    plate = serializers.CharField()
    description = serializers.CharField()


class WhoDrivesShape(serializers.Serializer):
    id = serializers.IntegerField()
    call_sign = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    vehicle = CarShape(allow_null=True)


class OrderShape(serializers.Serializer):
    """Times carry their offset, amounts are decimal text, numbers E.164."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Name it in a change, and nobody's change is overwritten.")
    state = serializers.ChoiceField(choices=STATES)
    state_text = serializers.SerializerMethodField(help_text="In the language asked for.")
    state_since = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="The time asked for; for one as soon as possible, when it was taken.")
    pickup = PickupShape(source="*")
    pickup_at = serializers.DateTimeField(allow_null=True, help_text="Null: as soon as possible.")
    stops = StopShape(many=True)
    destination = DestinationShape(source="*")
    client = NamedShape(allow_null=True)
    phone = Number()
    passenger_name = serializers.CharField()
    callback_phone = Number()
    passengers = serializers.IntegerField()
    flight = serializers.CharField()
    service_class = serializers.ChoiceField(choices=ServiceClass.choices)
    options = serializers.ListField(child=serializers.ChoiceField(choices=TripOption.choices))
    waits_and_returns = serializers.BooleanField()
    comment = serializers.CharField(help_text="For the driver.")
    office_note = serializers.CharField()
    payment = serializers.ChoiceField(choices=Payment.choices)
    company = NamedShape(source="account", allow_null=True)
    fleet = NamedShape(allow_null=True)
    zone = NamedShape(allow_null=True)
    tariff = NamedShape(source="tariff_version.tariff", allow_null=True, default=None)
    price = serializers.DecimalField(14, 2, allow_null=True)
    currency = serializers.CharField()
    distance_m = serializers.IntegerField(allow_null=True)
    duration_s = serializers.IntegerField(allow_null=True)
    driver = WhoDrivesShape(allow_null=True)
    release_at = serializers.DateTimeField(allow_null=True, help_text="When a pre-order enters the search.")
    release_minutes = serializers.IntegerField(allow_null=True)
    confirm_by = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    is_on_hold = serializers.BooleanField()
    held_until = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()
    alarm = serializers.CharField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    reference = serializers.SerializerMethodField(help_text="What the other system that took it calls it.")
    series = serializers.UUIDField(allow_null=True, help_text="Shared by several cars, and by the way there and back.")
    recurrence = serializers.IntegerField(source="recurrence_id", allow_null=True)

    def get_state_text(self, order: Order) -> str:
        return str(wording.STATES[order.state])

    def get_reference(self, order: Order) -> str:
        return order.source.removeprefix("api:") if order.source.startswith("api:") else ""


class EventShape(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    name = serializers.CharField(source="transition", help_text="A transition, or edit, correct, client_called …")
    text = serializers.SerializerMethodField(help_text="In the language asked for.")
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    by = serializers.CharField(source="actor_kind")
    who = serializers.SerializerMethodField()
    driver = serializers.CharField(source="driver.call_sign", allow_null=True, default=None, help_text="Call sign.")
    reason = serializers.CharField()
    by_whom = serializers.ChoiceField(
        choices=CalledOffBy.choices, allow_blank=True, help_text="Of an end without a trip: whose doing it is."
    )
    changes = serializers.SerializerMethodField(help_text="{field: [before, after]}")

    def get_text(self, event: OrderEvent) -> str:
        return str(wording.HAPPENED.get(event.transition, event.transition))

    def get_who(self, event: OrderEvent) -> str:
        return str(event.actor) if event.actor else ""

    def get_changes(self, event: OrderEvent) -> dict[str, list[str]]:
        sight = self.context["sight"]
        return {
            name: [seen(each, sight) for each in pair] if name in NUMBERS else pair
            for name, pair in event.changes.items()
        }


class OfferShape(serializers.Serializer):
    id = serializers.IntegerField()
    driver = serializers.CharField(source="driver.call_sign")
    phase = serializers.ChoiceField(choices=OfferPhase.choices)
    state = serializers.ChoiceField(choices=OfferState.choices)
    sent_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ActionShape(serializers.Serializer):
    name = serializers.CharField(help_text="POST it to /orders/{id}/{name}/.")
    text = serializers.CharField()
    needs_reason = serializers.BooleanField()


class PriceLineShape(serializers.Serializer):
    """`amount` is `quantity` × `unit_price`, to the cent; of a percentage `quantity` is the percent."""

    code = serializers.CharField()
    amount = serializers.CharField()
    quantity = serializers.CharField(required=False)
    unit_price = serializers.CharField(required=False)
    about = serializers.CharField(required=False, help_text="The option, zones or addresses that it is for.")


class WholeOrderShape(OrderShape):
    price_lines = PriceLineShape(many=True, help_text="How the price comes about.")
    actions = ActionShape(many=True, help_text="What may be done with it now, and nothing else may.")
    may_be_assigned = serializers.BooleanField(help_text="Whether a driver may be named: POST …/driver/ or …/offers/.")
    events = EventShape(many=True, help_text="What happened, the oldest first.")
    offers = OfferShape(many=True)


class OrderPage(serializers.Serializer):
    orders = OrderShape(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="Where the next page is: an address without the host. Null: this was the last one."
    )
    looked_back_to = serializers.DateTimeField(
        allow_null=True, help_text="The history was looked through to this moment only. Null: to its end."
    )


class CandidateShape(serializers.Serializer):
    driver = WhoDrivesShape()
    metres = serializers.IntegerField(allow_null=True, help_text="To the pick-up, straight.")
    seen_at = serializers.DateTimeField(allow_null=True)
    may_be_assigned = serializers.BooleanField()
    may_be_asked = serializers.BooleanField()
    concerns = ConcernShape(many=True)


class OtherParty(Number):
    """Of a call that we placed: who was called."""

    def get_attribute(self, instance: Call) -> str:
        return numbers.e164(instance.dialled) if instance.direction == Call.Direction.OUT else instance.caller_e164


class CallShape(serializers.Serializer):
    id = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Call.Direction.choices)
    state = serializers.ChoiceField(choices=Call.State.choices)
    result = serializers.ChoiceField(choices=Call.Result.choices, allow_blank=True)
    number = OtherParty(read_only=True, help_text="Who called, or was called, E.164; empty: not known.")
    answered_by = serializers.CharField(allow_null=True, help_text="The dispatcher's name.")
    started_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
