"""How the views of this room answer: a fragment for htmx, a page for a browser."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from dispatch.staff.access import SignedInRequest


def wants_fragment(request: SignedInRequest) -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request


def show(request: SignedInRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """`name` "detail" is `orders/_detail.html` inside `orders/detail.html`."""
    template = f"orders/_{name}.html" if wants_fragment(request) else f"orders/{name}.html"
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response
