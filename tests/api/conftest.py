"""A shop's web site and a call centre's robot, which ask the office by its API."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client as Browser

from dispatch.api.scopes import Scope
from dispatch.api.services import tokens
from dispatch.staff.models import Person, Role
from tests.orders.conftest import (  # noqa: F401  (fixtures)
    anna,
    boris,
    by_boris,
    by_olga,
    by_vera,
    ivan,
    marina,
    olga,
    order,
    person,
    pyotr,
    signed_in,
    vera,
)

EVERYTHING = tuple(scope.value for scope in Scope)


@dataclass
class System:
    """Another system with its token. Every answer comes as (status, body); `last` is the whole of it."""

    text: str
    person: Person
    language: str = "en"
    last: Any = None

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", path, query=query)

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        return self._ask("POST", path, body=body or {}, key=key, **headers)

    def patch(self, path: str, body: Any, *, key: str = "") -> Any:
        return self._ask("PATCH", path, body=body, key=key)

    def put(self, path: str, body: Any) -> Any:
        return self._ask("PUT", path, body=body)

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path)

    def _ask(
        self, method: str, path: str, *, body: Any = None, query: Any = None, key: str = "", **headers: str
    ) -> Any:
        told = {"authorization": f"Bearer {self.text}", "accept-language": self.language, **headers}
        if key:
            told["idempotency-key"] = key
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        self.last = Browser(raise_request_exception=False).generic(
            method, f"/api/v1/{path}", headers=told, query_params=query, **sent
        )
        is_json = "json" in self.last.headers.get("Content-Type", "")
        return self.last.status_code, self.last.json() if is_json else None


@pytest.fixture
def admin(db: Any) -> Person:
    return person("admin", Role.ADMINISTRATOR)


@pytest.fixture
def system(admin: Person) -> Callable[..., System]:
    def given(*scopes: str, name: str = "Web site", a_minute: int = 1000) -> System:
        token, text = tokens.issue(name=name, scopes=scopes or EVERYTHING, a_minute=a_minute, actor=admin)
        return System(text, token.person)

    return given


@pytest.fixture
def site(system: Callable[..., System]) -> System:
    return system()


@pytest.fixture(scope="session", autouse=True)
def counts_are_closed() -> Iterator[None]:
    """The connection that counts requests, which lives as long as the process."""
    from dispatch.api.door import token

    yield
    token._redis().close()
    token._redis.cache_clear()
