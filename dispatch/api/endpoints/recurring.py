"""Orders that come back."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint
from dispatch.api.scopes import Scope
from dispatch.api.shapes.recurring import RecurrenceShape, WholeRecurrenceShape, planned
from orders.selectors import recurring


class Recurring(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="Recurring orders",
        description="All that go on, by time of day.",
        responses=RecurrenceShape(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(RecurrenceShape(recurring.running(), many=True).data)


class OneRecurrence(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="One recurring order",
        description="With its days of the next four weeks: planned, to come, skipped.",
        responses=WholeRecurrenceShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        found = recurring.schedule(pk)
        return Response(planned(found.recurrence, found.days))
