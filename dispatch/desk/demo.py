"""The demo town, laid out once: people, telephones, drivers, clients, and the orders of the last days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from dispatch.audit import journal
from dispatch.desk import demo_drivers, demo_fleets, demo_map, past, town
from dispatch.desk.past import Step, Trip
from dispatch.staff.models import Person
from orders import actors
from orders.facts import ASKED, CALLED
from orders.flow import State
from orders.models import CalledOffBy, CancelReason, Client, ClientPhone, Driver, DriverPhone, Fleet, Order, Vehicle
from orders.services import recurrences
from orders.services.recurrences import Plan
from telephony.models import Extension
from telephony.sim.town import Client as Caller
from telephony.sim.town import Driver as Cab
from telephony.sim.town import town as the_town

FINISHED = 36  # orders of the last three days
DAYS = timedelta(days=3)
LAST_TRIP = timedelta(hours=2)  # it ends before the orders under way begin
KEPT_FREE = "17"  # his order is what a newcomer gives him
MINUTE = timedelta(minutes=1)
OFTEN = 0.6  # a client is fetched from his own door

CHANGED_MIND, ANOTHER_CAR = ("Передумал", CalledOffBy.CLIENT), ("Уехал на другой машине", CalledOffBy.CLIENT)
REASONS = (
    CHANGED_MIND,
    ANOTHER_CAR,
    ("Долго ждать", CalledOffBy.CLIENT),
    ("Машина сломалась", CalledOffBy.DRIVER),
    ("Не может подъехать", CalledOffBy.DRIVER),
    ("Заказан дважды", CalledOffBy.OFFICE),
    ("Ошибка в адресе", CalledOffBy.OFFICE),
)

PLACE, ASSIGN = Step("place", 0 * MINUTE), Step("assign", 2 * MINUTE)
SET_OFF, ARRIVE, BOARD = Step("set_off", 1 * MINUTE), Step("arrive", 9 * MINUTE), Step("board", 3 * MINUTE)
TO_THE_END: tuple[Step, ...] = (PLACE, ASSIGN, SET_OFF, ARRIVE, BOARD, Step("complete", 24 * MINUTE))
OTHER_ENDS: tuple[tuple[Step, ...], ...] = (
    (PLACE, Step("cancel", 4 * MINUTE, *CHANGED_MIND)),
    (PLACE, ASSIGN, SET_OFF, Step("cancel", 6 * MINUTE, *ANOTHER_CAR)),
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
SEARCHED = 2  # orders for which the house itself looks for a driver
EVERY_DAY = Plan(range(7), time(8, 15), date(2026, 1, 1))  # one client is fetched every morning
PRE_ORDERS = (  # (asked so long ago, pick-up from now)
    (timedelta(hours=5), timedelta(hours=3)),
    (40 * MINUTE, timedelta(hours=17)),
)


def lay_out() -> bool:
    """Make what is not there yet; changes nothing that somebody made. True: the orders were written now."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('demo town', 0))")
        people = {colleague.username: person(colleague) for colleague in town.COLLEAGUES}
        for telephone in town.TELEPHONES:
            _extension(telephone)
        demo_map.lay_out()
        demo_fleets.lay_out(timezone.now())
        _reasons()
        drivers = [_driver(cab) for cab in the_town().drivers]
        clients = [_client(caller) for caller in the_town().clients]
        Driver.objects.filter(call_sign=KEPT_FREE, person=None).update(person=people["driver17"])
        demo_drivers.lay_out(Driver.objects.filter(pk__in=[one.pk for one in drivers]).order_by("pk"), timezone.now())
        if Order.objects.exists():
            return False
        _write_orders(clients, drivers, (people["vera"], people["boris"]), timezone.now())
        journal.record(None, "demo.laid_out", orders=Order.objects.count(), clients=len(clients), drivers=len(drivers))
    return True


def _reasons() -> None:
    """Where there is none yet."""
    if not CancelReason.objects.exists():
        CancelReason.objects.bulk_create(CancelReason(text=text, by_whom=whom) for text, whom in REASONS)


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
        journal.record(None, "person.added", made, person=str(made), changes={"roles": [[], made.roles]})
    return made


