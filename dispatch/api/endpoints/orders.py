"""Orders: the list, one, who could drive it. The same filters, selectors and verbs as the desk's own pages."""

from typing import Any, ClassVar

from django.db.models import prefetch_related_objects
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door import problems
from dispatch.api.door.endpoint import Endpoint
from dispatch.api.door.token import token_of
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.orders import (
    ActionShape,
    CandidateShape,
    EventShape,
    OfferShape,
    OrderPage,
    OrderShape,
    WholeOrderShape,
)
from orders import actors, wording
from orders.filters import CLIENT_GROUPS, GROUPS, PERIODS, Filter
from orders.selectors import candidates, counting, detail, listing

LARGEST = 200  # of a page


def _asked(name: str, kind: Any, words: str, among: Any = None) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=words, enum=list(among) if among else None)


FILTERS = (
    _asked("state", str, f"Groups, comma-separated: {', '.join(GROUPS)}. Without it: open."),
    _asked("period", str, "By the day of the pick-up, of the office's clock.", PERIODS),
    _asked("from", OpenApiTypes.DATE, "Instead of a period: the first day."),
    _asked("to", OpenApiTypes.DATE, "The last day, included."),
    _asked("class", str, "Class of the car."),
    _asked("tariff", int, "Primary key."),
    _asked("zone", int, "Primary key."),
    _asked("fleet", int, "Primary key."),
    _asked("driver", int, "Primary key."),
    _asked("sign", str, "A driver's call sign."),
    _asked("client", int, "Primary key."),
    _asked("by", str, "Who took it: a primary key, or me."),
    _asked("channel", str, "How it came."),
    _asked("payment", str, "How it is paid."),
    _asked("clients", str, "Of which clients.", CLIENT_GROUPS),
    _asked("q", str, "Free text: number, phone in any writing, address, name, call sign."),
    _asked("sort", str, "A column of the desk's list; a minus before it turns it round. Without it: by urgency."),
)
PAGES = (
    _asked("after", str, "As `next` of the page before has it."),
    _asked("size", int, f"Orders on a page, {LARGEST} at most."),
)


class Orders(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="Orders that fit a filter",
        description="The filter is that of the desk's own list, and so is its address. A filter that makes no sense "
        "narrows nothing. Pages go on where the last one ended, whatever was added meanwhile.",
        parameters=[*FILTERS, *PAGES],
        responses=OrderPage,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        size = paging.number_of(asked.get("size", "")) or listing.PAGE
        wanted = Filter.read(asked)
        page = listing.page(wanted, person_id=request.user.pk, after=asked.get("after", ""), size=min(size, LARGEST))
        prefetch_related_objects(page.orders, "stops")
        following = None
        if page.after:
            query = asked.copy()
            query["after"] = page.after
            following = f"{request.path}?{query.urlencode()}"
        rows = OrderShape(page.orders, many=True, context=self.eyes(request)).data
        return Response({"orders": rows, "next": following, "looked_back_to": page.back_to})


class Counts(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="How many orders are in each group",
        description="For the same filter as the list. A number above 1000 means more than 1000.",
        parameters=[*FILTERS],
        responses={200: {"type": "object", "additionalProperties": {"type": "integer"}}},
    )
    def get(self, request: Request) -> Response:
        return Response(counting.counts(Filter.read(request.query_params), person_id=request.user.pk))


class OneOrder(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="One order with its history",
        description="All that the desk knows of it: what may be done now, what happened, whom it was offered to, and "
        "how its price comes about.",
        responses=WholeOrderShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(whole(self, request, pk))


class Candidates(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="Who could drive it",
        description="Drivers on shift, those who fit first and the nearest of them first, each with what speaks "
        "against him.",
        responses=CandidateShape(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        found = candidates.likely(detail.find(pk))
        rows = [
            {
                "driver": one.driver,
                "metres": one.candidate.metres,
                "seen_at": one.candidate.seen_at,
                "may_be_assigned": one.may_be_assigned,
                "may_be_asked": one.may_be_asked,
                "concerns": problems.doubts(one.doubts),
            }
            for one in found
        ]
        return Response(CandidateShape(rows, many=True).data)


def whole(view: Endpoint, request: Request, order_id: int) -> dict[str, Any]:
    """`WholeOrderShape` of an order as it is now. Six queries at most. Raises Order.DoesNotExist."""
    order = detail.find(order_id)
    known = detail.detail(order, actors.integration(token_of(request).person))
    eyes = view.eyes(request)
    steps = [
        {"name": each.transition.name, "text": wording.ACTIONS[each.transition.name],
         "needs_reason": each.transition.needs_reason}
        for each in known.actions
    ]  # fmt: skip
    offers = order.offers.select_related("driver").order_by("id")
    return {
        **OrderShape(order, context=eyes).data,
        "price_lines": order.price_lines,
        "actions": ActionShape(steps, many=True).data,
        "may_be_assigned": known.can_assign,
        "events": EventShape(known.events, many=True, context=eyes).data,
        "offers": OfferShape(offers, many=True).data,
    }
