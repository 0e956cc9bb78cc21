"""Who calls: found on the first ring, once per call, the same for every desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dispatch.staff.models import Person, Shift
from orders.models import ClientMark
from orders.numbers import e164
from orders.selectors.owners import Owner, owners_of
from telephony.models import Extension

LONGEST = 80  # characters of a number on the wire that are looked at
LONGEST_EXTENSION = 6  # digits


class Kind(StrEnum):
    NEW = "new"
    KNOWN = "known"
    ORDERS = "orders"  # a client with open orders
    DRIVER = "driver"
    STAFF = "staff"
    BLACKLISTED = "blacklisted"
    HIDDEN = "hidden"
    CHOICE = "choice"  # the number belongs to several


@dataclass(frozen=True)
class Choice:
    kind: str  # "client", "driver"
    id: int


@dataclass(frozen=True)
class Recognition:
    """`number`: E.164, or "" where there is none to be shown. `order_id`: the client's newest open order, or the one
    that the driver performs. `person_id`: the colleague who sits at the extension, or is called on his mobile."""

    kind: Kind
    number: str = ""
    client_id: int | None = None
    driver_id: int | None = None
    person_id: int | None = None
    order_id: int | None = None
    choices: tuple[Choice, ...] = ()


def recognise(number_raw: str, *, direction: str = "in") -> Recognition:
    """Say who is at `number_raw`: the caller, or for a call that goes out (`direction` "out") the one who is called.

    Takes whatever came over the wire and never raises because of it. At most three queries.
    """
    raw = number_raw[:LONGEST].strip()
    colleague = _colleague(raw) if is_short(raw) else None
    if colleague:
        return colleague
    number = e164(raw)
    if number:
        known = _outsider(number)
        on_mobile = colleagues_on_mobile([number]) if known.kind == Kind.NEW and direction == "out" else {}
        return Recognition(Kind.STAFF, person_id=on_mobile[number].pk) if on_mobile else known
    if direction == "internal":
        return Recognition(Kind.STAFF)  # a phone of the house that nobody has written down
    has_digits = any(sign.isdigit() for sign in raw)
    return Recognition(Kind.NEW if has_digits else Kind.HIDDEN)


def colleagues_on_mobile(parties: Iterable[str]) -> dict[str, Person]:
    """Whose mobile telephone each of these is, as it was dialled; whom two share is nobody's. One query, none for
    extensions alone."""
    outside = {party: _e164(party) for party in set(parties)}
    if not any(outside.values()):
        return {}
    owners: dict[str, list[Person]] = {}
    for person in Person.objects.filter(is_active=True).exclude(mobile="").only("first_name", "last_name", "mobile"):
        owners.setdefault(_e164(person.mobile), []).append(person)
    owners.pop("", None)
    return {party: of[0] for party, number in outside.items() if len(of := owners.get(number, [])) == 1}


@lru_cache(maxsize=4096)  # to parse a number takes longer than to read it
def _e164(written: str) -> str:
    return e164(written)


def is_short(raw: str) -> bool:
    """Whether it may be an extension of the house."""
    return raw.isascii() and raw.isdigit() and len(raw) <= LONGEST_EXTENSION


def _colleague(raw: str) -> Recognition | None:
    sitting = Shift.objects.filter(extension=OuterRef("number"), ended_at=None).values("person_id")[:1]
    found = (
        Extension.objects.filter(number=raw)
        .annotate(colleague=Coalesce(Subquery(sitting), F("owner_id"), output_field=BigIntegerField()))
        .values_list("colleague", flat=True)
    )
    for person_id in found:
        return Recognition(Kind.STAFF, person_id=person_id)
    return None


def _outsider(number: str) -> Recognition:
    owners = owners_of(number)
    clients, drivers, orders = (
        [owner for owner in owners if owner.kind == kind] for kind in ("client", "driver", "order")
    )
    if len(clients) + len(drivers) > 1:
        choices = [Choice(owner.kind, owner.id) for owner in (*drivers, *clients) if owner.id is not None]
        return Recognition(Kind.CHOICE, number, choices=tuple(choices))
    if drivers:
        return Recognition(Kind.DRIVER, number, driver_id=drivers[0].id, order_id=drivers[0].order_id)
    if clients:
        return _client(number, clients[0])
    if orders:
        return Recognition(Kind.ORDERS, number, client_id=orders[0].id, order_id=orders[0].order_id)
    return Recognition(Kind.NEW, number)


def _client(number: str, client: Owner) -> Recognition:
    kind = Kind.ORDERS if client.order_id else Kind.KNOWN
    if client.mark == ClientMark.BLACKLISTED and (client.mark_until is None or client.mark_until > timezone.now()):
        kind = Kind.BLACKLISTED
    return Recognition(kind, number, client_id=client.id, order_id=client.order_id)
