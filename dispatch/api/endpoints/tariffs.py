"""Tariffs, and the versions of their prices."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door import problems
from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.scopes import Scope
from dispatch.api.shapes.prices import WRONG_RATES, TariffIn, TariffShape, VersionIn, VersionShape, WholeTariffShape
from orders import pricing
from orders.models import Tariff, TariffVersion, TripOption
from orders.pricing import BadRates, Rates
from orders.selectors import tariffs
from orders.services import tariffs as services


class Tariffs(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ, "POST": Scope.PRICES_WRITE}

    @extend_schema(
        summary="Tariffs",
        description="Each with the version of its prices that is valid now, and the first one that is planned.",
        responses=TariffShape(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(TariffShape(tariffs.listed(timezone.now()), many=True).data)

    @extend_schema(
        summary="Add a tariff",
        description="What a class of a fleet costs. It costs nothing yet: its prices are a version of it.",
        request=TariffIn,
        responses={201: WholeTariffShape},
    )
    @once
    def post(self, request: Request) -> Response:
        made = services.save(tariff=Tariff(**read(TariffIn(data=request.data))), actor=token_of(request).person)
        return Response(_whole(made.pk), status=201)


class OneTariff(Endpoint):
    scopes: ClassVar = {"GET": Scope.PRICES_READ, "PATCH": Scope.PRICES_WRITE}

    @extend_schema(
        summary="One tariff with all its versions",
        description="The newest version first: what it cost, costs, and will cost.",
        responses=WholeTariffShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_whole(pk))

    @extend_schema(
        summary="Change a tariff",
        description="Its name, fleet, class, and whether it is in use. What is left out stays; prices are versions.",
        request=TariffIn,
        responses=WholeTariffShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        found = Tariff.objects.select_for_update(of=("self",)).select_related("fleet").get(pk=pk)
        for name, value in read(TariffIn(data=request.data, partial=True)).items():
            setattr(found, name, value)
        services.save(tariff=found, actor=token_of(request).person)
        return Response(_whole(pk))


class Versions(Endpoint):
    scopes: ClassVar = {"POST": Scope.PRICES_WRITE}

    @extend_schema(
        summary="Give a tariff new prices",
        description="From a moment on, until the next version that is planned already, or until `valid_to`: then what "
        "was valid before comes back as a version of its own. What was valid in the past stays, and orders keep the "
        "price that they were given. Amounts are in the office's currency.",
        request=VersionIn,
        responses={201: VersionShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(VersionIn(data=request.data))
        made = services.add_version(
            tariff_id=pk,
            rates=_rates(said["rates"]),
            valid_from=said.get("valid_from"),
            valid_to=said.get("valid_to"),
            actor=token_of(request).person,
        )
        return Response(VersionShape(made).data, status=201)


class OneVersion(Endpoint):
    scopes: ClassVar = {"DELETE": Scope.PRICES_WRITE}

    @extend_schema(
        summary="Withdraw prices that are planned",
        description="The version before goes on instead. Refused once it has begun, or something was priced with it.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int, key: int) -> Response:
        version = TariffVersion.objects.get(pk=key, tariff=pk)
        services.withdraw_version(version_id=version.pk, actor=token_of(request).person)
        return Response(status=204)


def _rates(said: dict[str, Any]) -> Rates:
    """Strictly: a zone or an option that does not exist would never be charged. One query. Raises Invalid."""
    try:
        rates = pricing.read(said, settings.OFFICE_CURRENCY)
    except BadRates as bad:
        raise problems.Invalid(
            {f"rates.{path}": str(WRONG_RATES[error]) for path, error in bad.errors.items()}
        ) from None
    if errors := {f"rates.{path}": str(WRONG_RATES["not_a_choice"]) for path in _unknown(rates)}:
        raise problems.Invalid(errors)
    return rates


def _unknown(rates: Rates) -> Iterator[str]:
    yield from (f"options.{option}" for option in rates.options if option not in TripOption.values)
    zones = tariffs.zone_names()
    yield from (f"zones.{place}.zone" for place, row in enumerate(rates.zones) if row.zone not in zones)
    for place, pair in enumerate(rates.zone_pairs):
        ends = {"from": pair.from_zone, "to": pair.to_zone}
        yield from (f"zone_pairs.{place}.{name}" for name, zone in ends.items() if zone not in zones)


def _whole(pk: int) -> dict[str, Any]:
    """`WholeTariffShape`. Three queries. Raises Tariff.DoesNotExist."""
    tariff = tariffs.find(pk)
    return WholeTariffShape({"tariff": tariff, "versions": tariffs.eras(tariff, timezone.now())}).data
