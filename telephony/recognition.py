"""Who calls: found on the first ring, once per call, the same for every desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from dispatch.staff.models import Shift
from orders.flow import BUSY_STATES
from orders.models import ClientMark, ClientPhone, DriverPhone, Order
from orders.numbers import e164
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
    """`number`: E.164, or "" where there is none. `order_id`: the client's newest open order, or the one that the
    driver performs. `person_id`: the colleague who sits at the extension."""

    kind: Kind
    number: str = ""
    client_id: int | None = None
    driver_id: int | None = None
    person_id: int | None = None
    order_id: int | None = None
    choices: tuple[Choice, ...] = ()


def recognise(number_raw: str, *, direction: str = "in") -> Recognition:
    """Say who is at `number_raw`: the caller, or for a call that goes out (`direction` "out") the one who is called.

    Takes whatever came over the wire and never raises because of it. At most four queries.
    """
    raw = number_raw[:LONGEST].strip()
    colleague = _colleague(raw) if _is_short(raw) else None
    if colleague:
        return colleague
    number = e164(raw)
    if number:
        return _outsider(number)
    if direction == "internal":
        return Recognition(Kind.STAFF)  # a phone of the house that nobody has written down
    has_digits = any(sign.isdigit() for sign in raw)
    return Recognition(Kind.NEW if has_digits else Kind.HIDDEN)


def _is_short(raw: str) -> bool:
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
    clients = list(ClientPhone.objects.filter(e164=number).select_related("client").order_by("client_id"))
    driver_ids = list(
        DriverPhone.objects.filter(e164=number).order_by("driver__call_sign").values_list("driver_id", flat=True)
    )
    if len(clients) + len(driver_ids) > 1:
        return _choice(number, [phone.client_id for phone in clients], driver_ids)
    if driver_ids:
        return _driver(number, driver_ids[0])
    return _client(number, clients[0] if clients else None)


def _choice(number: str, client_ids: Sequence[int], driver_ids: Sequence[int]) -> Recognition:
    drivers = tuple(Choice("driver", driver_id) for driver_id in driver_ids)
    clients = tuple(Choice("client", client_id) for client_id in client_ids)
    return Recognition(Kind.CHOICE, number, choices=drivers + clients)


def _driver(number: str, driver_id: int) -> Recognition:
    performing = Order.objects.filter(driver_id=driver_id, state__in=BUSY_STATES).values_list("id", flat=True).first()
    return Recognition(Kind.DRIVER, number, driver_id=driver_id, order_id=performing)


def _client(number: str, phone: ClientPhone | None) -> Recognition:
    client_id = phone.client_id if phone else None
    newest = (
        Order.objects.open()
        .filter(Q(client_id=client_id) if phone else Q(phone=number))
        .order_by("-id")
        .values_list("id", "client_id")
        .first()
    )
    order_id, owner_id = newest or (None, None)
    if phone and phone.client.mark_now == ClientMark.BLACKLISTED:
        return Recognition(Kind.BLACKLISTED, number, client_id=client_id, order_id=order_id)
    if order_id:
        return Recognition(Kind.ORDERS, number, client_id=client_id or owner_id, order_id=order_id)
    return Recognition(Kind.KNOWN if phone else Kind.NEW, number, client_id=client_id)
