"""Drivers and cars out of a spreadsheet: known by call sign and by plate. There are hundreds, so one by one."""

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Driver, Fleet, ServiceClass, TripOption, Vehicle
from orders.plates import plate
from orders.services import card_numbers, drivers, vehicles
from orders.services.drivers import Car
from orders.sheets.clients import numbers_of
from orders.sheets.columns import words_of
from orders.sheets.lines import Faulty, Line, Outcome, Result, Seen, fits

LIST = re.compile(r"\s*[,;/]\s*")
MOST_SEATS = 60


class OneByOne:
    def keys(self, line: Line) -> Sequence[str]:
        raise NotImplementedError

    def save(self, line: Line, actor: Person) -> Result:
        raise NotImplementedError

    def take(self, lines: Sequence[Line], seen: Seen, actor: Person) -> list[Outcome]:
        return [self._take(line, seen, actor) for line in lines]

    def _take(self, line: Line, seen: Seen, actor: Person) -> Outcome:
        try:
            with transaction.atomic():
                result = self.save(line, actor)
                seen.note(line, self.keys(line))
            return Outcome(line, result)
        except (Faulty, Refused) as fault:
            return Outcome(line, Result.FAULTY, fault.sentence)


class Vehicles(OneByOne):
    def __init__(self) -> None:
        self.classes, self.options = words_of(ServiceClass), words_of(TripOption)

    def keys(self, line: Line) -> Sequence[str]:
        return [plate(line["plate"])] if line["plate"] else ()

    def save(self, line: Line, actor: Person) -> Result:
        written = fits(plate(line["plate"]), 16, _("Plate"))
        if not written:
            raise Faulty(_("There is no plate on this line."))
        known = Vehicle.objects.filter(plate=written).first()
        vehicle = known or Vehicle(plate=written)
        before = (vehicle.description, vehicle.seats, list(vehicle.classes), list(vehicle.options))
        vehicle.description = fits(line["description"], 120, _("Make and colour")) or vehicle.description
        vehicle.seats = _seats(line["seats"]) or vehicle.seats
        vehicle.classes = _list(line["classes"], self.classes) or vehicle.classes
        vehicle.options = _list(line["options"], self.options) or vehicle.options
        if known and before == (vehicle.description, vehicle.seats, list(vehicle.classes), list(vehicle.options)):
            return Result.SAME
        vehicles.save(vehicle=vehicle, actor=actor)
        return Result.CHANGED if known else Result.ADDED


class Drivers(OneByOne):
    def keys(self, line: Line) -> Sequence[str]:
        return [line["call_sign"].casefold()] if line["call_sign"] else ()

    def save(self, line: Line, actor: Person) -> Result:
        sign = fits(line["call_sign"], 12, _("Call sign"))
        if not sign or not line["last_name"]:
            raise Faulty(_("Call sign and surname are needed."))
        phones = numbers_of(line["numbers"])
        known = Driver.objects.select_related("vehicle", "fleet").filter(call_sign__iexact=sign).first()
        driver = known or Driver(call_sign=sign)
        has = set(driver.phones.values_list("e164", flat=True)) if known else set()
        before = (driver.last_name, driver.first_name, driver.fleet_id)
        driver.last_name = fits(line["last_name"], 80, _("Surname"))
        driver.first_name = fits(line["first_name"], 80, _("First name")) or driver.first_name
        driver.fleet = _fleet(line["fleet"]) or driver.fleet
        written = fits(plate(line["plate"]), 16, _("Plate"))
        car = Car(plate=written or (driver.vehicle.plate if driver.vehicle else ""))
        now = (driver.last_name, driver.first_name, driver.fleet_id)
        same_car = not written or (driver.vehicle is not None and driver.vehicle.plate == written)
        if known and before == now and same_car and set(phones) <= has:
            return Result.SAME
        added = card_numbers.Phones(added=tuple(raw for number, raw in phones.items() if number not in has))
        drivers.save(driver=driver, phones=added, car=car, actor=actor)
        return Result.CHANGED if known else Result.ADDED


def _fleet(name: str) -> Fleet | None:
    if not name:
        return None
    fleet = Fleet.objects.filter(name__iexact=name).first()
    if fleet is None:
        raise Faulty(_("There is no fleet “%(name)s”.") % {"name": name[:40]})
    return fleet


def _seats(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_SEATS):
        raise Faulty(_("“%(text)s” is no number of seats.") % {"text": text[:40]})
    return int(text)


def _list(text: str, words: dict[str, str]) -> list[str]:
    chosen = []
    for part in (part for part in LIST.split(text.strip()) if part):
        value = words.get(part.casefold())
        if value is None:
            raise Faulty(_("“%(text)s” is not on our list.") % {"text": part[:40]})
        chosen.append(value)
    return list(dict.fromkeys(chosen))
