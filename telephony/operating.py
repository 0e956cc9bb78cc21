"""Clicks on a call that is being talked in: sent as the one action that each is, settled by what it then shows."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone

from telephony.ami import actions
from telephony.ami.guard import NotSent, Session, Unanswered
from telephony.ami.link import Link
from telephony.core import call as told
from telephony.core import operations, rules
from telephony.core.facts import CallChanged, Fact, Said
from telephony.core.operations import DONE, Outcome
from telephony.lease import Tenure
from telephony.models import Intent
from telephony.recognition import is_short
from telephony.services import intents

log = logging.getLogger(__name__)

CONSULT_OVER, JOIN_LATE, SENT = "DeskConsultEnd", "DeskJoinLate", "DeskTransfer"  # UserEvents of our dialplan
NO_TARGET = "NOTARGET"

Database = Callable[..., Awaitable[Any]]
Settle = Callable[[Intent, Outcome], Awaitable[None]]


class LineLost(Exception):
    """The connection ended while something was on its way."""


@dataclass
class Running:
    """One click under way. `outcome`: what has become of it, once the call has shown it or the dialplan has said it."""

    intent: Intent
    key: str
    call: told.Call | None
    outcome: Outcome | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def desk(self) -> str:
        return str(self.intent.args.get("desk") or self.intent.extension)

    def hear(self, fact: Fact) -> None:
        if isinstance(fact, CallChanged) and fact.key == self.key:
            self.call = fact.call
            self.outcome = self.outcome or self.look()
        elif isinstance(fact, Said) and self.call and self._is_about(fact, self.call):
            self.outcome = self._meaning(fact) or self.outcome
        self.news.set()

    def look(self) -> Outcome | None:
        return operations.outcome(self.intent.verb, self.call, self.desk, self.intent.args)

    def _is_about(self, said: Said, call: told.Call) -> bool:
        client = said.fields.get("Client")
        return bool(client) and any(leg.uniqueid == client for leg in call.legs)

    def _meaning(self, said: Said) -> Outcome | None:
        verb = self.intent.verb
        if verb == operations.CONSULT and said.name == CONSULT_OVER:
            return Outcome(operations.NO_TARGET) if said.fields.get("Result") == NO_TARGET else DONE
        if verb == operations.CONNECT and said.name == JOIN_LATE:
            return Outcome(operations.NOT_DONE)
        return DONE if verb == operations.SEND and said.name == SENT else None


class Operations:
    """All of one tenure. Runs in the event loop; `database` runs a function in the database thread, `endpoint_of` there
    the telephone of an extension; `settle` writes an outcome down."""

    def __init__(
        self,
        link: Link,
        tenure: Tenure,
        board_key: Callable[[str], str],
        database: Database,
        endpoint_of: Callable[[str], str],
        settle: Settle,
    ) -> None:
        self._link = link
        self._tenure = tenure
        self._board_key = board_key
        self._database = database
        self._endpoint_of = endpoint_of
        self._settle = settle
        self._running: dict[str, Running] = {}  # by the board's key: one at a time for each call

    def hear(self, facts: tuple[Fact, ...]) -> None:
        for running in self._running.values():
            for fact in facts:
                running.hear(fact)

    def line_lost(self) -> None:
        for running in self._running.values():
            running.news.set()

    async def carry_out(self, intent: Intent, session: Session) -> None:
        key = self._board_key(intent.its_call.key)
        running = Running(intent, key, self._link.board.calls.get(key))
        why = operations.refusal(intent.verb, operations.standing(running.call))
        before = self._running.get(key)
        if why is None and before is not None and before.outcome is None:
            why = rules.Refusal("under_way")
        if why is not None:
            await self._settle(intent, Outcome(why.id, why.args.get("by", "")))
            return
        self._running[key] = running  # before anything is awaited
        try:
            if await self._database(intents.claim, self._tenure, intent):
                await self._settle(intent, await self._perform(session, running))
        except NotSent as error:
            log.warning("call %s: %s was not sent: %s", key, intent.verb, error)
            await self._settle(intent, Outcome("no_link_talk"))
        except (Unanswered, LineLost):
            await self._database(intents.doubt, self._tenure, intent)
        except TimeoutError:
            await self._database(intents.expire, self._tenure, intent)
        finally:
            if self._running.get(key) is running:  # and not the next one, of somebody who has seen the outcome already
                del self._running[key]

    async def resolve(self, intent: Intent) -> None:
        """After a reconnect: what the PBX has now tells what became of it."""
        call = self._link.board.calls.get(self._board_key(intent.its_call.key))
        seen = operations.outcome(intent.verb, call, str(intent.args.get("desk") or intent.extension), intent.args)
        await self._settle(intent, seen or Outcome(operations.NOT_DONE))

    async def _perform(self, session: Session, running: Running) -> Outcome:
        intent = running.intent
        endpoint = await self._database(self._endpoint_of, running.desk)
        if await self._is_unreachable(session, intent):
            return Outcome("unreachable")
        call = running.call
        order = operations.order(intent.verb, call, running.desk, endpoint=endpoint, args=intent.args) if call else None
        if order is None:
            return Outcome(rules.OVER)
        log.info("call %s: %s: %s", running.key, intent.actor, intent.verb)
        reply = await actions.perform(session, order)
        if not reply.ok:
            log.info("call %s: the PBX does not take it: %s", running.key, reply.message)
            return running.outcome or Outcome(operations.NOT_DONE)
        if intent.verb == operations.KEYS:
            return DONE  # a sound: the PBX reports none that it makes
        async with asyncio.timeout((intent.deadline - timezone.now()).total_seconds()):
            while running.outcome is None:
                if self._link.session is not session:
                    raise LineLost
                await running.news.wait()
                running.news.clear()
        return running.outcome

    async def _is_unreachable(self, session: Session, intent: Intent) -> bool:
        """No telephone is registered at the extension that is to be called."""
        to = intent.args.get("to", "")
        if intent.verb not in (operations.CONSULT, operations.SEND) or not is_short(to):
            return False
        return await actions.is_off(session, to, context=settings.PBX_STAFF_CONTEXT)
