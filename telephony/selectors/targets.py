"""Whom a call can be passed to: colleagues on shift with what they do, drivers on shift, the queue."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.staff.models import Shift, Status
from dispatch.staff.selectors import roster
from orders.models import Driver
from telephony.selectors import phonebook

MOST_DRIVERS = 300


@dataclass(frozen=True)
class Colleague:
    shift: Shift
    phone: phonebook.Phone

    @property
    def status(self) -> str:
        return phonebook.shown_status(self.shift.person, self.phone.refuses)

    @property
    def target(self) -> str:
        """Where he is to be had."""
        person = self.shift.person
        on_mobile = person.mobile and self.status == Status.MOBILE
        return f"person-{person.pk}" if on_mobile else self.shift.extension


@dataclass(frozen=True)
class OnTheRoad:
    driver: Driver

    @property
    def target(self) -> str:
        return f"driver-{self.driver.pk}"


@dataclass(frozen=True)
class Targets:
    colleagues: Sequence[Colleague]
    drivers: Sequence[OnTheRoad]


def read(own: str) -> Targets:
    """`own`: the extension that passes on. Five queries."""
    shifts = [shift for shift in roster.on_shift() if shift.extension != own]
    phones = phonebook.telephones({shift.extension for shift in shifts})
    colleagues = [Colleague(shift, phones[shift.extension]) for shift in shifts]
    drivers = Driver.objects.filter(on_shift=True, phones__isnull=False).distinct()
    in_order = sorted(drivers[:MOST_DRIVERS], key=lambda driver: (len(driver.call_sign), driver.call_sign))
    return Targets(colleagues, [OnTheRoad(driver) for driver in in_order])
