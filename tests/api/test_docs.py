"""The examples of docs/api.md do what the page says, in the order of the page."""

import json
import re
import shlex
from pathlib import Path

import pytest
from django.test import Client as Browser

from dispatch.api.door import once, problems

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
DESK = "https://desk.example"
STATUS = {("GET", "orders/"): 200, ("GET", "schema/"): 200, ("POST", "orders/"): 201, ("POST", "webhooks/"): 201}

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M14", "X6")]


def test_an_integrator_follows_the_page(site):
    told = {"TOKEN": site.text, "DESK": DESK, "ORDER": ""}
    done = []
    for example in examples():
        words = shlex.split(re.sub(r"\$([A-Z]+)", lambda found: told[found[1]], example))
        method, path, status, answer = asked(words)
        assert status == STATUS.get((method, path), 200), (example, answer)
        if (method, path) == ("POST", "orders/"):
            told["ORDER"] = str(answer["id"])
        done.append(f"{method} {path}")
    assert done == [
        "GET orders/", "GET schema/", "POST orders/", f"POST orders/{told['ORDER']}/cancel/", "POST webhooks/",
    ]  # fmt: skip


def test_every_code_of_a_refusal_that_the_page_names_exists():
    source = "".join(Path(module.__file__).read_text() for module in (problems, once))
    for code in re.findall(r"^\| [\d, ]+ \| `(\w+)` \|", PAGE.read_text(), re.MULTILINE):
        assert f'"{code}"' in source, code


def examples() -> list[str]:
    blocks = re.findall(r"^    (curl (?:.*\\\n)*.*)$", PAGE.read_text(), re.MULTILINE)
    return [block.replace("\\\n", " ") for block in blocks]


def asked(words: list[str]):
    """What curl would send."""
    method, headers, body, url = "GET", {}, "", ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _colon, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        else:
            url = word
    path = url.removeprefix(DESK)
    kind = headers.pop("Content-Type", "application/json")
    answer = Browser().generic(method, path, body, content_type=kind, headers=headers)
    where = path.removeprefix("/api/v1/").partition("?")[0]
    return method, where, answer.status_code, json.loads(answer.content)
