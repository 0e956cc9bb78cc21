"""The link attached to the simulator, and two dispatchers on shift."""

import asyncio
import contextlib
import uuid
from typing import Any

from dispatch.staff.models import Shift
from telephony.ami.guard import Address
from telephony.models import Call, Intent, Lease
from telephony.runner import Runner
from telephony.services import control, intents
from tests.telephony import office
from tests.telephony.link.conftest import awaited, in_database


class Desk:
    """Vera at 101 and Boris at 102, on shift; the link that puts their phones into the queue."""

    def __init__(self, sim) -> None:
        self.sim = sim

    async def open(self) -> None:
        self.vera, self.boris = await in_database(lambda: (office.vera(), office.boris()))
        await self.start_link()
        async with asyncio.timeout(20):
            while len(self.sim.pbx.queue.roster.members) < 2:
                await asyncio.sleep(0.02)

    async def start_link(self) -> None:
        address = Address.parse(f"ami://sim:sim@127.0.0.1:{self.sim.port}")
        self.running = asyncio.create_task(Runner(address, holder="test").run())
        await awaited(lambda: Lease.objects.filter(pbx=Lease.Pbx.UP).exists(), seconds=20)

    async def close(self) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running

    async def row(self, uniqueid: str, **wanted) -> Call:
        return await awaited(lambda: Call.objects.filter(key=uniqueid, **wanted).first(), seconds=20)

    async def picks(self, who, extension: str, uniqueid: str) -> Intent:
        call = await self.row(uniqueid, queue="dispatch")
        return await in_database(
            lambda: intents.ask(verb="pick", call=call, actor=who, extension=extension, intent_id=uuid.uuid4())
        )

    async def becomes(self, intent: Intent, state: str) -> Intent:
        return await awaited(lambda: Intent.objects.filter(pk=intent.pk, state=state).first(), seconds=20)

    async def asks(self, who, verb: str, call: Call, intent_id: uuid.UUID | None = None, **said: Any) -> Intent:
        """A click on the card of a call that is being talked in."""

        def ask() -> Intent:
            shift = Shift.objects.get(person=who, ended_at=None)
            call.refresh_from_db()
            return control.command(
                verb=verb, call=call, actor=who, shift=shift, intent_id=intent_id or uuid.uuid4(), said=said
            )

        return await in_database(ask)

    async def does(self, who, verb: str, call: Call, **said: Any) -> Intent:
        """The same, confirmed."""
        return await self.becomes(await self.asks(who, verb, call, **said), "confirmed")

    async def handled(self, uniqueid: str, phase: str, second: str = "") -> Call:
        """Once its row says so; `second`: the state of the second party."""

        def look() -> Call | None:
            row = Call.objects.filter(key=uniqueid).first()
            if row is None or row.phase != phase:
                return None
            return row if (row.handling.get("second") or {}).get("state", "") == second else None

        return await awaited(look, seconds=20)
