"""An order as other systems say it: cleaned as the intake form cleans it, into `orders.trip.Wording`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from dispatch.api.shapes.fields import Flight, Phone
from orders import spots
from orders.forms.fields import MOST_STOPS
from orders.forms.trip import MOST_PASSENGERS
from orders.models import Account, Fleet, Payment, ServiceClass, TripOption
from orders.services.intake import MOST_CARS
from orders.spots import Spot
from places.geo import on_earth

BY = ("client", "system")
ACCEPT_HELP = "Names of concerns, as a refusal `doubtful` or `undecided` gave them, that are to be no hindrance."


def accept() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=40), required=False, help_text=ACCEPT_HELP)


def by() -> serializers.ChoiceField:
    return serializers.ChoiceField(
        choices=BY, required=False, help_text="client: he did it himself, in the other system. Without it: the system."
    )


def version() -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Of the order that was looked at. By now another one: refused.",
    )


class SpotIn(serializers.Serializer):
    """Without coordinates the address is looked up in the office's directory."""

    address = serializers.CharField(max_length=spots.LONGEST)
    latitude = serializers.FloatField(required=False, allow_null=True)
    longitude = serializers.FloatField(required=False, allow_null=True)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        latitude, longitude = said.get("latitude"), said.get("longitude")
        if (latitude is None) != (longitude is None):
            raise serializers.ValidationError(_("Give both coordinates, or none."))
        if latitude is not None and longitude is not None and not on_earth(latitude, longitude):
            raise serializers.ValidationError(_("That is no place on the earth."))
        return said


class PickupIn(SpotIn):
    entrance = serializers.CharField(max_length=20, required=False, allow_blank=True)
    flat = serializers.CharField(max_length=20, required=False, allow_blank=True)


class DestinationIn(SpotIn):
    address = serializers.CharField(max_length=spots.LONGEST, allow_blank=True, help_text="Empty: not said.")


class TripIn(serializers.Serializer):
    """What a price hangs on."""

    pickup = PickupIn()
    pickup_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Null: as soon as possible.")
    stops = serializers.ListField(child=SpotIn(), required=False, max_length=MOST_STOPS)
    destination = DestinationIn(required=False)
    passengers = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PASSENGERS)
    service_class = serializers.ChoiceField(choices=ServiceClass.choices, required=False)
    options = serializers.ListField(child=serializers.ChoiceField(choices=TripOption.choices), required=False)
    waits_and_returns = serializers.BooleanField(required=False)
    fleet = serializers.PrimaryKeyRelatedField(
        queryset=Fleet.objects.filter(is_active=True), required=False, allow_null=True
    )


class OrderIn(TripIn):
    phone = Phone(max_length=40, help_text="In any writing.")
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="For the driver.")
    office_note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    passenger_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    callback_phone = Phone(max_length=40, required=False, allow_blank=True)
    flight = Flight(max_length=12, required=False, allow_blank=True)
    payment = serializers.ChoiceField(choices=Payment.choices, required=False)
    company = serializers.PrimaryKeyRelatedField(
        source="account",
        queryset=Account.objects.filter(is_active=True),
        required=False,
        allow_null=True,
        help_text="That pays, with the payment `account`.",
    )
    release_minutes = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=1440)
    is_on_hold = serializers.BooleanField(required=False)
    accept = accept()


class NewOrder(OrderIn):
    by = by()
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="Of a client without one.")
    client = serializers.IntegerField(required=False, allow_null=True, help_text="Whose card, of several.")
    is_new_client = serializers.BooleanField(required=False, help_text="None of those who have this number.")
    cars = serializers.IntegerField(required=False, min_value=1, max_value=MOST_CARS)
    return_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When another car comes for the way back."
    )
    quote = serializers.IntegerField(required=False, allow_null=True, help_text="A price that was kept: it holds.")
    reference = serializers.RegexField(
        r"^[\w .:/#-]*$", max_length=56, required=False, allow_blank=True, help_text="What you call the order."
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        errors = {}
        if said.get("payment") == Payment.ACCOUNT and not said.get("account"):
            errors["company"] = _("Choose the company that pays.")
        back = said.get("return_at")
        if back:
            if said.get("pickup_at") and back <= said["pickup_at"]:
                errors["return_at"] = _("The way back begins before the way there.")
            if not said.get("destination", {}).get("address"):
                errors["destination"] = _("Ask where to: the way back begins there.")
            if said.get("waits_and_returns"):
                errors["return_at"] = _("Either the car waits and drives back, or another one comes for the way back.")
        if errors:
            raise serializers.ValidationError(errors)
        return said


class OrderChange(OrderIn):
    """What is left out stays as it is."""

    version = serializers.IntegerField(
        min_value=1,
        required=True,
        help_text="Of the order that was looked at. Nobody who changed it since loses anything.",
    )
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


SAME = (
    "phone", "pickup_at", "comment", "office_note", "passengers", "passenger_name", "callback_phone", "flight",
    "service_class", "waits_and_returns", "payment", "account", "fleet", "release_minutes", "is_on_hold",
)  # fmt: skip


def wording_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Those fields of `orders.trip.Wording` that were said. At most two queries for each address without a place."""
    found = {name: said[name] for name in SAME if name in said}
    if "options" in said:
        found["options"] = tuple(sorted(set(said["options"])))
    if "stops" in said:
        found["stops"] = tuple(spot_of(stop) for stop in said["stops"])
    for name in ("pickup", "destination"):
        if name in said:
            spot = spot_of(said[name])
            found |= {name: spot.address, f"{name}_point": spot.point}
    for name in ("entrance", "flat"):
        if name in said.get("pickup", {}):
            found[f"pickup_{name}"] = said["pickup"][name]
    return found


def spot_of(said: Mapping[str, Any]) -> Spot:
    address = " ".join(said["address"].split())
    return spots.located(spots.at(address, said.get("latitude"), said.get("longitude")))
