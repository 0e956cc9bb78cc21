"""Clicks that place a call: sent as one Originate, settled by what the call then shows."""

import logging
from collections.abc import Awaitable

from django.conf import settings
from django.utils import timezone

from orders import numbers
from telephony.ami import actions
from telephony.ami.guard import Session
from telephony.ami.link import Link
from telephony.core import naming, pairing, phones, placing, rules
from telephony.core.call import TALKING
from telephony.core.facts import CallChanged, Fact
from telephony.core.operations import DONE, Outcome
from telephony.following import Database, Following, OnItsWay, Settle
from telephony.lease import Tenure
from telephony.models import Call, Intent
from telephony.own_phone import in_use
from telephony.recognition import is_short
from telephony.services import intents

log = logging.getLogger(__name__)

NOTHING = {
    naming.CALL: placing.NOT_LIFTED,
    naming.PAIR: pairing.FIRST_SILENT,
}  # the PBX has nobody of the call any more


class Placing:
    """All of one tenure. Arguments as those of `operating.Operations`."""

    def __init__(self, link: Link, tenure: Tenure, database: Database, settle: Settle) -> None:
        self._link = link
        self._tenure = tenure
        self._database = database
        self._settle = settle
        self._following = Following(link, tenure, database, settle)
        self._placed: dict[str, OnItsWay] = {}  # by the call's name

    def hear(self, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            placed = self._placed.get(fact.key) if isinstance(fact, CallChanged) else None
            if placed is not None and isinstance(fact, CallChanged):
                placed.outcome = placed.outcome or placing.outcome(fact.call)
                placed.news.set()

    def line_lost(self) -> None:
        for placed in self._placed.values():
            placed.news.set()

    async def carry_out(self, intent: Intent, session: Session) -> None:
        if intent.verb == naming.CALL and self._talks(intent.extension):
            await self._settle(intent, Outcome(rules.PHONE_BUSY))
            return
        phone = await self._database(intents.claim, self._tenure, intent, intent.extension)
        if phone is not None:
            pairs = intent.verb == naming.PAIR
            work = self._connect(intent, session) if pairs else self._place(intent, session, phone)
            await self._follow(intent, session, work)

    async def resolve(self, intent: Intent) -> None:
        """After a reconnect: what the PBX has, or had, tells what became of it."""
        name = name_of(intent)
        seen = placing.outcome(self._link.board.calls.get(name))
        if seen is None:
            seen = await self._database(_by_row, name)
        session = self._link.session
        if seen is None and session is not None and intent.deadline > timezone.now():
            await self._follow(intent, session, _nothing())  # one's own telephone may still ring
        else:
            await self._settle(intent, seen or Outcome(NOTHING[intent.verb]))

    async def _follow(self, intent: Intent, session: Session, send: Awaitable[Outcome | None]) -> None:
        name = name_of(intent)
        placed = self._placed[name] = OnItsWay()
        try:
            await self._following.written(intent, self._shown(intent, session, placed, send), unsent="no_link_talk")
        finally:
            self._placed.pop(name, None)

    async def _shown(
        self, intent: Intent, session: Session, placed: OnItsWay, send: Awaitable[Outcome | None]
    ) -> Outcome:
        return await send or await self._following.shown(session, placed, intent.deadline)

    async def _place(self, intent: Intent, session: Session, phone: str) -> Outcome | None:
        """None: the PBX rings the telephone of who clicked."""
        to = str(intent.args["to"])
        own = await self._does(session, intent.extension)
        why = placing.refusal(own=own, to=await self._does(session, to) if is_short(to) else "")
        if why is not None:
            return Outcome(why.id)
        if is_short(to) and await actions.refuses(session, to):
            return Outcome(placing.TARGET_REFUSES)
        phone = await in_use(session, phone)
        log.info("call %s: %s calls from %s", name_of(intent), intent.actor, intent.extension)
        reply = await actions.place(
            session,
            name=name_of(intent),
            phone=phone,
            number=to,
            context=settings.PBX_STAFF_CONTEXT,
            shown=await _shown(session, intent),
        )
        if reply.ok:
            return None
        log.info("call %s: the PBX does not take it: %s", name_of(intent), reply.message)
        return Outcome(placing.NOT_DIALLED)

    async def _connect(self, intent: Intent, session: Session) -> Outcome | None:
        """None: the PBX rings the first of the two."""
        first, second = str(intent.args["first"]), str(intent.args["to"])
        lines = await actions.lines(session)
        if lines is None or not await actions.is_dialled(session, first):
            return Outcome(pairing.NOT_DIALLED)
        log.info("call %s: %s has two people connected", name_of(intent), intent.actor)
        reply = await actions.connect(
            session,
            name=name_of(intent),
            first=first,
            second=second,
            lines=lines,
            shown=lines.shown(intent.args.get("shown", ()), numbers.e164),
            seconds=settings.PAIR_RING_SECONDS,
        )
        if reply.ok:
            return None
        log.info("call %s: the PBX does not take it: %s", name_of(intent), reply.message)
        return Outcome(pairing.NOT_DIALLED)

    async def _does(self, session: Session, extension: str) -> str:
        if self._talks(extension):
            return TALKING
        is_off = await actions.is_off(session, extension, context=settings.PBX_STAFF_CONTEXT)
        return placing.OFF if is_off else ""

    def _talks(self, extension: str) -> bool:
        return phones.is_busy(self._link.board.calls.values(), extension)


async def _shown(session: Session, intent: Intent) -> str:
    """Which of our numbers the street sees; "": the main one."""
    wanted = intent.args.get("shown", ())
    lines = await actions.lines(session) if wanted else None
    return lines.shown(wanted, numbers.e164) if lines else ""


def name_of(intent: Intent) -> str:
    return naming.name(intent.pk.hex, intent.asked_at.timestamp(), intent.verb)


def _by_row(name: str) -> Outcome | None:
    """What an earlier link has seen of this call. None: nothing, or one of two still rings."""
    row = Call.objects.filter(key=name).prefetch_related("legs").first()
    if row is None:
        return None
    if not row.is_pair:
        return DONE
    return pairing.outcome(row.legs.all(), ended_by=row.ended_by if row.state == Call.State.ENDED else None)


async def _nothing() -> None:
    """It was sent before."""
