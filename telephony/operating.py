"""Clicks on a call that is being talked in: sent as the one action that each is, settled by what it then shows."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from telephony.ami import actions
from telephony.ami.guard import Session
from telephony.ami.link import Link
from telephony.core import call as told
from telephony.core import operations, phones, placing, rules, watching
from telephony.core.facts import CallChanged, Fact, Said, WatcherGone
from telephony.core.operations import DONE, Order, Outcome
from telephony.following import Database, Following, OnItsWay, Settle
from telephony.lease import Tenure
from telephony.models import Intent
from telephony.own_phone import in_use
from telephony.recognition import is_short
from telephony.services import intents

log = logging.getLogger(__name__)

CONSULT_OVER, JOIN_LATE, SENT = "DeskConsultEnd", "DeskJoinLate", "DeskTransfer"  # UserEvents of our dialplan
TAKE_OVER_LATE = "DeskTakeOverLate"
NOT_CALLED = {
    "NOTARGET": Outcome(operations.NO_TARGET),
    "DND": Outcome(placing.TARGET_REFUSES),
}  # Result of CONSULT_OVER

# what the action says of one's own telephone: who is rung again, or who is called
NAME_IT = (operations.SEND, operations.PARK_IT, operations.UNPARK, *watching.VERBS)


@dataclass
class Running(OnItsWay):
    """One click on a call. Its outcome is shown by the call, or said by the dialplan."""

    intent: Intent
    key: str
    call: told.Call | None
    leg: str = ""  # of a supervisor: the leg that he watches with

    @property
    def turn(self) -> str:
        """One at a time has it."""
        return f"{self.key} {self.intent.extension}" if self.intent.verb in watching.BESIDE else self.key

    @property
    def desk(self) -> str:
        return str(self.intent.args.get("desk") or self.intent.extension)

    def hear(self, fact: Fact) -> None:
        if isinstance(fact, CallChanged) and fact.key == self.key:
            self.call = fact.call
            self.outcome = self.outcome or self.look()
        elif isinstance(fact, Said) and self.call and self._is_about(fact, self.call):
            self.outcome = self._meaning(fact) or self.outcome
        elif isinstance(fact, WatcherGone) and fact.uniqueid == self.leg:
            self.outcome = self.outcome or self.look() or Outcome(watching.NOT_LIFTED)
        self.news.set()

    def look(self) -> Outcome | None:
        return seen(self.intent, self.call)

    def _is_about(self, said: Said, call: told.Call) -> bool:
        client = said.fields.get("Client")
        return bool(client) and any(leg.uniqueid == client for leg in call.legs)

    def _meaning(self, said: Said) -> Outcome | None:
        verb = self.intent.verb
        if verb == operations.CONSULT and said.name == CONSULT_OVER:
            return NOT_CALLED.get(said.fields.get("Result", ""), DONE)
        if verb == watching.TAKE_OVER and said.name == TAKE_OVER_LATE:
            return Outcome(watching.LATE)
        if verb == operations.CONNECT and said.name == JOIN_LATE:
            return Outcome(operations.NOT_DONE)
        return DONE if verb == operations.SEND and said.name == SENT else None


class Operations:
    """All of one tenure. Runs in the event loop; `database` runs a function in the database thread; `settle` writes an
    outcome down."""

    def __init__(
        self,
        link: Link,
        tenure: Tenure,
        board_key: Callable[[str], str],
        database: Database,
        settle: Settle,
    ) -> None:
        self._link = link
        self._tenure = tenure
        self._board_key = board_key
        self._database = database
        self._settle = settle
        self._following = Following(link, tenure, database, settle)
        self._running: dict[str, Running] = {}  # by whose turn it is

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
        why = refusal(intent, operations.standing(running.call))
        before = self._running.get(running.turn)
        if why is None and before is not None and before.outcome is None:
            why = rules.Refusal("under_way")
        if why is not None:
            await self._settle(intent, Outcome(why.id, why.args.get("by", "")))
            return
        await self._follow(running, self._perform(session, running))

    async def resolve(self, intent: Intent) -> None:
        """After a reconnect: what the PBX has now tells what became of it, or will."""
        key, session = self._board_key(intent.its_call.key), self._link.session
        running = Running(intent, key, self._link.board.calls.get(key))
        outcome = running.look()
        rings = intent.verb in intents.RUNG and intent.deadline > timezone.now()  # his own telephone, perhaps still
        if outcome is None and rings and session is not None and running.turn not in self._running:
            running.leg = _name_of_leg(intent)
            await self._follow(running, self._following.shown(session, running, intent.deadline))
        else:
            await self._settle(intent, outcome or Outcome(operations.NOT_DONE))

    async def _follow(self, running: Running, work: Awaitable[Outcome | None]) -> None:
        self._running[running.turn] = running  # before anything is awaited
        try:
            await self._following.written(running.intent, work, unsent="no_link_talk")
        finally:  # but not the next one, of somebody who has seen the outcome already
            if self._running.get(running.turn) is running:
                del self._running[running.turn]

    async def _perform(self, session: Session, running: Running) -> Outcome | None:
        intent = running.intent
        endpoint = await self._database(intents.claim, self._tenure, intent, running.desk)
        if endpoint is None:
            return None
        if intent.verb in NAME_IT:
            endpoint = await in_use(session, endpoint)
        why = await self._unreachable(session, intent)
        if why is not None:
            return why
        if running.call is not None and operations.swaps_first(intent.verb, running.call):
            why = await self._swap(session, running, running.call)
            if why is not None:
                return why
        order = await self._order(session, running, endpoint)
        if order is None:
            return Outcome(rules.OVER)
        if isinstance(order, Outcome):
            return order
        log.info("call %s: %s: %s", running.key, intent.actor, intent.verb)
        reply = await actions.perform(session, order)
        if not reply.ok:
            log.info("call %s: the PBX does not take it: %s", running.key, reply.message)
            return running.outcome or Outcome(operations.NOT_DONE)
        if intent.verb == operations.KEYS:
            return DONE  # a sound: the PBX reports none that it makes
        return await self._following.shown(session, running, intent.deadline)

    async def _swap(self, session: Session, running: Running, call: told.Call) -> Outcome | None:
        """Why he who waits aside is not talked with again, None: he is. Raises TimeoutError, LineLost."""

        def is_done() -> bool:
            back = operations.outcome(operations.SWAP, running.call, running.desk, {"second_was": told.ASIDE})
            return bool(running.outcome or back)

        order = operations.order(operations.SWAP, call, running.desk, endpoint="", args={})
        reply = await actions.perform(session, order) if order else None
        if reply is None or not reply.ok:
            return running.outcome or Outcome(operations.NOT_DONE)
        await self._following.until(session, running, is_done, running.intent.deadline)
        return running.outcome

    async def _order(self, session: Session, running: Running, endpoint: str) -> Order | Outcome | None:
        """The action; or why his own telephone cannot be called for it."""
        intent, call = running.intent, running.call
        if call is None:
            return None
        if intent.verb not in watching.VERBS:
            return operations.order(intent.verb, call, running.desk, endpoint=endpoint, args=intent.args)
        running.leg = _name_of_leg(intent)
        order = watching.order(wish(intent), call, endpoint=endpoint, leg=running.leg)
        if order is None or order.to is None:
            mine = watching.own(call, intent.extension)
            running.leg = mine.uniqueid if mine else ""
            return order
        if phones.is_busy(self._link.board.calls.values(), intent.extension):
            return Outcome(rules.PHONE_BUSY)
        is_off = await actions.is_off(session, intent.extension, context=settings.PBX_STAFF_CONTEXT)
        return Outcome(placing.OWN_OFF) if is_off else order

    async def _unreachable(self, session: Session, intent: Intent) -> Outcome | None:
        """Why the extension that is to be called cannot be: it wants no call, or no telephone is registered there."""
        to = intent.args.get("to", "")
        if intent.verb not in (operations.CONSULT, operations.SEND) or not is_short(to):
            return None
        if await actions.refuses(session, to):
            return Outcome(placing.TARGET_REFUSES)
        is_off = await actions.is_off(session, to, context=settings.PBX_STAFF_CONTEXT)
        return Outcome("unreachable") if is_off else None


def _name_of_leg(intent: Intent) -> str:
    return watching.name(intent.pk.hex, intent.asked_at.timestamp())


def wish(intent: Intent) -> watching.Wish:
    return watching.Wish(intent.verb, intent.extension, str(intent.args.get("of", "")))


def refusal(intent: Intent, standing: operations.Standing) -> rules.Refusal | None:
    if intent.verb in watching.VERBS:
        return watching.refusal(wish(intent), standing)
    return operations.refusal(intent.verb, standing)


def seen(intent: Intent, call: told.Call | None) -> Outcome | None:
    """What the call shows of the click."""
    if intent.verb in watching.VERBS:
        return watching.outcome(wish(intent), call)
    return operations.outcome(intent.verb, call, str(intent.args.get("desk") or intent.extension), intent.args)
