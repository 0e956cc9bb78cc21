"""Drivers and their numbers."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders import numbers
from orders.models import Driver, DriverPhone, Order
from orders.services.clients import Phones
from orders.services.lifecycle import publish_change

FIELDS = ("call_sign", "first_name", "last_name", "vehicle", "plate", "on_shift")


def save(*, driver: Driver, phones: Phones, actor: Person) -> Driver:
    """Write a driver's card, new or changed. Raises Refused: the call sign is taken, or a number is none."""
    with transaction.atomic():
        before = Driver.objects.select_for_update().filter(pk=driver.pk).first() or Driver()
        new = driver.pk is None
        changes = {
            f: [getattr(before, f), getattr(driver, f)] for f in FIELDS if getattr(before, f) != getattr(driver, f)
        }
        try:
            with transaction.atomic():
                driver.save()
        except IntegrityError:
            taken = _("Call sign %(sign)s is taken by another driver.") % {"sign": driver.call_sign}
            raise Refused(taken) from None
        driver.phones.filter(pk__in=phones.removed).delete()
        _write_down(driver, phones.added)
        _make_main(driver, phones.main)
        journal.record(actor, "driver.added" if new else "driver.changed", driver, changes=changes)
        for order in Order.objects.open().filter(driver=driver):
            publish_change(order)
    return driver


def _write_down(driver: Driver, typed: Iterable[str]) -> None:
    for raw in (raw.strip() for raw in typed):
        if not raw:
            continue
        number = numbers.e164(raw)
        if not number:
            raise Refused(_("“%(number)s” is no telephone number.") % {"number": raw})
        DriverPhone.objects.get_or_create(driver=driver, e164=number, defaults={"raw": raw[:40]})


def _make_main(driver: Driver, main: int | None) -> None:
    chosen = driver.phones.filter(pk=main).first() or driver.phones.order_by("-is_main", "pk").first()
    if chosen and not chosen.is_main:
        driver.phones.filter(is_main=True).update(is_main=False)
        driver.phones.filter(pk=chosen.pk).update(is_main=True)
