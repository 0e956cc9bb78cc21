"""Whose a number is: the one question of the first ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class Owner:
    """`kind`: client or driver, with the newest open order of the one and the order that the other performs; or order:
    the newest open one that was made from the number, with its client. `mark` counts until `mark_until`."""

    kind: str
    id: int | None
    mark: str
    mark_until: datetime | None
    order_id: int | None


def owners_of(number: str) -> Sequence[Owner]:
    """Of an E.164 number: clients by their age, drivers by their call sign, then the order. One query."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, id, mark, mark_until, order_id from orders_owners_of(%s)", [number])
        return [Owner(*row) for row in cursor.fetchall()]
