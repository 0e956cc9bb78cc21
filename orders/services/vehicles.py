"""Cars, and who drives which."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import Driver, Order, Vehicle
from orders.plates import plate
from orders.services.lifecycle import publish_change

FIELDS = ("plate", "description", "seats", "classes", "options")


def save(*, vehicle: Vehicle, actor: Person | None) -> Vehicle:
    """A car, new or changed. Raises Refused: another has the plate."""
    vehicle.plate = plate(vehicle.plate)
    with transaction.atomic():
        new = vehicle.pk is None
        before = (
            Vehicle(plate="", seats=0, classes=[]) if new else Vehicle.objects.select_for_update().get(pk=vehicle.pk)
        )
        try:
            with transaction.atomic():
                vehicle.save()
        except IntegrityError:
            raise Refused(_("Another car has the plate %(plate)s.") % {"plate": vehicle.plate}) from None
        was, now = ({field: _text(getattr(car, field)) for field in FIELDS} for car in (before, vehicle))
        changes = {field: [was[field], now[field]] for field in FIELDS if was[field] != now[field]}
        journal.record(actor, "vehicle.added" if new else "vehicle.changed", vehicle, changes=changes)
        _redraw_orders(vehicle)
    return vehicle


def give(*, vehicle_id: int, call_sign: str, actor: Person) -> Driver:
    """This driver drives this car from now on. Raises Refused: there is no such driver; Vehicle.DoesNotExist."""
    with transaction.atomic():
        vehicle = Vehicle.objects.get(pk=vehicle_id)
        driver = (
            Driver.objects.select_for_update(of=("self",))
            .select_related("vehicle")
            .filter(call_sign__iexact=call_sign.strip())
            .first()
        )
        if driver is None:
            raise Refused(_("There is no driver %(sign)s.") % {"sign": call_sign.strip()})
        _hand_over(driver, vehicle, actor)
    return driver


def take_away(*, driver_id: int, actor: Person) -> None:
    """He drives no car. Raises Driver.DoesNotExist."""
    with transaction.atomic():
        driver = Driver.objects.select_for_update(of=("self",)).select_related("vehicle").get(pk=driver_id)
        _hand_over(driver, None, actor)


def _hand_over(driver: Driver, vehicle: Vehicle | None, actor: Person) -> None:
    if driver.vehicle == vehicle:
        return
    changes = {"vehicle": [str(driver.vehicle or ""), str(vehicle or "")]}
    driver.vehicle = vehicle
    driver.save(update_fields=["vehicle"])
    journal.record(actor, "driver.changed", driver, changes=changes)
    for order in Order.objects.open().filter(driver=driver):
        publish_change(order)


def _redraw_orders(vehicle: Vehicle) -> None:
    for order in Order.objects.open().filter(driver__vehicle=vehicle):
        publish_change(order)


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
