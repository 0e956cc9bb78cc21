"""Prices: asked for, and kept for some days."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.scopes import Scope
from dispatch.api.shapes.quotes import KeptQuoteIn, KeptQuoteShape, QuoteShape
from dispatch.api.shapes.wishes import TripIn, wording_of
from dispatch.staff.refusal import Refused
from orders import spots, when
from orders.models import ServiceClass
from orders.selectors import pricing
from orders.selectors.pricing import Sketch
from orders.services import quotes
from orders.spots import NOWHERE, Spot


class Quotes(Endpoint):
    scopes: ClassVar = {"POST": Scope.PRICES_READ}

    @extend_schema(
        summary="What a trip would cost",
        description="By the tariff that is valid when it begins. Nothing is kept.",
        request=TripIn,
        responses=QuoteShape,
    )
    @once
    def post(self, request: Request) -> Response:
        found = pricing.quote(_sketch(read(TripIn(data=request.data))), at=timezone.now())
        if found is None:
            raise Refused(_("There is no price for this trip."))
        return Response(QuoteShape(found).data)


class KeptQuotes(Endpoint):
    scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        summary="Keep a price without an order",
        description="It holds for some days: an order that names it has this price. The desk sees it when the client "
        "calls.",
        request=KeptQuoteIn,
        responses={201: KeptQuoteShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(KeptQuoteIn(data=request.data))
        sketch = _sketch(said)
        kept = quotes.keep(
            sketch=sketch,
            fields=_as_typed(sketch, said),
            phone=said.get("phone", ""),
            client_id=said.get("client"),
            reason=said.get("reason", ""),
            actor=token_of(request).person,
        )
        return Response(KeptQuoteShape(kept, context=self.eyes(request)).data, status=201)


def _sketch(said: Mapping[str, Any]) -> Sketch:
    words = wording_of(said)
    return Sketch(
        pickup=Spot(words["pickup"], words["pickup_point"]),
        destination=Spot(words["destination"], words["destination_point"]) if "destination" in words else NOWHERE,
        stops=words.get("stops", ()),
        fleet_id=words["fleet"].pk if words.get("fleet") else None,
        service_class=words.get("service_class", ServiceClass.ECONOMY),
        pickup_at=words.get("pickup_at"),
        options=frozenset(words.get("options", ())),
        passengers=words.get("passengers", 1),
        waits_and_returns=words.get("waits_and_returns", False),
    )


def _as_typed(sketch: Sketch, said: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """As it would stand in the intake form, which the desk opens when the client orders after all."""
    fields: dict[str, str | list[str]] = {
        "phone": said.get("phone", ""),
        "client": str(said.get("client") or ""),
        "pickup": sketch.pickup.address,
        "pickup_point": spots.mark(sketch.pickup),
        "pickup_entrance": said["pickup"].get("entrance", ""),
        "pickup_flat": said["pickup"].get("flat", ""),
        "destination": sketch.destination.address,
        "destination_point": spots.mark(sketch.destination),
        "stop": [stop.address for stop in sketch.stops],
        "stop_point": [spots.mark(stop) for stop in sketch.stops],
        "when": when.write(timezone.localtime(sketch.pickup_at)) if sketch.pickup_at else "",
        "options": sorted(sketch.options),
        "passengers": str(sketch.passengers),
        "service_class": sketch.service_class,
        "fleet": str(sketch.fleet_id or ""),
        "waits_and_returns": "on" if sketch.waits_and_returns else "",
    }
    return {name: value for name, value in fields.items() if value}
