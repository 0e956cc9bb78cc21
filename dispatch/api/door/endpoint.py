"""What every address of the API is: for tokens only, with a scope for each method, in JSON."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from dispatch.api.door.token import token_of
from dispatch.api.scopes import Scope
from orders.sight import Sight


class Endpoint(APIView):
    """`scopes`: what each method needs; None: any token."""

    scopes: ClassVar[dict[str, Scope | None]] = {}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        finished = super().finalize_response(request, response, *args, **kwargs)
        finished["Cache-Control"] = "no-store"
        return finished

    def eyes(self, request: Request) -> dict[str, Any]:
        """For shapes: whether whole numbers of clients are shown."""
        return {"sight": Sight.WHOLE if token_of(request).may(Scope.CLIENTS_READ) else Sight.MASKED}


def read(form: serializers.Serializer) -> dict[str, Any]:
    """What a body says. Raises ValidationError."""
    form.is_valid(raise_exception=True)
    return form.validated_data
