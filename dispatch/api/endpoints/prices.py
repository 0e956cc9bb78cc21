"""What prices are made of: addresses, fleets, tariffs, zones."""

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint
from dispatch.api.scopes import Scope
from dispatch.api.shapes.prices import FleetShape, FoundShape, TariffShape, ZoneShape
from orders.selectors import fleets, tariffs
from places.models import Zone
from places.selectors import directory
from places.views.search import LONGEST, point


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


class Addresses(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ}

    @extend_schema(
        summary="Addresses that may be meant",
        description="While somebody types: streets, houses and places of the office's directory, the likeliest first, "
        "also for slips of the pen, other scripts and the wrong keyboard.",
        parameters=[
            OpenApiParameter("q", str, description="What was typed."),
            OpenApiParameter("near", str, description="55.75,37.61: of equals the nearest to it comes first."),
        ],
        responses=FoundShape(many=True),
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("q", "").replace("\x00", "").strip()[:LONGEST]
        found = directory.search(text, near=point(request.query_params.get("near", "")))
        return Response(FoundShape(found, many=True).data)
