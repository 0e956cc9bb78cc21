"""Drivers, their numbers and their cars."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Driver, Order, Vehicle
from orders.services import card_numbers
from orders.services.card_numbers import Phones
from orders.services.lifecycle import publish_change

FIELDS = ("call_sign", "first_name", "last_name", "on_shift")


@dataclass(frozen=True)
class Car:
    """`plate` as written on it; empty: he has none. `description`: make and colour."""

    plate: str = ""
    description: str = ""


def save(*, driver: Driver, phones: Phones, car: Car, actor: Person) -> Driver:
    """Write a driver's card, new or changed. Raises Refused: the call sign is taken, or a number is none."""
    with transaction.atomic():
        before = (
            Driver.objects.select_for_update(of=("self",)).select_related("vehicle").filter(pk=driver.pk).first()
            or Driver()
        )
        new = driver.pk is None
        changes = {
            f: [getattr(before, f), getattr(driver, f)] for f in FIELDS if getattr(before, f) != getattr(driver, f)
        }
        was, driver.vehicle = before.vehicle, _vehicle(car)
        if str(was or "") != str(driver.vehicle or ""):
            changes["vehicle"] = [str(was or ""), str(driver.vehicle or "")]
        try:
            with transaction.atomic():
                driver.save()
        except IntegrityError:
            taken = _("Call sign %(sign)s is taken by another driver.") % {"sign": driver.call_sign}
            raise Refused(taken) from None
        changes |= card_numbers.change(driver, phones)
        journal.record(actor, "driver.added" if new else "driver.changed", driver, changes=changes)
        for order in Order.objects.open().filter(driver=driver):
            publish_change(order)
    return driver


def _vehicle(car: Car) -> Vehicle | None:
    if not car.plate:
        return None
    vehicle, _new = Vehicle.objects.update_or_create(plate=car.plate, defaults={"description": car.description})
    return vehicle
