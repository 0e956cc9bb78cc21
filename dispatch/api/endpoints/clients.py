"""Clients and the companies that pay for them."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.clients import (
    ClientPage,
    ClientShape,
    CompanyPage,
    CompanyShape,
    WholeClientShape,
    WholeCompanyShape,
)
from orders.models import ClientMark
from orders.selectors import accounts, cards


class Clients(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ}

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


class OneClient(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ}

    @extend_schema(
        summary="A client's card",
        description="With numbers, saved addresses, mark, counts of trips and the companies that pay for them.",
        responses=WholeClientShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(WholeClientShape(cards.client_card(pk).client).data)


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
