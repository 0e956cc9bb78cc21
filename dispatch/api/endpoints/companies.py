"""Companies that pay for trips, and their people."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.endpoints import paging
from dispatch.api.scopes import Scope
from dispatch.api.shapes.clients import (
    CompanyIn,
    CompanyPage,
    CompanyShape,
    EmployeeChange,
    EmployeeIn,
    WholeCompanyShape,
)
from orders.models import Account, Employee
from orders.selectors import accounts
from orders.services import accounts as services


class Companies(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ, "POST": Scope.CLIENTS_WRITE}

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

    @extend_schema(
        summary="Add a company",
        description="Its employees, added one by one, may travel at its cost from then on.",
        request=CompanyIn,
        responses={201: WholeCompanyShape},
    )
    @once
    def post(self, request: Request) -> Response:
        made = services.save(account=Account(**read(CompanyIn(data=request.data))), actor=token_of(request).person)
        return Response(_whole(made.pk), status=201)


class OneCompany(Endpoint):
    scopes: ClassVar = {"GET": Scope.CLIENTS_READ, "PATCH": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="One company with its employees",
        description="Employees by page, each with what he used of his own limit this month.",
        parameters=[paging.AFTER],
        responses=WholeCompanyShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_whole(pk, after=paging.number_of(paging.after_of(request)) or 0))

    @extend_schema(
        summary="Change a company",
        description="What is left out stays.",
        request=CompanyIn,
        responses=WholeCompanyShape,
    )
    @once
    def patch(self, request: Request, pk: int) -> Response:
        found = Account.objects.select_for_update().get(pk=pk)
        for name, value in read(CompanyIn(data=request.data, partial=True)).items():
            setattr(found, name, value)
        services.save(account=found, actor=token_of(request).person)
        return Response(_whole(pk))


class Employees(Endpoint):
    scopes: ClassVar = {"POST": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Add an employee of a company",
        description="By telephone number: a client who is not known gets a card.",
        request=EmployeeIn,
        responses={201: WholeCompanyShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said = read(EmployeeIn(data=request.data))
        wanted = {name: said[name] for name in ("reference", "monthly_limit", "is_active") if name in said}
        services.employ(
            account_id=pk,
            number=said["phone"],
            name=said.get("name", ""),
            client_id=said.get("client"),
            wanted=Employee(**wanted),
            actor=token_of(request).person,
        )
        return Response(_whole(pk), status=201)


class OneEmployee(Endpoint):
    scopes: ClassVar = {"PATCH": Scope.CLIENTS_WRITE, "DELETE": Scope.CLIENTS_WRITE}

    @extend_schema(
        summary="Change an employee of a company",
        description="What is left out stays.",
        request=EmployeeChange,
        responses=WholeCompanyShape,
    )
    @once
    def patch(self, request: Request, pk: int, key: int) -> Response:
        found = Employee.objects.select_related("account").get(pk=key, account=pk)
        for name, value in read(EmployeeChange(data=request.data)).items():
            setattr(found, name, value)
        services.change_employee(employee=found, actor=token_of(request).person)
        return Response(_whole(pk))

    @extend_schema(
        summary="Remove an employee of a company",
        description="The client's card stays.",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int, key: int) -> Response:
        found = Employee.objects.get(pk=key, account=pk)
        services.remove_employee(employee_id=found.pk, actor=token_of(request).person)
        return Response(status=204)


def _whole(pk: int, *, after: int = 0) -> dict[str, Any]:
    return WholeCompanyShape(accounts.card(pk, after=after)).data
