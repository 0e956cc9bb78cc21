"""Clicks on their way through the link: judged by the board, sent, and settled by what the PBX reports."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from telephony.ami import actions
from telephony.ami.guard import NotSent, Reply, Session, Unanswered
from telephony.ami.link import Link
from telephony.core import call as told
from telephony.core import rules
from telephony.core.facts import CallChanged, Fact, Said
from telephony.core.naming import PLACING
from telephony.core.operations import Outcome
from telephony.core.pbx import Report
from telephony.following import Database, Following, LineLost, OnItsWay
from telephony.hands_free import HandsFree
from telephony.lease import Tenure
from telephony.models import Intent
from telephony.operating import Operations
from telephony.own_phone import OwnPhone, in_use
from telephony.placing import Placing
from telephony.selectors import panel
from telephony.services import intents

log = logging.getLogger(__name__)

PICKED, BROUGHT_BACK = "DeskPick", "DeskPickBack"  # UserEvents of our dialplan
WITHDRAWAL = 1.2  # seconds: the queue looks once a second whether somebody was withdrawn
NO_PHONE = frozenset({"CHANUNAVAIL", "CONGESTION"})  # Result of DeskPickBack when the telephone is not there


@dataclass
class Attempt(OnItsWay):
    """One caller on his way to one telephone."""

    intent: Intent
    key: str
    call: told.Call  # as the board told it last
    endpoint: str
    is_out: bool = False  # he has left the queue for us
    result: str = ""  # he was brought back: the DIALSTATUS

    def hear(self, fact: Fact) -> None:
        if isinstance(fact, CallChanged) and fact.key == self.key:
            self.call = fact.call
        elif isinstance(fact, Said) and fact.fields.get("Client") == self.call.caller_uniqueid:
            if fact.name == PICKED:
                self.is_out = True
            elif fact.name == BROUGHT_BACK:
                self.result = fact.fields.get("Result") or "NOANSWER"
        self.outcome = self.outcome or self.look()
        self.news.set()

    def look(self) -> Outcome | None:
        """What the PBX shows now, or None while it shows nothing."""
        mine = self.intent.extension
        if mine in self.call.talking_to or (self.call.state == told.ENDED and mine in self.call.answered_by):
            return Outcome()
        if self.call.state == told.ENDED:
            return Outcome(rules.OVER)
        if self.call.state == told.TALKING and self.call.talking_to:
            return Outcome(rules.TAKEN, self.call.talking_to[0])
        if self.result:
            return Outcome("no_phone" if self.result in NO_PHONE else "no_answer")
        return None


class Clicks:
    """All clicks of one tenure. Runs in the event loop; `database` runs a function in the database thread."""

    def __init__(self, link: Link, tenure: Tenure, board_key: Callable[[str], str], database: Database) -> None:
        self._link = link
        self._tenure = tenure
        self._board_key = board_key
        self._database = database
        self._attempts: dict[str, Attempt] = {}  # by the board's key: one caller goes to one telephone
        self._operations = Operations(link, tenure, board_key, database, self._settle)
        self._placing = Placing(link, tenure, database, self._settle)
        self._phone_of = OwnPhone(database)
        self._following = Following(link, tenure, database, self._settle)
        self._hands_free = HandsFree(tenure, database, self._phone_of)
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    def hear(self, facts: tuple[Fact, ...]) -> None:
        for attempt in self._attempts.values():
            for fact in facts:
                attempt.hear(fact)
        self._operations.hear(facts)
        self._placing.hear(facts)

    def hear_report(self, report: Report) -> None:
        self._hands_free.hear(report)

    def line_lost(self) -> None:
        self._operations.line_lost()
        self._placing.line_lost()
        for attempt in self._attempts.values():
            attempt.news.set()

    async def look(self) -> None:
        """Open the letters that lie there; settle those that nobody could carry out in time."""
        for intent in await self._database(intents.asked):
            if intent.deadline <= timezone.now():
                await self._database(intents.expire, self._tenure, intent)
            elif self._link.session is not None:
                self._begin(intent, self._attended(intent, self._link.session))

    async def _attended(self, intent: Intent, session: Session) -> None:
        """Carried out, while somebody sees to it that one's own telephone is answered."""
        rings = intent.verb in intents.RUNG
        async with self._hands_free.attending(intent, session) if rings else contextlib.nullcontext():
            await self._work(intent)(intent, session)

    def _work(self, intent: Intent) -> Callable[[Intent, Session], Coroutine[Any, Any, None]]:
        if intent.verb == "pick":
            return self._pick
        return self._placing.carry_out if intent.verb in PLACING else self._operations.carry_out

    async def resolve(self) -> None:
        """After the board was compared with the PBX: what became of the clicks that were on their way."""
        for intent in await self._database(intents.unsettled):
            if intent.pk in self._tasks:
                continue
            if intent.verb in PLACING:
                self._begin(intent, self._placing.resolve(intent))
                continue
            if intent.verb != "pick":
                self._begin(intent, self._operations.resolve(intent))
                continue
            call = self._link.board.calls.get(self._board_key(intent.its_call.key))
            if call is None:
                await self._database(_settle_by_row, self._tenure, intent)
                continue
            attempt = Attempt(intent, call.key, call, intent.extension)
            if shown := attempt.look():
                await self._settle(intent, shown)
            elif call.place is not None and intent.deadline > timezone.now():
                self._begin(intent, self._go_on(attempt))
            elif call.place is None and intent.extension in call.ringing:
                self._begin(intent, self._follow(attempt))
            else:
                await self._settle(intent, Outcome("not_done"))

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._hands_free.close()

    def _begin(self, intent: Intent, work: Any) -> None:
        if intent.pk in self._tasks:
            work.close()
            return
        task = self._tasks[intent.pk] = asyncio.create_task(work)
        task.add_done_callback(lambda done: self._ended(intent, done))

    def _ended(self, intent: Intent, task: "asyncio.Task[None]") -> None:
        self._tasks.pop(intent.pk, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("call %s: the click %s failed", intent.about, intent.pk, exc_info=task.exception())

    async def _pick(self, intent: Intent, session: Session) -> None:
        key = self._board_key(intent.its_call.key)
        call = self._link.board.calls.get(key)
        why = rules.refusal(rules.Pick(intent.extension), self._standing(key, call), self._phone(intent.extension, key))
        if why is not None or call is None:
            await self._database(_refuse, self._tenure, intent, why or rules.Refusal(rules.OVER))
            return
        attempt = self._attempts[key] = Attempt(intent, key, call, intent.extension)  # before anything is awaited
        try:
            await self._following.written(intent, self._carry_out(session, attempt), unsent="no_link")
        finally:
            self._attempts.pop(key, None)

    async def _carry_out(self, session: Session, attempt: Attempt) -> Outcome | None:
        intent, call = attempt.intent, attempt.call
        endpoint = await self._database(intents.claim, self._tenure, intent, intent.extension)
        if endpoint is None:
            return None
        attempt.endpoint = endpoint = await in_use(session, endpoint)
        log.info("call %s: %s picks it for %s", attempt.key, intent.actor, intent.extension)
        if call.handling is not None and call.handling.phase == told.OWN:  # it rings at her alone, and in no queue
            reply = await actions.fetch(session, uniqueid=call.caller_uniqueid, endpoint=endpoint)
            return await self._following.shown(session, attempt, intent.deadline) if reply.ok else Outcome("not_done")
        reply = await actions.withdraw(session, queue=call.queue, channel=call.caller_channel, endpoint=endpoint)
        if not reply.ok:
            log.info("call %s: the queue does not give him: %s", attempt.key, reply.message)
            return attempt.outcome or Outcome(rules.TAKEN if _is_requested(reply) else "not_done")
        return await self._let_go(session, attempt)

    async def _let_go(self, session: Session, attempt: Attempt) -> Outcome:
        """He is ours: help the queue to part with him, and see what comes of it."""
        client, stopped = attempt.call.caller_uniqueid, None
        try:
            async with asyncio.timeout(WITHDRAWAL):
                while not attempt.is_out and attempt.outcome is None:
                    # until he is out, whatever rings is the queue's: also what began in the moment of the click
                    ringing = {leg.uniqueid for leg in attempt.call.legs if leg.role == "called" and not leg.outcome}
                    if stopped is None or ringing - stopped:
                        await actions.let_go(session, uniqueid=client, ringing=sorted(ringing - (stopped or set())))
                        stopped = ringing | (stopped or set())
                    else:
                        await self._following.news(session, attempt.news)
        except TimeoutError:
            await actions.fetch(session, uniqueid=client, endpoint=attempt.endpoint)
        return await self._following.shown(session, attempt, attempt.intent.deadline)

    async def _go_on(self, attempt: Attempt) -> None:
        """A click that an earlier connection may have sent, and whose caller waits still.

        To ask for him again is no second order: "Already requested" says that the first one has arrived.
        """
        session, call = self._link.session, attempt.call
        if session is None or attempt.key in self._attempts:
            return
        self._attempts[attempt.key] = attempt
        try:
            attempt.endpoint = endpoint = await self._phone_of(session, attempt.intent.extension)
            reply = await actions.withdraw(session, queue=call.queue, channel=call.caller_channel, endpoint=endpoint)
            if reply.ok or _is_requested(reply):
                outcome = await self._let_go(session, attempt)
            else:
                outcome = await self._following.shown(session, attempt, attempt.intent.deadline)
            await self._settle(attempt.intent, outcome)
        except TimeoutError:
            await self._database(intents.expire, self._tenure, attempt.intent)
        except (NotSent, Unanswered, LineLost) as error:
            log.info("call %s: the next look tells what became of the pick: %s", attempt.key, error)
        finally:
            self._attempts.pop(attempt.key, None)

    async def _follow(self, attempt: Attempt) -> None:
        """A click that an earlier connection sent: the telephone rings now, see what comes of it."""
        session = self._link.session
        if session is None or attempt.key in self._attempts:
            return
        self._attempts[attempt.key] = attempt
        try:
            until = timezone.now() + timedelta(seconds=settings.PICK_SECONDS)
            await self._settle(attempt.intent, await self._following.shown(session, attempt, until))
        except TimeoutError:
            await self._settle(attempt.intent, Outcome("not_done"))
        except LineLost:
            pass
        finally:
            self._attempts.pop(attempt.key, None)

    async def _settle(self, intent: Intent, outcome: Outcome) -> None:
        if outcome.reason:
            await self._database(_refuse, self._tenure, intent, rules.Refusal(outcome.reason, {"by": outcome.by}))
        else:
            await self._database(intents.confirm, self._tenure, intent)
        log.info("call %s: %s's %s: %s", intent.about, intent.actor, intent.verb, outcome.reason or "confirmed")

    def _standing(self, key: str, call: told.Call | None) -> rules.Standing | None:
        if call is None:
            return None
        rival = self._attempts.get(key)
        taken_by = rival.intent.actor.full_name if rival else ""
        if not taken_by and call.state == told.TALKING:
            taken_by = next(iter(call.talking_to or call.answered_by), "?")
        waits = call.state == told.RINGING
        only_at = call.handling.by if call.handling and call.handling.phase == told.OWN else ""
        return rules.Standing(call.state == told.ENDED, call.queue if waits else "", taken_by, only_at)

    def _phone(self, extension: str, key: str) -> rules.Phone:
        for other in self._link.board.calls.values():
            if any(each.by == extension for each in other.watchers):
                return rules.Phone(watches=True)
            if other.key == key or other.state != told.TALKING:
                continue
            held = other.handling is not None and other.handling.phase in (told.HOLD, told.ALL)
            if extension in other.talking_to or (held and other.handling and other.handling.by == extension):
                return rules.Phone(other.caller_name or other.caller or "…")
            if extension == other.caller:
                return rules.Phone(other.dialled or "…")
        return rules.Phone()


def _is_requested(reply: Reply) -> bool:
    return "requested" in reply.message.lower()


def _refuse(tenure: Tenure, intent: Intent, why: rules.Refusal) -> None:
    """An extension in the arguments becomes the name of who sits there."""
    args = {name: panel.name_at(value) if name == "by" else value for name, value in why.args.items()}
    intents.refuse(tenure, intent, why.id, args)


def _settle_by_row(tenure: Tenure, intent: Intent) -> None:
    """The call is over: its row says who answered it."""
    intent.its_call.refresh_from_db()
    if intent.its_call.answered_extension == intent.extension:
        intents.confirm(tenure, intent)
    else:
        intents.refuse(tenure, intent, rules.OVER)
