"""What the stories of the link share: a PBX that does what it is told, and link processes on the test database."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from tests.rig.asterisk import Pbx
from tests.telephony.link.desk import Desk
from tests.telephony.link.rogue import Rogue

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def rogue():
    async with Rogue() as rogue:
        yield rogue


@pytest.fixture(scope="module")
def asterisk(request: pytest.FixtureRequest) -> Iterator[Pbx]:
    """A real PBX of this file's own."""
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_").replace("_", "-")
    pbx = Pbx(f"{name}-{os.getpid()}")
    yield pbx
    pbx.stop()


@pytest.fixture
def desk(asterisk: Pbx, transactional_db: None, start_link: "Callable[[str], Running]") -> Iterator[Desk]:
    """Vera and Boris on shift at their telephones, and the link that knows it."""
    yield Desk(asterisk, start_link)
    asterisk.send_home()


@dataclass(frozen=True)
class Running:
    """A link process and what it says."""

    process: subprocess.Popen[bytes]
    log: Path


@pytest.fixture
def start_link(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    """Start `manage.py link --ami URL` on the test database; all are gone after the test."""
    given = connection.get_connection_params()
    where = f"{quote(given['user'])}:{quote(given.get('password') or '')}@{given['host']}:{given['port']}"
    url = f"postgres://{where}/{given['dbname']}"
    started: list[Running] = []

    def start(ami: str) -> Running:
        log = tmp_path / f"link-{len(started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, ROOT / "manage.py", "link", "--ami", ami],
                env={**os.environ, "DATABASE_URL": url},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(Running(process, log))
        return started[-1]

    yield start
    for link in started:
        if link.process.poll() is None:
            link.process.send_signal(signal.SIGCONT)
            link.process.kill()
        link.process.wait()
        sys.stdout.write(f"--- {link.log.name}\n{link.log.read_text()}")


@sync_to_async
def in_database(function: Callable[[], Any]) -> Any:
    """Run a function of the database out of the event loop, and leave no connection behind."""
    try:
        return function()
    finally:
        connection.close()


async def awaited(function: Callable[[], Any], *, seconds: float = 5.0) -> Any:
    """The first true answer that the database gives."""
    async with asyncio.timeout(seconds):
        while not (answer := await in_database(function)):
            await asyncio.sleep(0.05)
        return answer
