"""The people of the pretend town. The same file fills the database of the demo, so that the desk knows who calls."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

FILE = Path(__file__).with_name("town.json")


@dataclass(frozen=True, slots=True)
class Client:
    name: str
    phones: tuple[str, ...]  # E.164; one number may belong to two clients
    mark: str = ""  # vip, blacklisted
    mark_reason: str = ""
    notes: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Driver:
    call_sign: str
    last_name: str
    first_name: str
    vehicle: str
    plate: str
    phones: tuple[str, ...]  # E.164
    on_shift: bool = True


@dataclass(frozen=True, slots=True)
class Town:
    clients: tuple[Client, ...]
    drivers: tuple[Driver, ...]
    addresses: tuple[str, ...]

    def numbers(self) -> frozenset[str]:
        """Every number that somebody of the town has."""
        clients = (phone for client in self.clients for phone in client.phones)
        return frozenset(clients) | {phone for driver in self.drivers for phone in driver.phones}


@cache
def town() -> Town:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return Town(
        tuple(Client(**{**one, "phones": tuple(one["phones"])}) for one in data["clients"]),
        tuple(Driver(**{**one, "phones": tuple(one["phones"])}) for one in data["drivers"]),
        tuple(data["addresses"]),
    )


def stranger(chance: Random) -> str:
    """The number of somebody whom the town does not know."""
    while True:
        number = f"+7916{chance.randrange(10**7):07}"
        if number not in town().numbers():
            return number


def on_the_wire(number: str) -> str:
    """As the carrier sends it: without the plus."""
    return number.removeprefix("+")