def _extension(telephone: town.Telephone) -> None:
    owner = Person.objects.filter(own_extension=telephone.number).order_by("pk").first()
    defaults = {"interface": f"PJSIP/{telephone.number}", "label": telephone.label, "owner": owner}
    Extension.objects.get_or_create(number=telephone.number, defaults=defaults)


def _driver(cab: Cab) -> Driver:
    driver, new = Driver.objects.get_or_create(
        call_sign=cab.call_sign,
        defaults={
            "last_name": cab.last_name,
            "first_name": cab.first_name,
            "vehicle": _vehicle(cab),
            "on_shift": cab.on_shift,
        },
    )
    if new:
        DriverPhone.objects.bulk_create(
            DriverPhone(driver=driver, e164=phone, raw=phone, is_main=not place)
            for place, phone in enumerate(cab.phones)
        )
    return driver


def _vehicle(cab: Cab) -> Vehicle:
    return Vehicle.objects.get_or_create(plate=cab.plate, defaults={"description": cab.vehicle})[0]


def _client(caller: Caller) -> Client:
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
    trips = [*_finished(chance, clients, drivers, now), *_under_way(chance, clients, drivers, now)]
    for trip in sorted(trips, key=lambda trip: trip.asked_at):
        past.write(trip=trip, by=chance.choice(dispatchers))
    pattern = Order.objects.filter(state=State.COMPLETED, client__mark="").latest("pk")
    plan = replace(EVERY_DAY, starts_on=timezone.localdate())
    recurrences.begin(order_id=pattern.pk, plan=plan, actor=actors.staff(dispatchers[0]))


def _finished(chance: Random, clients: list[Client], drivers: list[Driver], now: datetime) -> Iterator[Trip]:
    for number in range(FINISHED):
        steps = OTHER_ENDS[number // 5 % len(OTHER_ENDS)] if number % 5 == 4 else TO_THE_END
        asked_at = now - LAST_TRIP - chance.random() * (DAYS - LAST_TRIP)
        yield _trip(chance, chance.choice(clients), asked_at, steps, chance.choice(drivers))


def _under_way(chance: Random, clients: list[Client], drivers: list[Driver], now: datetime) -> Iterator[Trip]:
    """Each with a driver and a client of its own."""
    free = [driver for driver in drivers if driver.on_shift and driver.call_sign != KEPT_FREE]
    callers = chance.sample([c for c in clients if c.mark != "blacklisted"], len(UNDER_WAY) + len(PRE_ORDERS))
    for (ago, steps), driver in zip(UNDER_WAY, free, strict=False):
        yield _trip(chance, callers.pop(), now - ago, steps, driver)
    others = [client for client in clients if client.mark != "blacklisted" and client not in callers]
    for client in chance.sample(others, SEARCHED) if len(others) >= SEARCHED else ():
        trip = _trip(chance, client, now - MINUTE, (PLACE,), None)
        yield replace(trip, fleet=Fleet.objects.filter(searches_by_itself=True).first() or trip.fleet)
    for ago, ahead in PRE_ORDERS:
        yield _trip(chance, callers.pop(), now - ago, (Step("schedule", 0 * MINUTE),), None, pickup_at=now + ahead)


def _trip(
    chance: Random,
    client: Client,
    asked_at: datetime,
    steps: tuple[Step, ...],
    driver: Driver | None,
    pickup_at: datetime | None = None,
) -> Trip:
    pickup, destination = chance.sample(the_town().addresses, 2)
    home = next(caller.address for caller in the_town().clients if caller.name == client.name)
    if home not in ("", destination) and chance.random() < OFTEN:
        pickup = home
    phone = client.phones.get(is_main=True).e164
    fleet = chance.choices(_fleets(), (3, 1))[0]
    return Trip(client, phone, pickup, destination, asked_at, steps, driver, pickup_at, fleet=fleet)


def _fleets() -> tuple[Fleet | None, Fleet | None]:
    """The default one, and another where there is one."""
    found = list(Fleet.objects.filter(is_active=True).order_by("-is_default", "pk")[:2])
    return (found[0], found[-1]) if found else (None, None)
