"""Clients, addresses, drivers and cars as rows of text, for a spreadsheet; in the columns that an import knows."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from orders import numbers, phones
from orders.models import (
    Client,
    ClientAddress,
    ClientPhone,
    Driver,
    ServiceClass,
    SheetKind,
    TripOption,
    Vehicle,
)
from orders.sheets.columns import COLUMNS

BATCH = 2000  # rows read at once
Say = Callable[[str], str]  # how a client's number is written: whole or masked


def heading(kind: str) -> list[str]:
    return [str(column.label) for column in COLUMNS[kind]]


def count(kind: str) -> int:
    return _all(kind).count()


def batches(kind: str, *, is_whole: bool) -> Iterator[list[list[str]]]:
    """A few queries for each batch, however large the whole: nothing is kept."""
    say: Say = numbers.national if is_whole else phones.masked
    after = 0
    while page := list(_all(kind).filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield [_row(kind, each, say) for each in page]
        after = page[-1].pk


def _all(kind: str) -> QuerySet[Any]:
    ordered = Prefetch("phones", ClientPhone.objects.order_by("-is_main", "pk"))
    if kind == SheetKind.CLIENTS:
        return Client.objects.known().filter(anonymised_at=None).prefetch_related(ordered)
    if kind == SheetKind.ADDRESSES:
        owner = Prefetch("client__phones", ClientPhone.objects.order_by("-is_main", "pk"))
        return ClientAddress.objects.select_related("client").prefetch_related(owner)
    if kind == SheetKind.DRIVERS:
        return Driver.objects.select_related("vehicle", "fleet").prefetch_related("phones")
    return Vehicle.objects.all()


def _row(kind: str, each: Any, say: Say) -> list[str]:
    rows: dict[str, Callable[[Any, Say], list[str]]] = {
        SheetKind.CLIENTS: _client,
        SheetKind.ADDRESSES: _address,
        SheetKind.DRIVERS: _driver,
        SheetKind.VEHICLES: _vehicle,
    }
    return rows[kind](each, say)


def _client(client: Client, say: Say) -> list[str]:
    mark = client.mark_at(timezone.now())
    said = str(mark.label) if mark else ""
    return [client.name, _numbers(client.phones.all(), say), client.notes, said, client.mark_reason if mark else ""]


def _address(address: ClientAddress, say: Say) -> list[str]:
    number = _numbers(address.client.phones.all()[:1], say)
    place = ["" if degrees is None else f"{degrees:.6f}" for degrees in (address.latitude, address.longitude)]
    return [number, address.label, address.address, address.entrance, address.flat, address.comment, *place]


def _driver(driver: Driver, _say: Say) -> list[str]:
    car, fleet = driver.vehicle, driver.fleet
    known = _numbers(driver.phones.all(), numbers.national)  # the house's own numbers are no secret in it
    return [driver.call_sign, driver.last_name, driver.first_name, known, car.plate if car else "", str(fleet or "")]


def _vehicle(car: Vehicle, _say: Say) -> list[str]:
    classes = ", ".join(str(ServiceClass(each).label) for each in car.classes)
    options = ", ".join(str(TripOption(each).label) for each in car.options)
    return [car.plate, car.description, str(car.seats), classes, options]


def _numbers(cards: Iterable[Any], say: Say) -> str:
    return ", ".join(say(phone.e164) for phone in cards)
