"""The one time line of an order. Other rooms add their lines by a registration: orders never know them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dispatch.staff.models import Person
from orders.models import Order


class Group(StrEnum):
    """By what the lines are chosen."""

    STATES = "states"
    CHANGES = "changes"
    OFFERS = "offers"
    CALLS = "calls"


@dataclass(frozen=True)
class Line:
    """`template` draws it, with `words` besides the page's `sight`. `follows`: the live thing ("call:731") by whose
    change the line is drawn anew; empty where it stays as it is."""

    at: datetime
    group: Group
    template: str
    words: Mapping[str, Any] = field(default_factory=dict)
    follows: str = ""


Contributor = Callable[[Order, Person], Sequence[Line]]

contributors: list[Contributor] = []


def contributor(function: Contributor) -> Contributor:
    """Register lines of another room, as this person may see them. A fixed number of queries, however many lines."""
    contributors.append(function)
    return function
