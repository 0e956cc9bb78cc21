"""Whose own client a caller is, as the PBX keeps it (AstDB), so that it decides alone, whoever of us is dead.

`desk-own/<number>` is "person-seconds-instead" under each writing in which a carrier may send the number;
`desk-seat/<person>` is the extension where that person's own clients reach him now. Without a seat the queue has them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, When

from orders import numbers
from orders.models import Client, Instead
from telephony import dialling
from telephony.core.call import QUEUE
from telephony.recognition import is_short
from telephony.services import dial_plan

WAYS, SEATS = "desk-own", "desk-seat"
FAMILIES = (WAYS, SEATS)

Book = Mapping[tuple[str, str], str]  # family and key → what stands there


@dataclass(frozen=True)
class Way:
    """Of one number of a client's card. `instead`: an extension, a number as the PBX dials it, or the queue."""

    number: str  # E.164
    person_id: int
    seconds: int
    instead: str

    def __str__(self) -> str:
        return f"{self.person_id}-{self.seconds}-{self.instead}"


@dataclass(frozen=True)
class Plan:
    put: tuple[tuple[str, str, str], ...] = ()  # family, key, value
    drop: tuple[tuple[str, str], ...] = ()


def ways() -> list[Way]:
    """Of all cards with a responsible person, the oldest card first. One query; two where a card names a number."""
    cards = Client.objects.filter(responsible__is_active=True, merged_into=None).exclude(phones=None).order_by("pk")
    instead = Case(
        When(own_then=Instead.MOBILE, then="responsible__mobile"),
        When(own_then=Instead.EXTENSION, then="responsible__own_extension"),
        default="own_instead",
    )
    rows = list(cards.values_list("phones__e164", "responsible_id", "own_seconds", instead))
    typed = {row[3] for row in rows}
    outside = {number for number in typed if number and not is_short(number)}
    rules = dial_plan.current().rules if outside else dialling.Rules()
    dialled = {number: _dialled(number, rules) if number in outside else number or QUEUE for number in typed}
    return [Way(number, person, seconds, dialled[typed]) for number, person, seconds, typed in rows]


def book(ways: Iterable[Way]) -> dict[tuple[str, str], str]:
    """As the PBX keeps them. A number that leads to two different people leads to nobody: the queue asks who it is."""
    found: dict[str, list[Way]] = defaultdict(list)
    for way in ways:
        for writing in numbers.writings(way.number):
            found[writing].append(way)
    agreed = {writing: same for writing, same in found.items() if len({way.person_id for way in same}) == 1}
    return {(WAYS, writing): str(same[0]) for writing, same in agreed.items()}


def plan(wanted: Book, there: Book) -> Plan:
    """What makes the PBX's book the wanted one. Seats go first, and come last: a way alone does nothing."""
    put = sorted((*at, value) for at, value in wanted.items() if there.get(at) != value)
    drop = sorted((at for at in there if at not in wanted), key=lambda at: (at[0] != SEATS, at))
    return Plan(tuple(put), tuple(drop))


def _dialled(number: str, rules: dialling.Rules) -> str:
    made = dialling.dialled(number, rules, numbers.e164)
    return made.number if made else QUEUE
