"""What is done to an order: transitions, a driver, offers, notes. Each answers with the order as it is then."""

from typing import ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.endpoints.orders import who_acts, whole
from dispatch.api.scopes import Scope
from dispatch.api.shapes.acts import (
    ActIn,
    BulkIn,
    BulkShape,
    ContactIn,
    MarkIn,
    MoveIn,
    NameDriverIn,
    OfferIn,
    ReasonIn,
    ReserveIn,
)
from dispatch.api.shapes.orders import WholeOrderShape
from orders.flow import TRANSITIONS
from orders.models import CalledOffBy
from orders.selectors.detail import ASSIGNING
from orders.services import assignment, bulk, contact, lifecycle, marks, offers, reservations


class Act(Endpoint):
    scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}


class Move(Act):
    @extend_schema(
        summary="Move an order on",
        description="By one of the `actions` that the order names; any other is refused with the reason. Asked twice "
        "for the same version, it is done once.",
        parameters=[
            OpenApiParameter("transition", str, OpenApiParameter.PATH, description="set_off, arrive, cancel …")
        ],
        request=MoveIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int, transition: str) -> Response:
        said = read(MoveIn(data=request.data))
        actor, step = who_acts(request, said), TRANSITIONS.get(transition)
        if step is None or actor.kind not in step.actors or step.needs_driver or step.name in ASSIGNING:
            raise Http404  # drivers are named at …/driver/ and …/offers/
        lifecycle.move(
            order_id=pk,
            name=transition,
            actor=actor,
            version=said.get("version"),
            reason=said.get("reason", ""),
            by_whom=said.get("by_whom", ""),
        )
        return Response(whole(self, request, pk))


class Bulk(Act):
    @extend_schema(
        summary="Do the same to many orders",
        description="Each is done, or refused, by itself, and each says which: the answer is 200 also where some, or "
        "all, were refused.",
        request=BulkIn,
        responses=BulkShape,
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(BulkIn(data=request.data))
        results = bulk.carry_out(
            name=said["act"],
            order_ids=sorted(said["orders"]),  # two who hold some of each other's would wait for ever
            reason=said.get("reason", ""),
            cause=said.get("by_whom", CalledOffBy.OTHER),
            actor=who_acts(request, said),
        )
        done = sum(result.is_done for result in results)
        return Response(BulkShape({"done": done, "refused": len(results) - done, "results": results}).data)


class NameDriver(Act):
    @extend_schema(
        summary="Give an order to a driver",
        description="By call sign, from another driver when it has one. What speaks against him is refused as "
        "`doubtful` with its concerns, which may be accepted; a busy driver is refused for good.",
        request=NameDriverIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(NameDriverIn(data=request.data))
        assignment.assign(
            order_id=pk,
            call_sign=said["call_sign"],
            actor=who_acts(request, said),
            version=said.get("version"),
            accepted=said.get("accept", ()),
        )
        return Response(whole(self, request, pk))


class SendOffer(Act):
    @extend_schema(
        summary="Offer an order",
        description="To the driver with the call sign, who accepts, refuses or lets it run out; or to all who could, "
        "of whom the first one has it.",
        request=OfferIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(OfferIn(data=request.data))
        actor, version = who_acts(request, said), said.get("version")
        if "call_sign" in said:
            sign, accepted = said["call_sign"], said.get("accept", ())
            offers.offer(order_id=pk, call_sign=sign, actor=actor, version=version, accepted=accepted)
        else:
            offers.broadcast(order_id=pk, actor=actor, version=version)
        return Response(whole(self, request, pk))


class SearchAgain(Act):
    @extend_schema(
        summary="Begin the search anew",
        description="Forgets who refused, and begins with the first phase.",
        request=ActIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        offers.search_again(order_id=pk, actor=who_acts(request, read(ActIn(data=request.data))))
        return Response(whole(self, request, pk))


class Contact(Act):
    @extend_schema(
        summary="Note that the client was called or asked",
        description="Before `no_show` somebody tried to call the client, and before `give_up` somebody asked him.",
        request=ContactIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(ContactIn(data=request.data))
        contact.note(order_id=pk, kind=said["kind"], actor=who_acts(request, said), outcome=said.get("outcome", ""))
        return Response(whole(self, request, pk))


class Mark(Act):
    @extend_schema(
        summary="Put an order on hold, or mark it as a problem",
        description="`hold` and `resume`; `problem`, which says what somebody must look after, and `settle`.",
        request=MarkIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(MarkIn(data=request.data))
        actor = who_acts(request, said)
        match said["name"]:
            case "hold":
                marks.hold(order_id=pk, actor=actor, until=said.get("until"))
            case "resume":
                marks.resume(order_id=pk, actor=actor)
            case "problem":
                marks.raise_problem(order_id=pk, problem=said.get("problem", ""), actor=actor)
            case "settle":
                marks.settle_problem(order_id=pk, actor=actor)
        return Response(whole(self, request, pk))


class Reserve(Act):
    @extend_schema(
        summary="Keep a pre-order for a driver",
        description="Until the search begins he drives other orders. Who does not confirm in time loses it.",
        request=ReserveIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(ReserveIn(data=request.data))
        actor, version = who_acts(request, said), said.get("version")
        reservations.reserve(order_id=pk, call_sign=said["call_sign"], actor=actor, version=version)
        return Response(whole(self, request, pk))


class ConfirmReservation(Act):
    @extend_schema(
        summary="The driver of a pre-order will come",
        description="Said for him. Then the client may be told who drives.",
        request=ActIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(ActIn(data=request.data))
        reservations.confirm(order_id=pk, actor=who_acts(request, said), version=said.get("version"))
        return Response(whole(self, request, pk))


class FreeReservation(Act):
    @extend_schema(
        summary="Keep a pre-order for nobody any more",
        description="With the reason, which history keeps.",
        request=ReasonIn,
        responses=WholeOrderShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(ReasonIn(data=request.data))
        reservations.free(
            order_id=pk, actor=who_acts(request, said), reason=said.get("reason", ""), version=said.get("version")
        )
        return Response(whole(self, request, pk))
