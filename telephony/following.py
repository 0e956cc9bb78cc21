"""What clicks have in common once they are sent: the PBX is heard until it shows the outcome, which is written down."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from telephony.ami.guard import NotSent, Session, Unanswered
from telephony.ami.link import Link
from telephony.core.operations import Outcome
from telephony.lease import Tenure
from telephony.models import Intent
from telephony.services import intents

log = logging.getLogger(__name__)

Database = Callable[..., Awaitable[Any]]
Settle = Callable[[Intent, Outcome], Awaitable[None]]


class LineLost(Exception):
    """The connection ended while something was on its way."""


@dataclass(kw_only=True)
class OnItsWay:
    """`outcome`: once the PBX has shown it. `news`: something was heard, or the line is lost."""

    outcome: Outcome | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Following:
    """Of one tenure. `database` runs a function in the database thread; `settle` writes an outcome down."""

    def __init__(self, link: Link, tenure: Tenure, database: Database, settle: Settle) -> None:
        self._link = link
        self._tenure = tenure
        self._database = database
        self._settle = settle

    async def shown(self, session: Session, click: OnItsWay, until: datetime) -> Outcome:
        """Raises TimeoutError, or LineLost."""
        await self.until(session, click, lambda: click.outcome is not None, until)
        assert click.outcome is not None
        return click.outcome

    async def until(self, session: Session, click: OnItsWay, look: Callable[[], bool], until: datetime) -> None:
        """The PBX is heard until `look` says so. Raises TimeoutError, or LineLost."""
        async with asyncio.timeout((until - timezone.now()).total_seconds()):
            while not look():
                await self.news(session, click.news)

    async def news(self, session: Session, news: asyncio.Event) -> None:
        """Raises LineLost."""
        if self._link.session is not session:
            raise LineLost
        await news.wait()
        news.clear()

    async def written(self, intent: Intent, work: Awaitable[Outcome | None], *, unsent: str) -> None:
        """What becomes of `work` is written down. None: another has this click. `unsent`: a key of the sentences."""
        try:
            outcome = await work
            if outcome is not None:
                await self._settle(intent, outcome)
        except NotSent as error:
            log.warning("call %s: %s was not sent: %s", intent.about, intent.verb, error)
            await self._settle(intent, Outcome(unsent))
        except (Unanswered, LineLost):
            await self._database(intents.doubt, self._tenure, intent)
        except TimeoutError:
            await self._database(intents.expire, self._tenure, intent)
