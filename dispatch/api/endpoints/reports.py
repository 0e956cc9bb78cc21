"""The figures of the reports."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door import problems
from dispatch.api.door.endpoint import Endpoint
from dispatch.api.scopes import Scope
from dispatch.reports import figures
from dispatch.reports.figures import Calls, Orders
from dispatch.reports.views import DaysForm


class OrderSums(serializers.Serializer):
    """Counts, and sums of seconds (`…_s`) over those orders that the count beside them counts."""

    orders = serializers.IntegerField()
    completed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    no_show = serializers.IntegerField()
    unfulfilled = serializers.IntegerField()
    assigned = serializers.IntegerField()
    assign_s = serializers.IntegerField()
    arrived = serializers.IntegerField()
    arrive_s = serializers.IntegerField()
    on_time = serializers.IntegerField()
    typed = serializers.IntegerField()
    seconds = serializers.IntegerField()
    keyed = serializers.IntegerField()
    keys = serializers.IntegerField()


class CallSums(serializers.Serializer):
    calls = serializers.IntegerField()
    answered = serializers.IntegerField()
    quickly = serializers.IntegerField()
    waited_s = serializers.IntegerField()
    talked_s = serializers.IntegerField()


class ReportShape(serializers.Serializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(help_text="Not included.")
    orders = OrderSums()
    by = serializers.DictField(
        child=serializers.DictField(child=OrderSums()),
        help_text="By hour, state, channel, fleet, tariff, dispatcher, driver, end (`who:why`), then by key.",
    )
    calls = CallSums()
    calls_by = serializers.DictField(child=CallSums(), help_text="By who answered.")
    calls_by_hour = serializers.DictField(child=CallSums())


class Report(Endpoint):
    scopes: ClassVar = {"GET": Scope.REPORTS_READ}

    @extend_schema(
        summary="The figures of some days",
        description="The same as the page of reports shows a manager; a year at most. Without days: today.",
        parameters=[
            OpenApiParameter("since", OpenApiTypes.DATE, description="The first day of the office."),
            OpenApiParameter("until", OpenApiTypes.DATE, description="The last day, included."),
            OpenApiParameter("begins", int, description="The hour at which a day begins: 8 for 8:00–8:00."),
        ],
        responses=ReportShape,
    )
    def get(self, request: Request) -> Response:
        form = DaysForm(request.query_params)
        if not form.is_valid():
            raise problems.Invalid({name: " ".join(map(str, each)) for name, each in form.errors.items()})
        period = form.period()
        found = figures.of(period)
        return Response(
            {
                "since": period.since,
                "until": period.until,
                "orders": asdict(found.all),
                "by": {dimension: _each(rows) for dimension, rows in found.by.items()},
                "calls": asdict(found.calls),
                "calls_by": _each(found.calls_by),
                "calls_by_hour": _each(found.calls_by_hour),
            }
        )


def _each(rows: Any) -> dict[str, dict[str, int]]:
    sums: dict[Any, Orders | Calls] = dict(rows)
    return {str(key): asdict(one) for key, one in sums.items()}
