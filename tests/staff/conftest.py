import pytest
from django.test import Client

from dispatch.staff.models import Person, Role
from telephony.models import Extension


@pytest.fixture
def enter(client: Client):
    """Sign a person in, past the password."""

    def go(person: Person) -> Client:
        client.force_login(person)
        return client

    return go


def someone(first: str, last: str, *roles: Role, **fields) -> Person:
    return Person.objects.create(username=first.lower(), first_name=first, last_name=last, roles=list(roles), **fields)


@pytest.fixture
def vera(db) -> Person:
    return someone("Vera", "Ivanova", Role.DISPATCHER, own_extension="101")


@pytest.fixture
def boris(db) -> Person:
    return someone("Boris", "Petrov", Role.DISPATCHER, own_extension="102")


@pytest.fixture
def sofia(db) -> Person:
    return someone("Sofia", "Orlova", Role.SUPERVISOR)


@pytest.fixture
def marina(db) -> Person:
    return someone("Marina", "Kotova", Role.MANAGER)


@pytest.fixture
def anton(db) -> Person:
    return someone("Anton", "Lebedev", Role.ADMINISTRATOR)


@pytest.fixture
def telephones(db) -> list[Extension]:
    return [Extension.objects.create(number=n, interface=f"PJSIP/{n}") for n in ("104", "101", "103", "102")]
