"""Drivers and cars."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.garage import (
    BreakIn,
    BreakShape,
    DocumentIn,
    DocumentShape,
    DriverIn,
    DriverPage,
    DriverShape,
    NextIn,
    PositionIn,
    PositionShape,
    ShiftIn,
    ShiftShape,
    VehicleIn,
    VehiclePage,
    VehicleShape,
    WholeDriverShape,
)
from dispatch.staff.refusal import Refused
from orders import models
from orders.models import Driver, DriverDocument, Vehicle
from orders.selectors import cards, vehicles
from orders.services import documents, driver_shifts, drivers
from orders.services import vehicles as vehicle_services
from orders.services.card_numbers import Phones
from orders.services.drivers import Car


class Drivers(Endpoint):
    scopes: ClassVar = {"GET": Scope.DRIVERS_READ, "POST": Scope.DRIVERS_WRITE}

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

    @extend_schema(
        summary="Add a driver",
        description="With his numbers and his car: a known plate is that car, another one a new car.",
        request=DriverIn,
        responses={201: WholeDriverShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(DriverIn(data=request.data))
        return Response(_saved(request, Driver(), said), status=201)


class OneDriver(Endpoint):
    scopes: ClassVar = {"GET": Scope.DRIVERS_READ, "PATCH": Scope.DRIVERS_WRITE}

    @extend_schema(
        summary="One driver",
        description="With shift, break, position and papers.",
        responses=WholeDriverShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(whole(pk))

    @extend_schema(
        summary="Change a driver's card",
        description="What is left out stays. An empty plate: he has no car.",
        request=DriverIn,
        responses=WholeDriverShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        found = Driver.objects.select_for_update(of=("self",)).select_related("vehicle").get(pk=pk)
        said = read(DriverIn(data=request.data, partial=True))
        return Response(_saved(request, found, said))


class DriverShift(Endpoint):
    scopes: ClassVar = {
        "POST": Scope.DRIVERS_WRITE,
        "PATCH": Scope.DRIVERS_WRITE,
        "DELETE": Scope.DRIVERS_WRITE,
    }

    @extend_schema(
        summary="Begin a driver's shift",
        description="In his own car or in another one. Asked twice, it is one shift.",
        request=ShiftIn,
        responses={201: WholeDriverShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said, by = read(ShiftIn(data=request.data)), token_of(request).person
        driver = Driver.objects.get(pk=pk)
        vehicle = said["vehicle"].pk if said.get("vehicle") else driver.vehicle_id
        driver_shifts.start(driver_id=pk, vehicle_id=vehicle, by=by, ends_at=said.get("ends_at"))
        return Response(whole(pk), status=201)

    @extend_schema(
        summary="Whether a driver takes the next order",
        description="He may be asked about it while he sets another client down.",
        request=NextIn,
        responses=WholeDriverShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        said = read(NextIn(data=request.data))
        driver_shifts.want_next(driver_id=pk, wants=said["takes_next"], by=token_of(request).person)
        return Response(whole(pk))

    @extend_schema(
        summary="End a driver's shift",
        description="Refused while he has an order.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int) -> Response:
        driver_shifts.end(driver_id=pk, by=token_of(request).person)
        return Response(status=204)


class DriverBreak(Endpoint):
    scopes: ClassVar = {"POST": Scope.DRIVERS_WRITE, "DELETE": Scope.DRIVERS_WRITE}

    @extend_schema(
        summary="Begin a driver's break",
        description="Refused while he has an order. In a break he is asked about none.",
        request=BreakIn,
        responses={201: WholeDriverShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(BreakIn(data=request.data))
        driver_shifts.begin_break(driver_id=pk, reason=said.get("reason", ""), by=token_of(request).person)
        return Response(whole(pk), status=201)

    @extend_schema(
        summary="End a driver's break",
        description="Asked twice, it is ended all the same.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int) -> Response:
        driver_shifts.end_break(driver_id=pk, by=token_of(request).person)
        return Response(status=204)


class DriverPosition(Endpoint):
    scopes: ClassVar = {"POST": Scope.DRIVERS_WRITE}

    @extend_schema(
        summary="Report where a driver is",
        description="On shift. An older report than the known one changes nothing. At a stand he enters its queue.",
        request=PositionIn,
        responses=WholeDriverShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(PositionIn(data=request.data))
        seen = driver_shifts.report(
            driver_id=pk,
            latitude=said["latitude"],
            longitude=said["longitude"],
            accuracy_m=said.get("accuracy_m"),
            at=said.get("at") or timezone.now(),
        )
        if seen is None:
            driver = Driver.objects.get(pk=pk)
            raise Refused(_("Driver %(sign)s is not on shift.") % {"sign": driver.call_sign})
        return Response(whole(pk))


class Documents(Endpoint):
    scopes: ClassVar = {"POST": Scope.DRIVERS_WRITE}

    @extend_schema(
        summary="Add a paper of a driver",
        description="The desk warns before it ends. All of them stand on the driver's card.",
        request=DocumentIn,
        responses={201: DocumentShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        driver = Driver.objects.get(pk=pk)
        added = DriverDocument(driver=driver, **read(DocumentIn(data=request.data)))
        return Response(DocumentShape(documents.save(document=added, actor=token_of(request).person)).data, status=201)


class OneDocument(Endpoint):
    scopes: ClassVar = {"PATCH": Scope.DRIVERS_WRITE, "DELETE": Scope.DRIVERS_WRITE}

    @extend_schema(
        summary="Change a paper of a driver",
        description="What is left out stays: of a renewed one the last good day is enough.",
        request=DocumentIn,
        responses=DocumentShape,
    )
    @once
    def patch(self, request: Request, pk: int, key: int) -> Response:
        papers = DriverDocument.objects.select_for_update(of=("self",)).select_related("driver")
        found = papers.get(pk=key, driver=pk)
        for name, value in read(DocumentIn(data=request.data, partial=True)).items():
            setattr(found, name, value)
        return Response(DocumentShape(documents.save(document=found, actor=token_of(request).person)).data)

    @extend_schema(
        summary="Remove a paper of a driver",
        description="Asked twice, it is gone all the same.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int, key: int) -> Response:
        if DriverDocument.objects.filter(pk=key, driver=Driver.objects.get(pk=pk)).exists():
            documents.remove(document_id=key, actor=token_of(request).person)
        return Response(status=204)


class Vehicles(Endpoint):
    scopes: ClassVar = {"GET": Scope.DRIVERS_READ, "POST": Scope.DRIVERS_WRITE}

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

    @extend_schema(
        summary="Add a car",
        description="With its classes, options and seats, which decide to what it is sent.",
        request=VehicleIn,
        responses={201: VehicleShape},
    )
    @once
    def post(self, request: Request) -> Response:
        made = vehicle_services.save(
            vehicle=Vehicle(**read(VehicleIn(data=request.data))), actor=token_of(request).person
        )
        return Response(VehicleShape(made).data, status=201)


class OneVehicle(Endpoint):
    scopes: ClassVar = {"GET": Scope.DRIVERS_READ, "PATCH": Scope.DRIVERS_WRITE}

    @extend_schema(summary="One car", description="With classes, options and seats.", responses=VehicleShape)
    def get(self, request: Request, pk: int) -> Response:
        return Response(VehicleShape(Vehicle.objects.get(pk=pk)).data)

    @extend_schema(
        summary="Change a car",
        description="What is left out stays.",
        request=VehicleIn,
        responses=VehicleShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        found = Vehicle.objects.select_for_update().get(pk=pk)
        for name, value in read(VehicleIn(data=request.data, partial=True)).items():
            setattr(found, name, value)
        vehicle_services.save(vehicle=found, actor=token_of(request).person)
        return Response(VehicleShape(found).data)


def _saved(request: Request, driver: Driver, said: dict[str, Any]) -> dict[str, Any]:
    for name in ("call_sign", "first_name", "last_name", "fleet"):
        if name in said:
            setattr(driver, name, said[name])
    car = Car(driver.vehicle.plate, driver.vehicle.description) if driver.vehicle else Car()
    if "plate" in said:
        car = Car(said["plate"], said.get("description", ""))
    phones = Phones(
        added=tuple(said.get("add_phones", ())),
        removed=frozenset(said.get("remove_phones", ())),
        main=said.get("main_phone"),
    )
    return whole(drivers.save(driver=driver, phones=phones, car=car, actor=token_of(request).person).pk)


def whole(driver_id: int) -> dict[str, Any]:
    """`WholeDriverShape`. Seven queries. Raises Driver.DoesNotExist."""
    card = cards.driver_card(driver_id)
    card.driver.performing = [card.current] if card.current else []  # type: ignore[attr-defined]
    position = models.DriverPosition.objects.select_related("stand").filter(driver=driver_id).first()
    return {
        **DriverShape(card.driver).data,
        "shift": ShiftShape(card.shift).data if card.shift else None,
        "pause": BreakShape(card.pause).data if card.pause else None,
        "position": PositionShape(position).data if position else None,
        "documents": DocumentShape(card.driver.documents.all(), many=True).data,
    }
