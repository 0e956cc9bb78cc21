"""The demo town, laid out once: people, telephones, drivers, clients, and the orders of the last days."""

from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.desk import past, town
from dispatch.desk.past import Step, Trip
from dispatch.staff.models import Person
from orders.facts import ASKED, CALLED
from orders.models import Client, ClientPhone, Driver, DriverPhone, Order
from telephony.models import Extension

FINISHED = 36  # orders of the last three days
DAYS = timedelta(days=3)
KEPT_FREE = "17"  # his order is what a newcomer gives him
MINUTE = timedelta(minutes=1)

PLACE, ASSIGN = Step("place", 0 * MINUTE), Step("assign", 2 * MINUTE)
SET_OFF, ARRIVE, BOARD = Step("set_off", 1 * MINUTE), Step("arrive", 9 * MINUTE), Step("board", 3 * MINUTE)
TO_THE_END: tuple[Step, ...] = (PLACE, ASSIGN, SET_OFF, ARRIVE, BOARD, Step("complete", 24 * MINUTE))
OTHER_ENDS: tuple[tuple[Step, ...], ...] = (
    (PLACE, Step("cancel", 4 * MINUTE, "Клиент передумал")),
    (PLACE, ASSIGN, SET_OFF, Step("cancel", 6 * MINUTE, "Клиент уехал на другой машине")),
    (PLACE, ASSIGN, SET_OFF, ARRIVE, Step(CALLED, 5 * MINUTE, "не отвечает"), Step("no_show", 4 * MINUTE)),
    (PLACE, Step(ASKED, 12 * MINUTE, "больше не ждёт"), Step("give_up", 1 * MINUTE)),
)
UNDER_WAY: tuple[tuple[timedelta, tuple[Step, ...]], ...] = (  # (asked so long ago, what has happened since)
    (3 * MINUTE, (PLACE,)),
    (11 * MINUTE, (PLACE,)),
    (6 * MINUTE, (PLACE, ASSIGN)),
    (8 * MINUTE, (PLACE, ASSIGN, SET_OFF)),
    (16 * MINUTE, (PLACE, ASSIGN, SET_OFF, ARRIVE)),
    (30 * MINUTE, (PLACE, ASSIGN, SET_OFF, ARRIVE, BOARD)),
)
PRE_ORDERS = (timedelta(hours=3), timedelta(hours=17))  # pick-up from now


def lay_out() -> bool:
    """Make what is not there yet; changes nothing that somebody made. True: the orders were written now."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('demo town', 0))")
        people = {colleague.username: person(colleague) for colleague in town.COLLEAGUES}
        for telephone in town.TELEPHONES:
            _extension(telephone)
        drivers = [_driver(cab) for cab in town.CABS]
        clients = [_client(caller) for caller in town.CALLERS]
        Driver.objects.filter(call_sign=KEPT_FREE, person=None).update(person=people["driver17"])
        if Order.objects.exists():
            return False
        _write_orders(clients, drivers, (people["vera"], people["boris"]), timezone.now())
        journal.record(None, "demo.laid_out", orders=Order.objects.count(), clients=len(clients), drivers=len(drivers))
    return True


def person(colleague: town.Colleague) -> Person:
    """Without a password: nobody signs in before `manage.py people` gives one."""
    made, new = Person.objects.get_or_create(
        username=colleague.username,
        defaults={
            "last_name": colleague.last_name,
            "first_name": colleague.first_name,
            "roles": [colleague.role.value],
            "own_extension": colleague.extension,
            "call_sign": colleague.call_sign,
            "password": "!",
        },
    )
    if new:
        journal.record(None, "person.added", made, changes={"roles": [[], made.roles]})
    return made


def _extension(telephone: town.Telephone) -> None:
    owner = Person.objects.filter(own_extension=telephone.number).order_by("pk").first()
    defaults = {"interface": f"PJSIP/{telephone.number}", "label": telephone.label, "owner": owner}
    Extension.objects.get_or_create(number=telephone.number, defaults=defaults)


def _driver(cab: town.Cab) -> Driver:
    driver, new = Driver.objects.get_or_create(
        call_sign=cab.call_sign,
        defaults={
            "last_name": cab.last_name,
            "first_name": cab.first_name,
            "vehicle": cab.vehicle,
            "plate": cab.plate,
            "on_shift": cab.on_shift,
        },
    )
    if new:
        DriverPhone.objects.bulk_create(
            DriverPhone(driver=driver, e164=phone, raw=phone, is_main=not place)
            for place, phone in enumerate(cab.phones)
        )
    return driver


def _client(caller: town.Caller) -> Client:
    known = Client.objects.filter(name=caller.name, phones__e164=caller.phones[0]).first()
    if known:
        return known
    client = Client.objects.create(
        name=caller.name, mark=caller.mark, mark_reason=caller.mark_reason, notes=caller.notes
    )
    ClientPhone.objects.bulk_create(
        ClientPhone(client=client, e164=phone, raw=phone, is_main=not place)
        for place, phone in enumerate(caller.phones)
    )
    return client


def _write_orders(clients: list[Client], drivers: list[Driver], dispatchers: tuple[Person, ...], now: datetime) -> None:
    """Always the same town: chance is seeded. Oldest first, so that the numbers of orders grow with time."""
    chance = Random(17)  # noqa: S311
    last_trip = timedelta(hours=2)  # ends before the orders under way begin
    asked = sorted(now - last_trip - chance.random() * (DAYS - last_trip) for _ in range(FINISHED))
    for number, at in enumerate(asked):
        steps = OTHER_ENDS[number // 5 % len(OTHER_ENDS)] if number % 5 == 4 else TO_THE_END
        trip = _trip(chance, clients, at, steps, chance.choice(drivers))
        past.write(trip=trip, by=chance.choice(dispatchers))
    free = [driver for driver in drivers if driver.on_shift and driver.call_sign != KEPT_FREE]
    callers = [client for client in clients if client.mark != "blacklisted"]
    for (ago, steps), driver, client in zip(UNDER_WAY, free, chance.sample(callers, len(UNDER_WAY)), strict=False):
        past.write(trip=_trip(chance, [client], now - ago, steps, driver), by=chance.choice(dispatchers))
    for ahead in PRE_ORDERS:
        trip = _trip(chance, callers, now - 40 * MINUTE, (Step("schedule", 0 * MINUTE),), None, pickup_at=now + ahead)
        past.write(trip=trip, by=dispatchers[0])


def _trip(
    chance: Random,
    clients: list[Client],
    asked_at: datetime,
    steps: tuple[Step, ...],
    driver: Driver | None,
    pickup_at: datetime | None = None,
) -> Trip:
    client = chance.choice(clients)
    pickup, destination = chance.sample(town.ADDRESSES, 2)
    phone = client.phones.get(is_main=True).e164
    return Trip(client, phone, pickup, destination, asked_at, steps, driver, pickup_at)
