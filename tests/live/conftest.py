import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dispatch.staff.models import Person, Role
from tests.live.web import Web, greeted


@pytest.fixture
def start_web(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """Starts web processes; all are stopped at the end."""
    running: list[Web] = []
    count = itertools.count()

    def start(**options: str) -> Web:
        running.append(Web(tmp_path / f"web-{next(count)}.log", **options))
        return running[-1]

    yield start
    for web in running:
        web.stop()


@pytest.fixture(scope="module")
def shared_web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    web = Web(tmp_path_factory.mktemp("web") / "web.log")
    yield web
    web.stop()


@pytest.fixture
def web(shared_web: Web, transactional_db: None, make_person: Callable[..., Person]) -> Web:
    """A web process that other tests have used before; it has seen that the outbox is empty again."""
    with greeted(shared_web, make_person("Witness", Role.DISPATCHER)) as witness:
        witness.until(lambda frame: frame["type"] == "beat" and not any(frame["numbers"].values()))
    return shared_web


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    names = itertools.count(1)

    def make(first: str, *roles: str) -> Person:
        return Person.objects.create(
            username=f"{first.lower()}{next(names)}", first_name=first, last_name="Office", roles=list(roles)
        )

    return make


@pytest.fixture
def vera(transactional_db: None, make_person: Callable[..., Person]) -> Person:
    return make_person("Vera", Role.DISPATCHER)


@pytest.fixture
def boris(transactional_db: None, make_person: Callable[..., Person]) -> Person:
    return make_person("Boris", Role.DISPATCHER)


@pytest.fixture
def sofia(transactional_db: None, make_person: Callable[..., Person]) -> Person:
    return make_person("Sofia", Role.SUPERVISOR)
