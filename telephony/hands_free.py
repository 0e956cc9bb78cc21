"""A call that we place asks the telephone to answer by itself. This tries the ways, learns which one its model takes,
and says "lift the handset" to the person where none does."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from telephony.ami import actions
from telephony.ami.guard import NotSent, Session, Unanswered
from telephony.core.hands_free import Way, model_of
from telephony.core.pbx import ChannelChanged, ChannelGone, ChannelNew, DialRinging, Report
from telephony.following import Database
from telephony.lease import Tenure
from telephony.models import Intent
from telephony.own_phone import OwnPhone, is_browser
from telephony.services import intents, phone_models

log = logging.getLogger(__name__)

Told = ChannelNew | ChannelChanged | ChannelGone | DialRinging  # what a telephone is heard by
PATIENCE = 1.0  # seconds of ringing until a way has failed; after two of them the person is told


@dataclass(eq=False)
class Asked:
    """A telephone that shall answer. `prefix`: of its channels' names; `legs`: those that ring, and whether each was
    lifted; the last one is ours, an earlier one may ring on for the queue."""

    prefix: str = "?"
    legs: dict[str, bool] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, report: Told) -> None:
        name = report.target.name if isinstance(report, DialRinging) else report.channel.name
        if not name.startswith(self.prefix):
            return
        if isinstance(report, ChannelGone):
            self.legs.pop(name, None)
        elif isinstance(report, DialRinging) or report.channel.state in ("Ringing", "Up"):
            self.legs[name] = not isinstance(report, DialRinging) and report.channel.state == "Up"
        self.news.set()

    @property
    def leg(self) -> str:
        return next(reversed(self.legs), "")

    async def rings(self) -> str:
        while not self.leg:
            await self._heard()
        return self.leg

    async def is_answered(self, leg: str) -> bool:
        """Within the time that a way has, and before it stops to ring."""
        try:
            async with asyncio.timeout(PATIENCE):
                while self.leg == leg and not self.legs[leg]:
                    await self._heard()
        except TimeoutError:
            return False
        return self.legs.get(leg, False)

    async def _heard(self) -> None:
        await self.news.wait()
        self.news.clear()


class HandsFree:
    """All of one tenure. `database` runs a function in the database thread, in the order of asking."""

    def __init__(self, tenure: Tenure, database: Database, phone_of: OwnPhone) -> None:
        self._tenure = tenure
        self._database = database
        self._phone_of = phone_of
        self._asked: dict[Asked, asyncio.Task[None]] = {}

    def hear(self, report: Report) -> None:
        if self._asked and isinstance(report, Told):
            for asked in self._asked:
                asked.hear(report)

    @asynccontextmanager
    async def attending(self, intent: Intent, session: Session) -> AsyncIterator[None]:
        """While that click is on its way. What rings at its end is still learned from."""
        asked = Asked()
        self._asked[asked] = asyncio.create_task(self._attend(intent, asked, session))
        await asyncio.sleep(0)  # it asks the database before the click does
        try:
            yield
        finally:
            if not asked.legs and (task := self._asked.get(asked)):
                task.cancel()

    async def close(self) -> None:
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _attend(self, intent: Intent, asked: Asked, session: Session) -> None:
        try:
            endpoint = await self._phone_of(session, intent.extension)  # known before anything is sent
            asked.prefix = f"PJSIP/{endpoint}-"
            model, sure = await self._known(session, endpoint, intent.extension)
            shown = None
            while shown is None:
                shown = await self._try(intent, asked, session, sure)
            log.info("call %s: the %s of %s: %s", intent.about, model or "telephone", intent.extension, shown)
            if model:
                await self._database(phone_models.learn, self._tenure, intent.extension, model, shown)
        except (NotSent, Unanswered):
            pass  # the click itself says so
        except Exception:
            log.exception("call %s: its telephone was not attended to", intent.about)
        finally:
            del self._asked[asked]

    async def _known(self, session: Session, endpoint: str, extension: str) -> tuple[str, Way | None]:
        """Its model, "" where there is nothing to be learned; and the way that is sure."""
        if is_browser(endpoint, extension):
            return "", Way.BROWSER
        model = model_of(await actions.user_agent(session, endpoint))
        return model, (await self._database(phone_models.record, model)).sure

    async def _try(self, intent: Intent, asked: Asked, session: Session, sure: Way | None) -> Way | None:
        """The way in which it answered; None: it stopped to ring before that was seen."""
        leg = await asked.rings()
        if sure == Way.HAND:
            await self._database(intents.hint, self._tenure, intent, intents.LIFT)
        if sure == Way.TALK:
            await actions.talk(session, channel=leg)
        if await asked.is_answered(leg):
            return sure if sure in (Way.TALK, Way.BROWSER) else Way.HEADER
        if sure is None and asked.leg == leg:
            await actions.talk(session, channel=leg)
            if await asked.is_answered(leg):
                return Way.TALK
        if asked.leg != leg:
            return None
        is_here = sure == Way.BROWSER
        await self._database(intents.hint, self._tenure, intent, intents.ANSWER_HERE if is_here else intents.LIFT)
        return Way.BROWSER if is_here else Way.HAND
