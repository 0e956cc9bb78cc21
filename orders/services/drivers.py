"""Drivers, their numbers and their cars."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Driver, Order, Vehicle
from orders.plates import plate
from orders.services import card_numbers, vehicles
from orders.services.card_numbers import Phones
from orders.services.lifecycle import publish_change

FIELDS = ("call_sign", "first_name", "last_name")
TIES = ("vehicle", "person", "fleet")


@dataclass(frozen=True)
class Car:
    """`plate` as written on it; empty: he has none. `description`: make and colour."""

    plate: str = ""
    description: str = ""


def save(*, driver: Driver, phones: Phones, car: Car, actor: Person) -> Driver:
    """Write a driver's card, new or changed. Raises Refused: the call sign is taken, or a number is none."""
    with transaction.atomic():
        before = (
            Driver.objects.select_for_update(of=("self",)).select_related(*TIES).filter(pk=driver.pk).first()
            or Driver()
        )
        new = driver.pk is None
        changes = {
            f: [getattr(before, f), getattr(driver, f)] for f in FIELDS if getattr(before, f) != getattr(driver, f)
        }
        driver.vehicle = _vehicle(car, actor)
        for tie in TIES:
            was, now = (str(getattr(each, tie) or "") for each in (before, driver))
            if was != now:
                changes[tie] = [was, now]
        try:
            with transaction.atomic():
                driver.save()
        except IntegrityError:
            raise Refused(_taken(driver)) from None
        changes |= card_numbers.change(driver, phones)
        journal.record(actor, "driver.added" if new else "driver.changed", driver, changes=changes)
        for order in Order.objects.open().filter(driver=driver):
            publish_change(order)
    return driver


def _taken(driver: Driver) -> str:
    other = Driver.objects.filter(person=driver.person).exclude(pk=driver.pk).first() if driver.person else None
    if other:
        words = {"who": driver.person, "sign": other.call_sign}
        return _("%(who)s signs in as driver %(sign)s already.") % words
    return _("Call sign %(sign)s is taken by another driver.") % {"sign": driver.call_sign}


def _vehicle(car: Car, actor: Person) -> Vehicle | None:
    """The car with this plate; what is written of it where something is, or a new one."""
    if not car.plate:
        return None
    known = Vehicle.objects.filter(plate=plate(car.plate)).first()
    if known and car.description in ("", known.description):
        return known
    vehicle = known or Vehicle(plate=car.plate)
    vehicle.description = car.description
    return vehicles.save(vehicle=vehicle, actor=actor)
