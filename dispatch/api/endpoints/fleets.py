"""The brands of the office."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.scopes import Scope
from dispatch.api.shapes.prices import FleetIn, FleetShape, LogoIn
from orders.models import Fleet, FleetLogo
from orders.selectors import fleets
from orders.services import fleets as services


class Fleets(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ, "POST": Scope.PRICES_WRITE}

    @extend_schema(
        summary="Fleets",
        description="The brands of the office with their city numbers.",
        responses=FleetShape(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(FleetShape(fleets.all_fleets(), many=True).data)

    @extend_schema(
        summary="Add a fleet",
        description="With its city numbers: who calls one of them calls this fleet. The first one is the default.",
        request=FleetIn,
        responses={201: FleetShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(FleetIn(data=request.data))
        typed = said.pop("numbers", ())
        made = services.save(fleet=Fleet(**said), numbers_typed=typed, actor=token_of(request).person)
        return Response(FleetShape(_find(made.pk)).data, status=201)


class OneFleet(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ, "PATCH": Scope.PRICES_WRITE}

    @extend_schema(summary="One fleet", description="With its numbers and how it searches.", responses=FleetShape)
    def get(self, request: Request, pk: int) -> Response:
        return Response(FleetShape(_find(pk)).data)

    @extend_schema(
        summary="Change a fleet",
        description="What is left out stays; `numbers`, where they are said, are all that it has.",
        request=FleetIn,
        responses=FleetShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        said = read(FleetIn(data=request.data, partial=True))
        Fleet.objects.get(pk=pk)
        everyone = Fleet.objects.select_for_update().order_by("pk")  # as the service locks them
        found = next(fleet for fleet in everyone if fleet.pk == pk)
        typed = said.pop("numbers", None)
        if typed is None:
            typed = list(found.numbers.values_list("e164", flat=True))
        for name, value in said.items():
            setattr(found, name, value)
        services.save(fleet=found, numbers_typed=typed, actor=token_of(request).person)
        return Response(FleetShape(_find(pk)).data)


class Logo(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ, "PUT": Scope.PRICES_WRITE, "DELETE": Scope.PRICES_WRITE}

    @extend_schema(
        summary="A fleet's logo",
        description="The picture as it was given; 404 where there is none.",
        responses={(200, kind): OpenApiTypes.BINARY for kind in services.PICTURES},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        found = FleetLogo.objects.get(fleet=pk)
        return HttpResponse(bytes(found.content), content_type=found.content_type)

    @extend_schema(
        summary="Give a fleet its logo",
        description="It stands on its orders and on the cards of its calls.",
        request=LogoIn,
        responses=FleetShape,
    )
    def put(self, request: Request, pk: int) -> Response:
        content = read(LogoIn(data=request.data))["content"]
        services.draw(fleet_id=pk, logo=services.picture(content), actor=token_of(request).person)
        return Response(FleetShape(_find(pk)).data)

    @extend_schema(
        summary="Take a fleet's logo away",
        description="Asked twice, it is gone all the same.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int) -> Response:
        services.draw(fleet_id=pk, logo=None, actor=token_of(request).person)
        return Response(status=204)


def _find(pk: int) -> Fleet:
    """Two queries. Raises Fleet.DoesNotExist."""
    return Fleet.objects.select_related("logo").defer("logo__content").prefetch_related("numbers").get(pk=pk)
