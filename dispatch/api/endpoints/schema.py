"""The description of all this for machines."""

from typing import ClassVar

from django.http import Http404
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.api.door.endpoint import Endpoint


class Schema(Endpoint):
    scopes: ClassVar = {"GET": None}

    @extend_schema(
        summary="This description",
        description="OpenAPI 3.1 of the whole API, to generate a client from.",
        responses={200: {"type": "object"}},
    )
    def get(self, request: Request) -> Response:
        return Response(SchemaGenerator().get_schema(request=None, public=True))


class Nothing(Endpoint):
    """Whatever else is asked below the API."""

    schema = None
    scopes: ClassVar = {"GET": None, "POST": None, "PUT": None, "PATCH": None, "DELETE": None}

    def get(self, request: Request, rest: str) -> Response:
        raise Http404

    post = put = patch = delete = get
