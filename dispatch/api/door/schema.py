"""How an address describes itself in the OpenAPI schema: its scope, and what every one of them may answer."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from dispatch.api.door import once
from dispatch.api.door.endpoint import Endpoint
from dispatch.api.scopes import Scope
from dispatch.api.shapes.problems import ProblemShape


class ByTokenScheme(OpenApiAuthenticationExtension):
    target_class = "dispatch.api.door.token.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token that an administrator gave."}


class Described(AutoSchema):
    @property
    def scope(self) -> Scope | None:
        assert isinstance(self.view, Endpoint)
        return self.view.scopes[self.method]

    def get_override_parameters(self) -> list[Any]:
        takes_key = hasattr(getattr(self.view, self.method.lower()), "takes_key")
        return [*super().get_override_parameters(), *([once.PARAMETER] if takes_key else [])]

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"token": [self.scope.value] if self.scope else []}]

    def get_operation_id(self) -> str:
        return f"{self.method.lower()}{type(self.view).__name__}"

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            needs = f"Needs the scope `{self.scope.value}`." if self.scope else "Any token may ask; no scope is needed."
            operation["description"] = f"{operation.get('description', '')}\n\n{needs}"
        return operation

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        problem = OpenApiResponse(ProblemShape, description="Refused; `detail` says why, in the language asked for.")
        bodies["default"] = self._get_response_for_code(problem, "default", ["application/problem+json"], direction)
        return bodies
