"""Drivers and cars."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.garage import (
    BreakShape,
    DocumentShape,
    DriverPage,
    DriverShape,
    PositionShape,
    ShiftShape,
    VehiclePage,
    VehicleShape,
    WholeDriverShape,
)
from orders.models import DriverPosition
from orders.selectors import cards, vehicles


class Drivers(Endpoint):
    scopes: ClassVar = {"GET": Scope.DRIVERS_READ}

    @extend_schema(
        summary="Drivers by call sign, name or number",
        description="Each with the order that he performs just now.",
        parameters=[paging.TEXT, paging.AFTER],
        responses=DriverPage,
    )
    def get(self, request: Request) -> Response:
        found = cards.drivers(text=paging.text_of(request), after=paging.after_of(request))
        rows, following = paging.cut(request, found, cards.PAGE, lambda driver: driver.call_sign)
        return Response({"drivers": DriverShape(rows, many=True).data, "next": following})


class OneDriver(Endpoint):
    scopes: ClassVar = {"GET": Scope.DRIVERS_READ}

    @extend_schema(
        summary="One driver",
        description="With shift, break, position and papers.",
        responses=WholeDriverShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(whole(pk))


class Vehicles(Endpoint):
    scopes: ClassVar = {"GET": Scope.DRIVERS_READ}

    @extend_schema(
        summary="Cars by plate, make or a driver's call sign",
        description="With classes, options and seats.",
        parameters=[paging.TEXT, paging.AFTER],
        responses=VehiclePage,
    )
    def get(self, request: Request) -> Response:
        found = vehicles.vehicles(text=paging.text_of(request), after=paging.after_of(request))
        rows, following = paging.cut(request, found, vehicles.PAGE, lambda vehicle: vehicle.plate)
        return Response({"vehicles": VehicleShape(rows, many=True).data, "next": following})


def whole(driver_id: int) -> dict[str, Any]:
    """`WholeDriverShape`. Seven queries. Raises Driver.DoesNotExist."""
    card = cards.driver_card(driver_id)
    card.driver.performing = [card.current] if card.current else []  # type: ignore[attr-defined]
    position = DriverPosition.objects.select_related("stand").filter(driver=driver_id).first()
    return {
        **DriverShape(card.driver).data,
        "shift": ShiftShape(card.shift).data if card.shift else None,
        "pause": BreakShape(card.pause).data if card.pause else None,
        "position": PositionShape(position).data if position else None,
        "documents": DocumentShape(card.driver.documents.all(), many=True).data,
    }
