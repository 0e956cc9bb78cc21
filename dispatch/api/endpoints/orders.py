"""Orders: the list, one, who could drive it. The same filters, selectors and verbs as the desk's own pages."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, cast

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door import problems
from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.orders import (
    ActionShape,
    CallShape,
    CandidateShape,
    EventShape,
    OfferShape,
    OrderPage,
    OrderShape,
    WholeOrderShape,
)
from dispatch.api.shapes.wishes import NewOrder, OrderChange, wording_of
from orders import actors, trip, wording
from orders.actors import Actor
from orders.filters import CLIENT_GROUPS, GROUPS, PERIODS, Filter
from orders.flow import ActorKind
from orders.models import Payment
from orders.selectors import candidates, counting, detail, listing
from orders.services import editing, intake, quotes
from orders.services.intake import Booking
from telephony.models import Call

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
    scopes: ClassVar = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}

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

    @extend_schema(
        summary="Take an order",
        description="As the intake form does: only phone and pick-up are needed; a client who is not known gets a "
        "card; several cars and a way back become orders of one series, of which the first is answered. What is "
        "doubtful (black list, a twin, a company's limit) is refused with its concerns, which may be accepted.",
        request=NewOrder,
        responses={201: WholeOrderShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(NewOrder(data=request.data))
        actor = who_acts(request, said)
        typed = cast(dict[str, Any], request.data)["phone"]
        booking = Booking(
            **wording_of(said),
            phone_raw=str(typed).strip(),
            name=said.get("name", ""),
            client_id=said.get("client"),
            is_new_client=said.get("is_new_client", False),
            cars=said.get("cars", 1),
            return_at=said.get("return_at"),
        )
        accepted = frozenset(said.get("accept", ()))
        if said.get("quote"):
            order = quotes.take(quote_id=said["quote"], booking=booking, actor=actor, accepted=accepted)
        else:
            order = intake.place(booking=booking, actor=actor, accepted=accepted)
        answer = Response(whole(self, request, order.pk), status=201)
        answer["Location"] = reverse("api:order", args=[order.pk])
        return answer


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
    scopes: ClassVar = {"GET": Scope.ORDERS_READ, "PATCH": Scope.ORDERS_WRITE}

    @extend_schema(
        summary="One order with its history",
        description="All that the desk knows of it: what may be done now, what happened, whom it was offered to, and "
        "how its price comes about.",
        responses=WholeOrderShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(whole(self, request, pk))

    @extend_schema(
        summary="Change what an order says",
        description="Changes of different fields by two who look at the same version join; of the same field they are "
        "a `conflict`, which shows both. A change that would take the order from its driver is `undecided` until "
        "`accept` holds `restart` (it does) or `keep` (he drives all the same).",
        request=OrderChange,
        responses=WholeOrderShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        said = read(OrderChange(data=request.data, partial=True))
        if "version" not in said:
            raise problems.Invalid({"version": str(serializers.Field.default_error_messages["required"])})
        now = trip.of(editing.locked(pk))
        mine = wording_of(said)
        wanted = replace(now, **mine)
        if wanted.payment != Payment.ACCOUNT:
            wanted = replace(wanted, account=None)
        elif wanted.account is None:
            raise problems.Invalid({"company": _("Choose the company that pays.")})
        editing.edit(
            order_id=pk,
            wanted=wanted,
            version=said["version"],
            actor=who_acts(request, said),
            reason=said.get("reason", ""),
            accepted=frozenset(said.get("accept", ())),
        )
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


class Calls(Endpoint):
    scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        summary="The calls of an order",
        description="What was talked on the telephone about it, the oldest first. Recordings are for the desk only.",
        responses=CallShape(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        found = Call.objects.filter(order=detail.find(pk)).select_related("answered_by").order_by("started_at", "pk")
        return Response(CallShape(found, many=True, context=self.eyes(request)).data)


def who_acts(request: Request, said: Mapping[str, Any]) -> Actor:
    """The system, or the client, for whom it only passes on what he did. The occasion is the system's own reference."""
    token = token_of(request)
    source = f"api:{said.get('reference') or token.pk}"
    if said.get("by") == "client":
        return Actor(ActorKind.CLIENT, token.person, source)
    return actors.integration(token.person, source)


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
