"""The description of the API is valid, whole, and true."""

import pytest
from jsonschema import Draft202012Validator

from dispatch.api.scopes import Scope

pytestmark = pytest.mark.feature("M14", "X6")


@pytest.fixture
def schema(site):
    status, found = site.get("schema/")
    assert status == 200
    return found


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_valid(schema):
    from drf_spectacular.validation import validate_schema

    validate_schema(schema)
    for shape in schema["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_every_operation_says_what_it_does_and_which_scope_it_needs(schema):
    seen = 0
    for name, operation in operations(schema):
        seen += 1
        assert operation["summary"], name
        about, _blank, scope = operation["description"].partition("\n\n")
        assert len(about) > 20, name
        (needed,) = operation["security"]
        assert name == "GET /api/v1/schema/" or needed["token"][0] in Scope.values, name
        assert "scope" in scope, name
        assert "application/problem+json" in operation["responses"]["default"]["content"], name
        assert all("description" in each for each in operation.get("parameters", []) if each["in"] == "query"), name
    assert seen >= 45


def test_no_operation_is_open_to_a_token_without_its_scope(schema, system):
    for number, (name, operation) in enumerate(operations(schema)):
        (needed,) = operation["security"]
        if not needed["token"]:
            continue
        stranger = system(*(set(Scope.values) - set(needed["token"])), name=f"Stranger {number}")
        method, path = name.split(" ")
        filled = path.removeprefix("/api/v1/").format(id=1, pk=1, key=1, transition="cancel", act="end")
        status, body = stranger._ask(method, filled, body={} if method in ("POST", "PATCH") else None)
        assert (status, body["title"]) == (403, "no_scope"), name


def test_the_generator_has_no_doubts(site, capsys):
    site.get("schema/")
    assert capsys.readouterr().err == ""
