"""Spreadsheets in and out: of clients with the scopes of clients, of drivers and cars with those of drivers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door import problems
from dispatch.api.door.endpoint import Endpoint, read
from dispatch.api.door.once import once
from dispatch.api.door.token import token_of
from dispatch.api.scopes import Scope
from dispatch.api.shapes.sheets import ColumnsIn, UploadIn, WholeImportShape
from dispatch.staff.access import address_of
from orders.forms.sheets import ExportForm
from orders.models import Import, SheetKind
from orders.services import imports
from orders.sheets.columns import COLUMNS
from orders.views import exports

CLIENTS = (SheetKind.CLIENTS, SheetKind.ADDRESSES)
GARAGE = (SheetKind.DRIVERS, SheetKind.VEHICLES)


class Uploads(Endpoint):
    kinds: ClassVar[tuple[SheetKind, ...]] = ()

    @extend_schema(
        summary="Hand over a spreadsheet",
        description="Nothing is changed yet: the answer shows its first lines and which column was taken for what. "
        "Then it is checked, and then taken.",
        request=UploadIn,
        responses={201: WholeImportShape},
    )
    @once
    def post(self, request: Request) -> Response:
        said = read(UploadIn(data=request.data))
        if said["kind"] not in self.kinds:
            raise problems.Invalid({"kind": _("Choose one of the list.")})
        job = imports.upload(
            kind=SheetKind(said["kind"]),
            name=said["file_name"],
            content=said["content"],
            actor=token_of(request).person,
        )
        return Response(_whole(job), status=201)


class OneUpload(Endpoint):
    kinds: ClassVar[tuple[SheetKind, ...]] = ()

    @extend_schema(
        summary="How far a spreadsheet is",
        description="Its state, how many lines are done, and what is wrong on which line. Each system sees its own.",
        responses=WholeImportShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_whole(_own(self.kinds, request, pk)))


class CheckUpload(Endpoint):
    kinds: ClassVar[tuple[SheetKind, ...]] = ()

    @extend_schema(
        summary="Check a spreadsheet",
        description="Every line is tried and taken back, by the worker: ask until `state` is `checked` or `failed`.",
        request=ColumnsIn,
        responses={202: WholeImportShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        said, job = read(ColumnsIn(data=request.data)), _own(self.kinds, request, pk)
        chosen = said.get("columns", job.columns)
        if wrong := _wrong(job, chosen):
            raise problems.Invalid(wrong)
        return Response(_whole(imports.check(import_id=pk, chosen=chosen, actor=token_of(request).person)), status=202)


class TakeUpload(Endpoint):
    kinds: ClassVar[tuple[SheetKind, ...]] = ()

    @extend_schema(
        summary="Take a spreadsheet",
        description="The good lines, for good, by the worker; refused until it was checked. `state` says `done`.",
        request=None,
        responses={202: WholeImportShape},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        _own(self.kinds, request, pk)
        return Response(_whole(imports.take_over(import_id=pk, actor=token_of(request).person)), status=202)


class Exports(Endpoint):
    kinds: ClassVar[tuple[SheetKind, ...]] = ()

    @extend_schema(
        summary="A spreadsheet of all",
        description="In the columns that an import knows, headed in the language that is asked for. Journalled; "
        "numbers of clients are masked unless it is said what the whole ones are for.",
        parameters=[
            OpenApiParameter(
                "kind", str, required=True, description="What it holds: clients or addresses; drivers or vehicles."
            ),
            OpenApiParameter("form", str, required=True, enum=["csv", "xlsx"], description="The format of the file."),
            OpenApiParameter("is_whole", bool, description="Whole numbers of clients."),
            OpenApiParameter("reason", str, description="What for: with whole numbers it must be said."),
        ],
        responses={(200, "text/csv"): OpenApiTypes.BINARY, (200, exports.XLSX): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponseBase:
        form = ExportForm(request.query_params, kinds=self.kinds)
        if not form.is_valid():
            raise problems.Invalid({name: " ".join(map(str, wrong)) for name, wrong in form.errors.items()})
        return exports.attachment(
            form.cleaned_data, actor=token_of(request).person, address=address_of(request._request)
        )


class ClientUploads(Uploads):
    kinds, scopes = CLIENTS, {"POST": Scope.CLIENTS_WRITE}


class OneClientUpload(OneUpload):
    kinds, scopes = CLIENTS, {"GET": Scope.CLIENTS_WRITE}


class CheckClientUpload(CheckUpload):
    kinds, scopes = CLIENTS, {"POST": Scope.CLIENTS_WRITE}


class TakeClientUpload(TakeUpload):
    kinds, scopes = CLIENTS, {"POST": Scope.CLIENTS_WRITE}


class ClientExports(Exports):
    kinds, scopes = CLIENTS, {"GET": Scope.CLIENTS_READ}


class DriverUploads(Uploads):
    kinds, scopes = GARAGE, {"POST": Scope.DRIVERS_WRITE}


class OneDriverUpload(OneUpload):
    kinds, scopes = GARAGE, {"GET": Scope.DRIVERS_WRITE}


class CheckDriverUpload(CheckUpload):
    kinds, scopes = GARAGE, {"POST": Scope.DRIVERS_WRITE}


class TakeDriverUpload(TakeUpload):
    kinds, scopes = GARAGE, {"POST": Scope.DRIVERS_WRITE}


class DriverExports(Exports):
    kinds, scopes = GARAGE, {"GET": Scope.DRIVERS_READ}


def _own(kinds: tuple[SheetKind, ...], request: Request, pk: int) -> Import:
    """Raises Import.DoesNotExist."""
    return Import.objects.get(pk=pk, owner=token_of(request).person, kind__in=kinds)


def _whole(job: Import) -> dict[str, Any]:
    """`WholeImportShape`. Two queries."""
    heading, rows = imports.preview(job)
    more = {"may_hold": COLUMNS[job.kind], "heading": heading, "rows": rows, "faults": job.faults.all()}
    plain = {field.attname: getattr(job, field.attname) for field in Import._meta.concrete_fields}
    return WholeImportShape(plain | more).data


def _wrong(job: Import, chosen: Mapping[str, int]) -> dict[str, str]:
    known, width = {column.name for column in COLUMNS[job.kind]}, len(imports.preview(job)[0])
    strange = {f"columns.{name}": _("There is no such field.") for name in chosen if name not in known}
    outside = {f"columns.{name}": _("Choose one of the list.") for name, place in chosen.items() if place >= width}
    return outside | strange
