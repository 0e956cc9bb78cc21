"""Who calls when. One caller every twenty to thirty seconds while somebody is on shift, fewer while nobody is."""

import asyncio
import math
from collections.abc import Callable
from enum import Enum

from telephony.sim.simulator import SECOND_CITY, Simulator
from telephony.sim.town import on_the_wire, stranger, town

EVERY = (18.0, 30.0)  # seconds between two callers
EVERY_WITHOUT_STAFF = (90.0, 150.0)
PATIENCE = (40.0, 90.0)
TALK = (20.0, 60.0)
MOST_WAITING = 4
FIRST_RING = 1.5  # seconds after somebody came on shift
LOOK = 0.25

SLOWEST, FASTEST = 0.1, 20.0


class Kind(Enum):
    STRANGER = "stranger"
    CLIENT = "client"
    DRIVER = "driver"
    HIDDEN = "hidden"


WEIGHTS = {Kind.STRANGER: 35, Kind.CLIENT: 40, Kind.DRIVER: 20, Kind.HIDDEN: 5}
CITY_WEIGHTS = (2, 1)


class Timetable:
    """`pace` 2 is twice as many callers; they also talk half as long. `running` False pauses it."""

    def __init__(self, sim: Simulator, pace: float = 1.0) -> None:
        self._sim = sim
        self._pace = 1.0
        self.pace = pace
        self.running = True
        self._left = 0.0  # seconds of the timetable until the next caller

    @property
    def pace(self) -> float:
        return self._pace

    @pace.setter
    def pace(self, pace: float) -> None:
        if math.isnan(pace):
            raise ValueError(pace)
        self._pace = min(max(pace, SLOWEST), FASTEST)

    async def run(self) -> None:
        """Never returns."""
        staffed = False
        while True:
            await asyncio.sleep(LOOK)
            if not self.running or not self._sim.clients:
                continue
            queue = self._sim.pbx.queue
            if bool(queue.roster.members) and not staffed and not queue.entries:
                self._left = min(self._left, FIRST_RING * self._pace)
            staffed = bool(queue.roster.members)
            self._left -= LOOK * self._pace
            if self._left <= 0:
                self._left = self._between(*(EVERY if staffed else EVERY_WITHOUT_STAFF))
                if len(queue.entries) < (MOST_WAITING if staffed else 1):
                    await self.ring(self._whose_turn())

    def _between(self, low: float, high: float) -> float:
        return self._sim.chance.uniform(low, high)

    def _whose_turn(self) -> Kind:
        return self._sim.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]

    async def ring(self, kind: Kind) -> str:
        """Somebody of that kind calls now; the uniqueid of his channel."""
        number = self._number(kind)
        name = "Anonymous" if kind is Kind.HIDDEN else ""
        patience, talk = self._between(*PATIENCE) / self._pace, self._between(*TALK) / self._pace
        dialled = self._sim.chance.choices((self._sim.city, SECOND_CITY), CITY_WEIGHTS)[0]
        return await self._sim.ring(number, name, dialled=dialled, patience=patience, talk=talk)

    def _number(self, kind: Kind) -> str:
        chance, people = self._sim.chance, town()
        numbers: dict[Kind, Callable[[], str]] = {
            Kind.STRANGER: lambda: stranger(chance),
            Kind.CLIENT: lambda: chance.choice(chance.choice(people.clients).phones),
            Kind.DRIVER: lambda: chance.choice(chance.choice([d for d in people.drivers if d.on_shift]).phones),
            Kind.HIDDEN: lambda: "anonymous",  # the user part of the From that carriers send then
        }
        return on_the_wire(numbers[kind]())
