"""`bin/bench chaos --recordings N`: who is heard after every operation of the desk."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator

from bench._chaos_round import Round
from tests.journeys.conftest import QUICK
from tests.journeys.talk import Talk
from tests.rig.asterisk import Pbx
from tests.rig.office import Office
from tests.rig.phones import Call, Phone

SPOKEN = 0.8  # seconds of each conversation
Heard = list[set[str]]


class Recorded:
    """Vera at 101 talks to a client, Petrov sits at 103. Each operation returns who must be heard in which segment."""

    def __init__(self, office: Office, petrov: Phone) -> None:
        self.talk, self.petrov = Talk(office), petrov
        self.others: list[Call] = []
        time.sleep(SPOKEN)

    def blind(self) -> Heard:
        self.talk.office.redirect(self.talk.client, "desk-transfer", "103-101")
        self.others.append(self.petrov.incoming().answer())
        self._met()
        return [{"client", "101"}, {"client", "103"}]

    def blind_busy(self) -> Heard:
        """It comes back to Vera."""
        self.talk.office.redirect(self.talk.client, "desk-transfer", "103-101")
        self.petrov.incoming().refuse()
        self.others.append(self.talk.vera.incoming().answer())
        self._met()
        return [{"client", "101"}, {"client", "101"}]

    def connect(self) -> Heard:
        at_petrov, second = self.talk.consult(self.petrov)
        self.others.append(at_petrov)
        self.talk.mark = self.talk.office.ami.mark()
        self.talk.office.redirect(second, "desk-join", self.talk.client)
        self._met()
        return [{"client", "101"}, {"client", "103"}]

    def back(self) -> Heard:
        self.talk.consult(self.petrov)
        self._take()
        return [{"client", "101"}, {"client", "101"}]

    def hold(self) -> Heard:
        talk = self.talk
        talk.office.redirect(talk.client, "desk-hold", talk.leg, talk.leg, "desk-idle", talk.client)
        talk.office.ami.wait("DeskIdle", since=talk.mark)
        time.sleep(0.3)
        self._take()
        return [{"client", "101"}, {"client", "101"}]

    def swap(self) -> Heard:
        talk = self.talk
        at_petrov, second = talk.consult(self.petrov)
        self.others.append(at_petrov)
        talk.mark = talk.office.ami.mark()
        talk.office.redirect(second, "desk-hold2", talk.leg, talk.leg, "desk-take", talk.client)
        self._met()
        return [{"client", "101"}, {"client", "101"}]

    def all_three(self) -> Heard:
        talk = self.talk
        at_petrov, second = talk.consult(self.petrov)
        self.others.append(at_petrov)
        talk.mark = talk.office.ami.mark()
        talk.office.redirect(second, "desk-all", talk.client, talk.leg, "desk-all", talk.client)
        talk.office.ami.wait("ConfbridgeJoin", since=talk.mark, Uniqueid=talk.client)
        time.sleep(SPOKEN + 0.7)
        return [{"client", "101"}, {"client", "101", "103"}]

    def park(self) -> Heard:
        talk = self.talk
        talk.office.redirect(talk.client, "desk-park", "101")
        slot = talk.office.ami.wait("ParkedCall", since=talk.mark)["ParkingSpace"]
        talk.mark = talk.office.ami.mark()
        self.others.append(self.petrov.dial(slot).wait_up())
        self._met()
        return [{"client", "101"}, {"client", "103"}]

    def _take(self) -> None:
        self.talk.mark = self.talk.office.ami.mark()
        self.talk.office.redirect(self.talk.leg, "desk-take", self.talk.client)
        self._met()

    def _met(self) -> None:
        """The client is in conversation again, for long enough to be heard."""
        self.talk.office.ami.wait("BridgeEnter", since=self.talk.mark, Uniqueid=self.talk.client)
        time.sleep(SPOKEN)

    def end(self) -> None:
        self.talk.call.hang_up()
        self.talk.call.wait_over()
        for phone in (self.talk.vera, self.petrov):
            phone.hang_up_all()
            phone.quiet()


OPERATIONS: tuple[Callable[[Recorded], Heard], ...] = (
    Recorded.blind,
    Recorded.connect,
    Recorded.blind_busy,
    Recorded.back,
    Recorded.hold,
    Recorded.swap,
    Recorded.all_three,
    Recorded.park,
)


def rounds(count: int, seed: int) -> Iterator[Round]:
    """Each operation in turn, in an order of the seed's; every other one is a blind transfer."""
    chance = random.Random(f"recordings {seed}")  # noqa: S311
    pbx = Pbx(f"recordings-{os.getpid()}", QUICK)
    try:
        for number in range(count):
            operation = Recorded.blind if number % 2 == 0 else chance.choice(OPERATIONS[1:])
            yield _one(pbx, operation, f"--recordings: number {number}, {operation.__name__}")
    finally:
        pbx.stop()


def _one(pbx: Pbx, operation: Callable[[Recorded], Heard], name: str) -> Round:
    office = Office(pbx=pbx, ami=pbx.ami(), outside=pbx.lab(), desks=pbx.lab())
    wrong: list[str] = []
    try:
        recorded = Recorded(office, pbx.desk_phone("103", pbx.lab()))
        expected = operation(recorded)
        recorded.end()
        heard = recorded.talk.recorded()
        if heard != expected:
            wrong.append(f"heard {[sorted(each) for each in heard]}, should be {[sorted(each) for each in expected]}")
    except (TimeoutError, AssertionError) as fault:
        wrong.append(f"the story did not go on: {fault}")
    finally:
        if any(entry["Event"] == "QueueMember" for entry in office.ami.listed("QueueStatus", Queue="dispatch")):
            office.leave("101")
        pbx.send_home()
        pbx.await_quiet(30)
    sys.stdout.write(f"{name}: {'; '.join(wrong) or 'right'}\n")
    sys.stdout.flush()
    return Round(name, wrong)
