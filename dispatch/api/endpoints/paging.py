"""Lists of a page and one row more, as the selectors give them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

LONGEST_TEXT = 80
TEXT = OpenApiParameter("q", str, description="Name, number or call sign; as the desk's own search reads it.")
AFTER = OpenApiParameter("after", str, description="As `next` of the page before has it.")

T = TypeVar("T")


def text_of(request: Request) -> str:
    return request.query_params.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT]


def after_of(request: Request) -> str:
    return request.query_params.get("after", "").replace("\x00", "").strip()[:LONGEST_TEXT]


def number_of(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def cut(request: Request, found: Sequence[T], size: int, key: Callable[[T], Any]) -> tuple[Sequence[T], str | None]:
    """The page, and the address of the next one without the host."""
    if len(found) <= size:
        return found, None
    query = request.query_params.copy()
    query["after"] = str(key(found[size - 1]))
    return found[:size], f"{request.path}?{query.urlencode()}"
