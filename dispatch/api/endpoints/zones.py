"""The parts of the town."""

from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.scopes import Scope
from dispatch.api.shapes.prices import DrawingsIn, ZoneIn, ZoneShape
from places.models import Zone
from places.services import zones


class Zones(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ, "POST": Scope.PRICES_WRITE}

    @extend_schema(
        summary="Zones", description="The parts of the town, with their outlines.", responses=ZoneShape(many=True)
    )
    def get(self, request: Request) -> Response:
        return Response(ZoneShape(Zone.objects.order_by("name"), many=True).data)

    @extend_schema(
        summary="Add a zone",
        description="Stands inside it belong to it from then on.",
        request=ZoneIn,
        responses={201: ZoneShape},
    )
    @once
    def post(self, request: Request) -> Response:
        made = zones.save_zone(zone=Zone(**read(ZoneIn(data=request.data))), actor=token_of(request).person)
        return Response(ZoneShape(made).data, status=201)


class Drawings(Endpoint):
    scopes: ClassVar = {"POST": Scope.PRICES_WRITE}

    @extend_schema(
        summary="Take over many zones at once",
        description="Each named area of a GeoJSON FeatureCollection becomes a zone, or the new outline of the zone of "
        "that name: all of them, or none.",
        request=DrawingsIn,
        responses=ZoneShape(many=True),
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(DrawingsIn(data=request.data))
        taken = zones.take_drawings(drawings=said["features"], actor=token_of(request).person)
        return Response(ZoneShape(taken, many=True).data)


class OneZone(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ, "PATCH": Scope.PRICES_WRITE, "DELETE": Scope.PRICES_WRITE}

    @extend_schema(summary="One zone", description="A part of the town, with its outline.", responses=ZoneShape)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ZoneShape(Zone.objects.get(pk=pk)).data)

    @extend_schema(
        summary="Change a zone",
        description="What is left out stays; `area` takes the place of the whole outline.",
        request=ZoneIn,
        responses=ZoneShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        return Response(ZoneShape(_change(request, pk, **read(ZoneIn(data=request.data, partial=True)))).data)

    @extend_schema(
        summary="Take a zone out of use",
        description="Nothing lies in it any more. It is kept, since orders and prices speak of it; `is_active` brings "
        "it back. Asked twice, it is out of use all the same.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int) -> Response:
        with transaction.atomic():
            _change(request, pk, is_active=False)
        return Response(status=204)


def _change(request: Request, pk: int, **said: Any) -> Zone:
    found = Zone.objects.select_for_update().get(pk=pk)
    for name, value in said.items():
        setattr(found, name, value)
    return zones.save_zone(zone=found, actor=token_of(request).person)
