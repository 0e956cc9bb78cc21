"""Pages that go on where the last one ended, for any order: by a value and the primary key."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from orders.models import Order


@dataclass(frozen=True)
class Place:
    """The last row of a page: what it is sorted by, and its primary key."""

    value: Any
    pk: int


@dataclass(frozen=True)
class Found:
    keys: Sequence[int]
    last: Place | None = None  # of this page, when there is another
    back_to: datetime | None = None

    @property
    def after(self) -> str:
        return write((self.last.value, self.last.pk)) if self.last else ""


def page(rows: QuerySet[Order], order: str, place: Place | None, size: int) -> Found:
    """The next `size` rows after `place` in the order of a field, "-" before it turns it round. One query.

    Rows without the value come last, whichever way.
    """
    found = list(ordered(rows, order, place).values_list("pk", order.removeprefix("-"))[: size + 1])
    return cut(found, size)


def ordered(rows: QuerySet[Order], order: str, place: Place | None) -> QuerySet[Order]:
    field, down = order.removeprefix("-"), order.startswith("-")
    if place:
        rows = rows.filter(_beyond(field, down, place))
    if field in ("id", "due_at"):  # never null: as the indexes have it
        return rows.order_by(order, "-pk" if down else "pk")
    by = F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True)
    return rows.order_by(by, "-pk" if down else "pk")


def cut(found: Sequence[tuple[int, Any]], size: int) -> Found:
    """From (primary key, value) of one row more than the page has."""
    last = Place(found[size - 1][1], found[size - 1][0]) if len(found) > size else None
    return Found([pk for pk, _value in found[:size]], last)


def _beyond(field: str, down: bool, place: Place) -> Q:
    step = "lt" if down else "gt"
    tie = Q(**{f"pk__{step}": place.pk})
    if place.value is None:
        return Q(**{f"{field}__isnull": True}) & tie
    same = Q(**{field: place.value})
    further = Q(**{f"{field}__{step}": place.value})
    if field in ("id", "due_at"):
        return Q(**{f"{field}__{step}e": place.value}) & (further | tie)  # one range of the index
    return further | (same & tie) | Q(**{f"{field}__isnull": True})


def write(parts: Sequence[Any]) -> str:
    """As a part of a URL."""
    text = json.dumps([_plain(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, *, kinds: Sequence[type]) -> tuple[Any, ...] | None:
    """What `write` wrote; None for anything else."""
    parts = _parts(text)
    if parts is None or len(parts) != len(kinds) or not all(map(isinstance, parts, kinds)):
        return None
    return tuple(parts)


def read_pair(text: str) -> Place | None:
    parts = _parts(text)
    if parts is None or len(parts) != 2 or not isinstance(parts[1], int):
        return None
    return Place(parts[0], parts[1])


def _plain(part: Any) -> Any:
    if isinstance(part, datetime):
        return {"t": part.isoformat()}
    return {"d": str(part)} if isinstance(part, Decimal) else part


def _parts(text: str) -> list[Any] | None:
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), object_hook=_rich)
    except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error):
        return None
    fits = isinstance(parts, list) and all(isinstance(p, (int, str, datetime, Decimal, type(None))) for p in parts)
    return parts if fits and not any(isinstance(p, int) and abs(p) >= 2**63 for p in parts) else None


def _rich(written: dict[str, str]) -> Any:
    return datetime.fromisoformat(written["t"]) if "t" in written else Decimal(written.get("d", "x"))
