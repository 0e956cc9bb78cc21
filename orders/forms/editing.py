"""Changing what an order says: all that intake asks for."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders import numbers, spots, trip, when
from orders.forms.trip import TripForm
from orders.models import Account, Fleet, Order
from orders.trip import Wording


class EditForm(TripForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("Reason of the correction"), max_length=200, required=False)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.offer("fleet", Fleet.objects.filter(Q(is_active=True) | Q(pk=order.fleet_id)))
        self.offer("account", Account.objects.filter(Q(is_active=True) | Q(pk=order.account_id)))

    @staticmethod
    def values_of(order: Order) -> dict[str, Any]:
        """What stands in the form before anything is typed. One query for the stops."""
        said = trip.of(order)
        return {
            **{name: getattr(said, name) for name in trip.COLUMNS},
            "phone": numbers.national(said.phone),
            "callback_phone": numbers.national(said.callback_phone) if said.callback_phone else "",
            "when": EditForm._time_of(order),
            "pickup_point": spots.mark(spots.Spot(said.pickup, said.pickup_point)),
            "destination_point": spots.mark(spots.Spot(said.destination, said.destination_point)),
            "options": list(said.options),
            "stops": list(said.stops),
            "version": order.version,
        }

    @staticmethod
    def inputs_of(field: str) -> tuple[str, ...]:
        """Which inputs of the form say this field of `trip.Wording`."""
        if field in trip.PLACED:
            return (field, f"{field}_point")
        return ("when",) if field == "pickup_at" else (field,)

    def wording(self) -> Wording:
        """Of a valid form. A time that was not touched keeps its seconds."""
        said = self.said()
        if self.data.get("when", "").strip() == self._time_of(self.order):
            said["pickup_at"] = self.order.pickup_at
        return Wording(**said)

    @staticmethod
    def _time_of(order: Order) -> str:
        return when.write(timezone.localtime(order.pickup_at)) if order.pickup_at else ""
