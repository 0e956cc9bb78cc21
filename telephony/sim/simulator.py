"""The pretend PBX as a whole: its phones, its AMI, and the handles that tests and the page steer it by."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from telephony.sim.answers import Answer
from telephony.sim.channel import Channel, Party
from telephony.sim.dialplan import Dialplan
from telephony.sim.pbx import Event, Pbx
from telephony.sim.phones import Manners, Phones
from telephony.sim.protocol import AmiServer
from telephony.sim.recording import Recorder
from telephony.sim.reports import REPORTS
from telephony.sim.verbs import Verbs
from telephony.sim.wire import Action

HOST = "127.0.0.1"
CITY = "4950000"
SECOND_CITY = "4950001"  # of the second fleet


@dataclass(slots=True)
class Office:
    """One start of the PBX and everything that lives no longer than it."""

    pbx: Pbx
    dialplan: Dialplan
    phones: Phones
    verbs: Verbs


class Simulator:
    """`async with Simulator(user=…, secret=…) as sim:` listens on `sim.port`; nobody calls unless told to."""

    def __init__(
        self,
        *,
        user: str = "sim",
        secret: str = "sim",  # noqa: S107  a loopback default for tests; the command always names one
        port: int = 0,
        recordings: Path | None = None,
        manners: Manners | None = None,
        seed: int | None = None,
        city: str = CITY,
    ) -> None:
        self.port = port
        self.city = city
        self.chance = random.Random(seed)  # noqa: S311  who calls next is no secret
        self._manners = manners or Manners()
        self._recorder = Recorder(recordings)
        self._server = AmiServer(user, secret, self._perform)
        self._database: dict[tuple[str, str], str] = {}  # AstDB: it stays over a restart
        self._office: Office | None = None

    async def start(self) -> None:
        """Listen; OSError when the port is taken."""
        self._boot()
        self.port = await self._server.listen(HOST, self.port)

    async def stop(self) -> None:
        await self._server.close()
        await self._halt()

    async def __aenter__(self) -> "Simulator":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _boot(self) -> None:
        pbx = Pbx((self.city, SECOND_CITY), self._server.tell, self._invite)
        pbx.database = self._database
        dialplan = Dialplan(pbx, self._recorder)
        phones = Phones(pbx, dialplan, self._manners, self.chance)
        self._office = Office(pbx, dialplan, phones, Verbs(pbx, dialplan, phones))
        self._server.started = pbx.started

    async def _halt(self) -> None:
        office, self._office = self.office, None
        office.pbx.silence()
        office.phones.stop()
        office.verbs.stop()
        await office.dialplan.stop()
        self._recorder.end_all()

    @property
    def office(self) -> Office:
        if self._office is None:
            raise RuntimeError("the simulator is not started")
        return self._office

    @property
    def pbx(self) -> Pbx:
        return self.office.pbx

    @property
    def clients(self) -> int:
        """AMI clients that are signed in."""
        return self._server.clients

    def _invite(self, leg: Channel) -> None:
        self.office.phones.invite(leg)

    async def _perform(self, action: Action) -> Answer | None:
        report = REPORTS.get(action.name.lower())
        return report(self.pbx, action) if report else await self.office.verbs.do(action)

    # --- handles --------------------------------------------------------------------------------------------------

    async def ring(
        self,
        number: str,
        name: str = "",
        *,
        dialled: str = "",
        patience: float | None = None,
        talk: float | None = None,
    ) -> str:
        """Somebody outside calls the city number; the uniqueid of his channel. An empty number is a hidden one.

        He rings off after `patience` seconds without an answer, and after `talk` seconds with one; None: never.
        """
        caller = Party(number, name)
        channel = self.office.phones.call_in(caller, dialled or self.city, patience=patience, talk=talk)
        await asyncio.sleep(0)
        return channel.uniqueid

    async def dial(self, extension: str, number: str) -> str:
        """A desk phone dials; the uniqueid of its channel."""
        channel = self.office.phones.dial(extension, number)
        await asyncio.sleep(0)
        return channel.uniqueid

    def answer(self, extension: str) -> str:
        """Lift the receiver of a ringing desk phone; Refusal when it does not ring."""
        return self.office.phones.answer(extension)

    def refuse(self, extension: str) -> None:
        self.office.phones.refuse(extension)

    def say_busy(self, extension: str) -> None:
        self.office.phones.say_busy(extension)

    def hang_up(self, who: str) -> None:
        """An extension, a caller's number, a channel's name or its uniqueid."""
        self.office.phones.hang_up(who)

    def mute(self, extension: str) -> None:
        """From now on that phone does not answer by itself, even when asked to."""
        self.office.phones.silent.add(extension)

    def unmute(self, extension: str) -> None:
        self.office.phones.silent.discard(extension)

    def unplug(self, extension: str) -> None:
        """That phone is registered no longer."""
        self.pbx.unplugged.add(extension)
        self.pbx.device_changed(f"PJSIP/{extension}")

    def plug_in(self, extension: str) -> None:
        self.pbx.unplugged.discard(extension)
        self.pbx.device_changed(f"PJSIP/{extension}")

    def freeze(self) -> None:
        """Every AMI socket stays open and says nothing; calls go on."""
        self._server.freeze()

    def thaw(self) -> None:
        self._server.thaw()

    async def restart(self) -> None:
        """As if the process had been killed and started: calls and members are gone, connections cut, a new start."""
        await self._halt()
        self._server.thaw()
        self._server.drop_all()
        self._boot()

    def drop(self) -> None:
        """Cut every AMI connection; calls go on."""
        self._server.drop_all()


__all__ = ["CITY", "HOST", "SECOND_CITY", "Event", "Manners", "Simulator"]
