"""A real Asterisk for the journeys, with people's telephones around it; and the whole house with a browser."""

import atexit
import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.journeys.street import PretendStreet, RealStreet, Street
from tests.journeys.talk import Talk
from tests.rig import chroot
from tests.rig.asterisk import Pbx
from tests.rig.office import Office
from tests.rig.phones import Lab, Phone

# limits of the dialplan in seconds, shorter than the product's; and what only looks like an extension
QUICK = {"DESK_RING": "4", "DESK_BACK": "4", "DESK_HOLD_MAX": "20", "CITY_SHORT": "112-199"}
BOTH = [pytest.param("asterisk", marks=pytest.mark.rig), "sim"]
# The pretend PBX stands in where the real one is not installed; what differs between them is tested beneath the screen
# (tests/telephony/sim). JOURNEYS_ON=both: all of them on each.
ONE = BOTH[:1] if chroot.is_installed() and os.environ.get("JOURNEYS_ON") != "both" else BOTH
PORTS = range(25100, 28000, 100)  # of a run's houses; each run beside it has others
_claim = socket.socket()
atexit.register(_claim.close)


def _first_port() -> int:
    """Of a hundred that nobody else has as long as this process lives: the last one of them says so."""
    for first in PORTS:
        with contextlib.suppress(OSError):
            _claim.bind(("127.0.0.1", first + PORTS.step - 1))
            return first
    raise OSError(f"all ports of {PORTS} are taken")


FIRST_PORT = _first_port()


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Pbx]:
    if not chroot.is_installed():
        pytest.skip("needs the real Asterisk: bin/rig install (root, Debian)")
    pbx = Pbx(f"test-{os.getpid()}", QUICK)
    yield pbx
    pbx.stop()


@pytest.fixture
def office(asterisk: Pbx) -> Iterator[Office]:
    made = Office(pbx=asterisk, ami=asterisk.ami(), outside=asterisk.lab(), desks=asterisk.lab())
    yield made
    for entry in made.ami.listed("QueueStatus", Queue="dispatch"):
        if entry["Event"] == "QueueMember":
            made.leave(entry["Location"].removeprefix("PJSIP/"))
    asterisk.send_home()
    asterisk.await_quiet()


@pytest.fixture
def petrov_lab(office: Office) -> Lab:
    return office.pbx.lab()


@pytest.fixture
def petrov(office: Office, petrov_lab: Lab) -> Phone:
    """Petrov, at 103, is no dispatcher."""
    return office.pbx.desk_phone("103", petrov_lab)


@pytest.fixture
def talk(office: Office) -> Talk:
    """Vera talks to a client."""
    return Talk(office)


@dataclass
class Town:
    """One house, its street and a browser."""

    house: House
    street: Street
    chromium: Browser
    desks: list[Desk]

    def desk(self, username: str) -> Desk:
        house, before = self.house, self.house.sessions.get(username)
        desk = Desk(self.chromium, house.url, username, house.passwords[username], before)
        house.sessions[username] = desk.context.cookies()
        self.desks.append(desk)
        return desk

    def order_for(self, number: str, pickup: str) -> int:
        """Boris takes an order that came by another way; its number."""
        asked = f"from tests.journeys.people import take_order; print(take_order({number!r}, {pickup!r}))"
        return int(self.house.manage("shell", "-v", "0", "-c", asked))


@pytest.fixture(scope="session")
def real_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Street]]:
    pbx = Pbx(f"house-{os.getpid()}", QUICK)
    try:
        yield from _house(tmp_path_factory.mktemp("real"), RealStreet(pbx))
    finally:
        pbx.stop()


@pytest.fixture(scope="session")
def pretend_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Street]]:
    folder = tmp_path_factory.mktemp("pretend")
    yield from _house(folder, PretendStreet(folder / "pbx", first_port=FIRST_PORT + 60))


def _house(folder: Path, street: Street) -> Iterator[tuple[House, Street]]:
    try:
        house = House(folder, first_port=FIRST_PORT, ami=street.ami, recordings=street.recordings, phone=street.phone)
        try:
            yield house, street
        finally:
            house.stop()
    finally:
        street.stop()


@pytest.fixture(params=ONE)
def town(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Town]:
    """The whole office on the real PBX; on the pretend one, too, where a file says so (`on_both`)."""
    house, street = request.getfixturevalue("real_house" if request.param == "asterisk" else "pretend_house")
    yield from _town(house, street, chromium)


@pytest.fixture
def real_town(real_house: tuple[House, Street], chromium: Browser) -> Iterator[Town]:
    """The same, on the real PBX alone."""
    yield from _town(*real_house, chromium)


on_both = pytest.mark.parametrize("town", BOTH, indirect=True)


def _town(house: House, street: Street, chromium: Browser) -> Iterator[Town]:
    made = Town(house, street, chromium, [])
    try:
        yield made
    finally:
        for desk in made.desks:
            desk.close()
        street.reset()
        house.forget_the_day()
