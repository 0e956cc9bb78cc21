"""Clients and the companies that pay for them."""

from dataclasses import fields
from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.clients import (
    AddressIn,
    AddressShape,
    ClientChange,
    ClientIn,
    ClientMarkIn,
    ClientPage,
    ClientShape,
    CompanyPage,
    CompanyShape,
    WholeClientShape,
    WholeCompanyShape,
)
from orders.models import Client, ClientAddress, ClientMark
from orders.selectors import accounts, cards
from orders.services import client_addresses
from orders.services import clients as services
from orders.services.card_numbers import Phones
from orders.services.client_addresses import Written


class Clients(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ, "POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Clients by name, number or mark",
        description="The newest first. A number is found in any writing, but only as a whole.",
        parameters=[
            paging.TEXT,
            OpenApiParameter("mark", str, enum=list(filter(None, ClientMark.values)), description="That counts."),
            paging.AFTER,
        ],
        responses=ClientPage,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params.get("mark", "")
        found = cards.clients(
            text=paging.text_of(request),
            mark=ClientMark(asked) if asked in ClientMark.values else ClientMark.NONE,
            after=paging.number_of(paging.after_of(request)),
        )
        rows, following = paging.cut(request, found, cards.PAGE, lambda client: client.pk)
        return Response({"clients": ClientShape(rows, many=True).data, "next": following})

    @extend_schema(
        summary="Add a client",
        description="With at least one number, in any writing; the first one is the main one.",
        request=ClientIn,
        responses={201: WholeClientShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(ClientIn(data=request.data))
        added = services.add(
            name=said.get("name", ""),
            notes=said.get("notes", ""),
            numbers_typed=said["phones"],
            actor=token_of(request).person,
        )
        return Response(_whole(added.pk), status=201)


class OneClient(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ, "PATCH": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="A client's card",
        description="With numbers, saved addresses, mark, counts of trips and the companies that pay for them.",
        responses=WholeClientShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_whole(pk))

    @extend_schema(
        summary="Change a client's card",
        description="What is left out stays. At least one number stays, too: without one the caller is not recognised.",
        request=ClientChange,
        responses=WholeClientShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        said = read(ClientChange(data=request.data))
        now = Client.objects.known().select_for_update().get(pk=pk)
        services.change(
            client_id=pk,
            name=said.get("name", now.name),
            notes=said.get("notes", now.notes),
            phones=Phones(
                added=tuple(said.get("add_phones", ())),
                removed=frozenset(said.get("remove_phones", ())),
                main=said.get("main_phone"),
            ),
            actor=token_of(request).person,
        )
        return Response(_whole(pk))


class MarkClient(Endpoint):
    scopes: ClassVar = {"POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Mark a client",
        description="As VIP or for the black list, which needs a reason; an empty mark takes it away.",
        request=ClientMarkIn,
        responses=WholeClientShape,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(ClientMarkIn(data=request.data))
        services.mark(
            client_id=_known(pk),
            mark=ClientMark(said["mark"]),
            reason=said.get("reason", ""),
            until=said.get("until"),
            actor=token_of(request).person,
        )
        return Response(_whole(pk))


class Addresses(Endpoint):
    scopes: ClassVar = {"POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Save an address of a client",
        description="Home, work, mother's: intake offers it.",
        request=AddressIn,
        responses={201: AddressShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        written = Written(**read(AddressIn(data=request.data)))
        saved = client_addresses.save(client_id=_known(pk), written=written, actor=token_of(request).person)
        return Response(AddressShape(saved).data, status=201)


class OneAddress(Endpoint):
    scopes: ClassVar = {"PATCH": Scope.CLIENTS_WRITE, "DELETE": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Change a saved address",
        description="What is left out stays.",
        request=AddressIn,
        responses=AddressShape,
    )
    @once
    def patch(self, request: Request, pk: int, key: int) -> Response:
        now = ClientAddress.objects.get(client=_known(pk), pk=key)
        said = {field.name: getattr(now, field.name) for field in fields(Written)}
        written = Written(**said | read(AddressIn(data=request.data, partial=True)))
        actor = token_of(request).person
        saved = client_addresses.save(client_id=pk, written=written, actor=actor, address_id=key)
        return Response(AddressShape(saved).data)

    @extend_schema(
        summary="Remove a saved address",
        description="Asked twice, it is gone all the same.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int, key: int) -> Response:
        client_addresses.remove(client_id=_known(pk), address_id=key, actor=token_of(request).person)
        return Response(status=204)


class Companies(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ}

    @extend_schema(
        summary="Companies that pay for trips",
        description="By name, each with what it used of its limit this month.",
        parameters=[paging.TEXT, paging.AFTER],
        responses=CompanyPage,
    )
    def get(self, request: Request) -> Response:
        found = accounts.accounts(text=paging.text_of(request), after=paging.after_of(request))
        rows, following = paging.cut(request, found, accounts.PAGE, lambda line: line.account.name)
        return Response({"companies": CompanyShape(rows, many=True).data, "next": following})


class OneCompany(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ}

    @extend_schema(
        summary="One company with its employees",
        description="Employees by page, each with what he used of his own limit this month.",
        parameters=[paging.AFTER],
        responses=WholeCompanyShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        after = paging.number_of(paging.after_of(request)) or 0
        return Response(WholeCompanyShape(accounts.card(pk, after=after)).data)


def _whole(pk: int) -> dict[str, object]:
    return WholeClientShape(cards.client_card(pk).client).data


def _known(pk: int) -> int:
    """Raises Client.DoesNotExist, for an empty shell of a merged card, too."""
    return Client.objects.known().get(pk=pk).pk
