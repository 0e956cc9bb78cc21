"""The drivers of the demo town at work: who has a sign-in that nobody uses is played, so that there is whom to ask.

They wait at stands, answer most offers after a few seconds, and drive what they took, quicker than real ones.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from dispatch.staff.models import Person, Role
from dispatch.staff.refusal import Refused
from orders import actors
from orders.flow import BUSY_STATES, State
from orders.models import Driver, DriverPosition, DriverShift, Offer, OfferState, Order
from orders.models.offer import ASKED
from orders.services import driver_shifts, lifecycle, offers
from places.models import Stand

NAMED = "cab"  # and the call sign
NOBODYS = "!"  # the password of one who never signs in
THINKS = timedelta(seconds=6)
REFUSES_EVERY = 4  # offers
FRESH = timedelta(minutes=1)  # a position is told so often
STANDS = 4  # in the town; those at the airports stay empty
APART = 0.0006  # degrees between two who wait at one stand
NEXT = {  # what he does when he has been in a state for so long
    State.ASSIGNED: (timedelta(seconds=10), "set_off"),
    State.EN_ROUTE: (timedelta(seconds=50), "arrive"),
    State.ARRIVED: (timedelta(seconds=25), "board"),
    State.ON_BOARD: (timedelta(seconds=90), "complete"),
}


def lay_out(drivers: Iterable[Driver], now: datetime) -> None:
    """A shift for each who works; a sign-in and a place at a stand for him whom nobody plays."""
    stands = list(Stand.objects.order_by("pk")[:STANDS])
    for number, driver in enumerate(one for one in drivers if one.on_shift):
        if driver.person is None:
            driver.person, _new = Person.objects.get_or_create(
                username=f"{NAMED}{driver.call_sign}",
                defaults={
                    "first_name": driver.first_name,
                    "last_name": driver.last_name,
                    "roles": [Role.DRIVER.value],
                    "call_sign": driver.call_sign,
                    "password": NOBODYS,
                },
            )
            driver.save(update_fields=["person"])
        DriverShift.objects.get_or_create(
            driver=driver, ended_at=None, defaults={"vehicle": driver.vehicle, "started_at": now - timedelta(hours=2)}
        )
        if stands and _is_played(driver):  # who signs in tells himself where he is
            _place(driver, stands[number % len(stands)], number // len(stands), now)


def play(now: datetime) -> int:
    """One step of each. Returns how many did something."""
    drivers = Driver.objects.filter(on_shift=True, person__password=NOBODYS).select_related("person")
    played = [driver for driver in drivers if _is_played(driver)]
    return sum(_answer(driver, now) or _drive(driver, now) or _report(driver, now) for driver in played)


def _is_played(driver: Driver) -> bool:
    person = _person(driver)
    return person.username == f"{NAMED}{driver.call_sign}" and person.password == NOBODYS


def _place(driver: Driver, stand: Stand, number: int, now: datetime) -> None:
    DriverPosition.objects.get_or_create(
        driver=driver,
        defaults={
            "latitude": stand.latitude + number * APART,
            "longitude": stand.longitude,
            "accuracy_m": 10,
            "at": now,
            "stand": stand,
            "stand_since": now - timedelta(minutes=30 - number),
        },
    )


def _answer(driver: Driver, now: datetime) -> bool:
    offer = Offer.objects.filter(driver=driver, state__in=ASKED).first()
    if offer is None or now - offer.sent_at < THINKS:
        return False
    actor = actors.driver(_person(driver))
    try:
        if offer.pk % REFUSES_EVERY:
            offers.accept(offer_id=offer.pk, actor=actor)
        else:
            offers.refuse(offer_id=offer.pk, actor=actor, reason="Далеко ехать")
    except Refused:  # it ran out, or another was quicker
        return False
    return True


def _drive(driver: Driver, now: datetime) -> bool:
    """Only what he took himself; what a dispatcher gave him by hand is moved on by hand."""
    took = Order.objects.filter(offers__driver=driver, offers__state=OfferState.ACCEPTED)
    order = took.filter(driver=driver, state__in=BUSY_STATES).distinct().first()
    if order is None:
        return False
    pause, step = NEXT[State(order.state)]
    if now - order.state_since < pause:
        return False
    try:
        with transaction.atomic():
            lifecycle.move(order_id=order.pk, name=step, actor=actors.driver(_person(driver)))
    except Refused:  # a dispatcher was quicker
        return False
    if step == "arrive":
        _go(driver, order.pickup_latitude, order.pickup_longitude, now)
    if step == "complete":
        _go(driver, order.destination_latitude, order.destination_longitude, now)
        offers.begin_next(driver)
    return True


def _report(driver: Driver, now: datetime) -> bool:
    known = DriverPosition.objects.filter(driver=driver, at__lt=now - FRESH).first()
    return known is not None and _go(driver, known.latitude, known.longitude, now)


def _go(driver: Driver, latitude: float | None, longitude: float | None, now: datetime) -> bool:
    if latitude is None or longitude is None:
        return False
    driver_shifts.report(driver_id=driver.pk, latitude=latitude, longitude=longitude, accuracy_m=10, at=now)
    return True


def _person(driver: Driver) -> Person:
    assert driver.person is not None
    return driver.person
