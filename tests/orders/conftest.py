"""The people of the office, their clients and their cars."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from dispatch.staff.models import Person, Role, Shift
from orders import actors
from orders.actors import Actor
from orders.models import Client, ClientPhone, Driver, Order, Vehicle
from orders.services import lifecycle
from tests.live.web import others_are_busy

ANNA = "+79123456789"


def person(username: str, *roles: Role, last_name: str = "") -> Person:
    return Person.objects.create(
        username=username, first_name=username.title(), last_name=last_name or username.title(), roles=list(roles)
    )


def on_shift(someone: Person, extension: str) -> Person:
    Shift.objects.create(person=someone, extension=extension, started_at=timezone.now())
    return someone


@pytest.fixture
def live_server(live_server: Any) -> Iterator[Any]:
    """Done with what the closed pages had asked for when the tables are emptied."""
    yield live_server
    end = time.monotonic() + 5
    while others_are_busy() and time.monotonic() < end:
        time.sleep(0.02)


@pytest.fixture
def vera(db) -> Person:
    return on_shift(person("vera", Role.DISPATCHER, last_name="Ветрова"), "101")


@pytest.fixture
def boris(db) -> Person:
    return on_shift(person("boris", Role.DISPATCHER, last_name="Борисов"), "102")


@pytest.fixture
def olga(db) -> Person:
    return on_shift(person("olga", Role.SUPERVISOR, last_name="Орлова"), "103")


@pytest.fixture
def marina(db) -> Person:
    return person("marina", Role.MANAGER)


@pytest.fixture
def by_vera(vera: Person) -> Actor:
    return actors.staff(vera)


@pytest.fixture
def by_boris(boris: Person) -> Actor:
    return actors.staff(boris)


@pytest.fixture
def by_olga(olga: Person) -> Actor:
    return actors.staff(olga)


@pytest.fixture
def anna(db) -> Client:
    anna = Client.objects.create(name="Анна Петрова")
    ClientPhone.objects.create(client=anna, e164=ANNA, raw="8 912 345-67-89", is_main=True)
    return anna


def driver(call_sign: str, someone: Person | None = None) -> Driver:
    return Driver.objects.create(
        call_sign=call_sign,
        first_name="Иван",
        last_name="Соколов",
        vehicle=Vehicle.objects.get_or_create(plate=f"A1{call_sign}BC", defaults={"description": "white Škoda"})[0],
        person=someone,
        on_shift=True,
    )


@pytest.fixture
def ivan(db) -> Driver:
    return driver("17", person("ivan", Role.DRIVER))


@pytest.fixture
def pyotr(db) -> Driver:
    return driver("18", person("pyotr", Role.DRIVER))


@pytest.fixture
def order(anna: Client, by_vera: Actor) -> Order:
    return placed(anna, by_vera)


def placed(client: Client, by: Actor, pickup: str = "Ленина, 5", **fields: object) -> Order:
    return lifecycle.enter(order=Order(client=client, phone=ANNA, pickup=pickup, **fields), actor=by)


@pytest.fixture
def signed_in(client: Browser) -> Callable[[Person], Browser]:
    def sign_in(someone: Person) -> Browser:
        browser = Browser()
        browser.force_login(someone)
        return browser

    return sign_in


HTMX = {"HTTP_HX_REQUEST": "true"}
