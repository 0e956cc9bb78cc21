"""What prices are made of: fleets, tariffs, zones."""

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint
from dispatch.api.scopes import Scope
from dispatch.api.shapes.prices import FleetShape, TariffShape, ZoneShape
from orders.selectors import fleets, tariffs
from places.models import Zone


class Fleets(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ}

    @extend_schema(
        summary="Fleets",
        description="The brands of the office with their city numbers.",
        responses=FleetShape(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(FleetShape(fleets.all_fleets(), many=True).data)


class Tariffs(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ}

    @extend_schema(
        summary="Tariffs",
        description="Each with the version of its prices that is valid now, and the first one that is planned.",
        responses=TariffShape(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(TariffShape(tariffs.listed(timezone.now()), many=True).data)


class Zones(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ}

    @extend_schema(
        summary="Zones", description="The parts of the town, with their outlines.", responses=ZoneShape(many=True)
    )
    def get(self, request: Request) -> Response:
        return Response(ZoneShape(Zone.objects.order_by("name"), many=True).data)
