"""A driver's shift, its breaks, his position: from his own page, or by the desk when he phones in."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders import facts, wording
from orders.models import Driver, DriverBreak, DriverPosition, DriverShift, Vehicle
from orders.services.lifecycle import tell_driver
from places.geo import Point, distance_m
from places.models import Stand


def start(*, driver_id: int, vehicle_id: int | None, by: Person, ends_at: datetime | None = None) -> DriverShift:
    """Begin to drive, in this car. Asked twice it is one shift. Raises Refused: another drives that car."""
    with transaction.atomic():
        driver = _lock(driver_id)
        present = open_shift(driver)
        if present:
            return present
        vehicle = Vehicle.objects.filter(pk=vehicle_id).first() if vehicle_id else None
        try:
            with transaction.atomic():
                shift = DriverShift.objects.create(
                    driver=driver, vehicle=vehicle, started_at=timezone.now(), ends_at=ends_at
                )
        except IntegrityError:  # one_driver_a_vehicle
            raise Refused(_in_use(vehicle)) from None
        driver.on_shift = True
        driver.save(update_fields=["on_shift"])
        journal.record(by, "driver.shift_started", driver, vehicle=str(vehicle or ""))
        tell_driver(driver)
    return shift


def end(*, driver_id: int, by: Person) -> None:
    """Stop driving. An offer that he has not answered is taken back by the search. Raises Refused: he has an order."""
    with transaction.atomic():
        driver = _lock(driver_id)
        shift = open_shift(driver)
        order = facts.order_of(driver)
        if order:
            raise Refused(wording.busy(driver, order))
        now = timezone.now()
        if shift:
            DriverBreak.objects.filter(shift=shift, ended_at=None).update(ended_at=now)
            shift.ended_at = now
            shift.save(update_fields=["ended_at"])
        driver.on_shift = False
        driver.save(update_fields=["on_shift"])
        _leave_stand(driver)
        journal.record(by, "driver.shift_ended", driver)
        tell_driver(driver)


def begin_break(*, driver_id: int, reason: str, by: Person) -> None:
    """Raises Refused: he is not on shift, or has an order."""
    with transaction.atomic():
        driver = _lock(driver_id)
        shift = _needed(driver)
        order = facts.order_of(driver)
        if order:
            raise Refused(wording.busy(driver, order))
        _pause, new = DriverBreak.objects.get_or_create(
            shift=shift, ended_at=None, defaults={"began_at": timezone.now(), "reason": reason.strip()[:80]}
        )
        if new:
            _leave_stand(driver)
            journal.record(by, "driver.break_began", driver, reason=reason.strip())
        tell_driver(driver)


def end_break(*, driver_id: int, by: Person) -> None:
    with transaction.atomic():
        driver = _lock(driver_id)
        if DriverBreak.objects.filter(shift=_needed(driver), ended_at=None).update(ended_at=timezone.now()):
            journal.record(by, "driver.break_ended", driver)
        tell_driver(driver)


def want_next(*, driver_id: int, wants: bool, by: Person) -> None:
    """Whether he may be asked about an order while he drives another client to the end."""
    with transaction.atomic():
        driver = _lock(driver_id)
        shift = _needed(driver)
        shift.takes_next = wants
        shift.save(update_fields=["takes_next"])
        journal.record(by, "driver.next_wanted" if wants else "driver.next_unwanted", driver)
        tell_driver(driver)


def report(
    *, driver_id: int, latitude: float, longitude: float, accuracy_m: int | None, at: datetime
) -> DriverPosition | None:
    """Where he is. An older report than the known one changes nothing; None: he is not on shift.

    Within a stand he is in its queue from the moment he came; whoever drives an order or has a break is in none.
    """
    with transaction.atomic():
        driver = _lock(driver_id)
        shift = open_shift(driver)
        if shift is None:
            return None
        known = DriverPosition.objects.filter(driver=driver).first()
        at = min(at, timezone.now())
        if known and known.at >= at:
            return known
        waits = facts.order_of(driver) is None and not shift.breaks.filter(ended_at=None).exists()
        stand = _stand_at(Point(latitude, longitude)) if waits else None
        stays = known is not None and stand is not None and known.stand_id == stand.pk
        position, _new = DriverPosition.objects.update_or_create(
            driver=driver,
            defaults={
                "latitude": latitude,
                "longitude": longitude,
                "accuracy_m": accuracy_m,
                "at": at,
                "stand": stand,
                "stand_since": (known.stand_since if known and stays else at) if stand else None,
            },
        )
        if known is None or known.stand_id != position.stand_id:
            tell_driver(driver)
    return position


def open_shift(driver: Driver) -> DriverShift | None:
    return DriverShift.objects.select_related("vehicle").filter(driver=driver, ended_at=None).first()


def _lock(driver_id: int) -> Driver:
    return Driver.objects.select_for_update().get(pk=driver_id)


def _needed(driver: Driver) -> DriverShift:
    shift = open_shift(driver)
    if shift is None:
        raise Refused(_("Driver %(sign)s is not on shift.") % {"sign": driver.call_sign})
    return shift


def _stand_at(point: Point) -> Stand | None:
    """The nearest of those whose circle holds the point."""
    near = ((distance_m(point, Point(s.latitude, s.longitude)), s) for s in Stand.objects.filter(is_active=True))
    inside = [(metres, stand.pk, stand) for metres, stand in near if metres <= stand.radius_m]
    return min(inside)[2] if inside else None


def _leave_stand(driver: Driver) -> None:
    DriverPosition.objects.filter(driver=driver).update(stand=None, stand_since=None)


def _in_use(vehicle: Vehicle | None) -> str:
    other = DriverShift.objects.filter(vehicle=vehicle, ended_at=None).select_related("driver").first()
    words = {"car": vehicle, "sign": other.driver.call_sign if other else "?"}
    return _("%(car)s is driven by driver %(sign)s just now.") % words
