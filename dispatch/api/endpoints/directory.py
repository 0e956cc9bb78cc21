"""Addresses, as somebody types them."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint
from dispatch.api.scopes import Scope
from dispatch.api.shapes.prices import FoundShape
from places.selectors import directory
from places.views.search import LONGEST, point


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
