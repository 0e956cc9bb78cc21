"""Orders that come back."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.endpoints.orders import who_acts
from dispatch.api.scopes import Scope
from dispatch.api.shapes.acts import PauseIn, PlanIn, SkipIn
from dispatch.api.shapes.recurring import RecurrenceShape, WholeRecurrenceShape, planned
from orders.selectors import recurring
from orders.services import recurrences
from orders.services.recurrences import Plan


class Recurring(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="Recurring orders",
        description="All that go on, by time of day.",
        responses=RecurrenceShape(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(RecurrenceShape(recurring.running(), many=True).data)


class MakeRecurring(Endpoint):
    scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        summary="Have an order come back",
        description="On these weekdays at this time; the next days become pre-orders by themselves.",
        request=PlanIn,
        responses={201: WholeRecurrenceShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        plan = _plan(read(PlanIn(data=request.data)))
        made = recurrences.begin(order_id=pk, plan=plan, actor=who_acts(request, {}))
        return Response(_whole(made.pk), status=201)


class OneRecurrence(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ, "PATCH": Scope.ORDERS_WRITE}

    @extend_schema(
        summary="One recurring order",
        description="With its days of the next four weeks: planned, to come, skipped.",
        responses=WholeRecurrenceShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_whole(pk))

    @extend_schema(
        summary="Other days or another time",
        description="What was planned already and fits no longer is cancelled. What is left out stays.",
        request=PlanIn,
        responses=WholeRecurrenceShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        known = recurring.schedule(pk).recurrence
        now = {name: getattr(known, name) for name in ("weekdays", "time", "starts_on", "ends_on")}
        plan = _plan(now | read(PlanIn(data=request.data, partial=True)))
        recurrences.reschedule(recurrence_id=pk, plan=plan, actor=who_acts(request, {}))
        return Response(_whole(pk))


class ChangeRecurrence(Endpoint):
    scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        summary="Skip, pause, resume or end a recurring order",
        description="`skip` and `unskip` name a `day`; `pause` its `first` and `last` day; `resume` and `end` nothing.",
        parameters=[OpenApiParameter("act", str, OpenApiParameter.PATH, description="What is done.", enum=[
            "skip", "unskip", "pause", "resume", "end"])],
        request=PauseIn,
        responses=WholeRecurrenceShape,
    )  # fmt: skip
    @once
    def post(self, request: Request, pk: int, act: str) -> Response:
        actor = who_acts(request, {})
        acts: dict[str, Callable[[], Any]] = {
            "skip": lambda: recurrences.skip(recurrence_id=pk, day=_day(request), actor=actor),
            "unskip": lambda: recurrences.unskip(recurrence_id=pk, day=_day(request), actor=actor),
            "pause": lambda: recurrences.pause(recurrence_id=pk, actor=actor, **_pause(request)),
            "resume": lambda: recurrences.resume(recurrence_id=pk, actor=actor),
            "end": lambda: recurrences.end(recurrence_id=pk, actor=actor),
        }
        if act not in acts:
            raise Http404
        acts[act]()
        return Response(_whole(pk))


def _whole(pk: int) -> dict[str, object]:
    found = recurring.schedule(pk)
    return planned(found.recurrence, found.days)


def _plan(said: dict[str, Any]) -> Plan:
    return Plan(said["weekdays"], said["time"], said["starts_on"], said.get("ends_on"))


def _day(request: Request) -> Any:
    return read(SkipIn(data=request.data))["day"]


def _pause(request: Request) -> dict[str, Any]:
    said = read(PauseIn(data=request.data))
    return {"first": said["first"], "last": said.get("last")}
