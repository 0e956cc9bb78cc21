"""The link process: stand by, hold the lease, and let board, rows and PBX agree as long as it is held."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from dispatch.staff.services import breaks
from telephony import bell
from telephony.ami import actions
from telephony.ami.guard import Address, Limits, NotSent, Session, Unanswered
from telephony.ami.link import Link
from telephony.clicks import Clicks
from telephony.core import phones
from telephony.core.board import Board
from telephony.core.call import ENDED
from telephony.core.facts import CallChanged, Fact
from telephony.core.pbx import QueueMemberSeen, Report
from telephony.doctor import visits
from telephony.kept_music import KeptMusic
from telephony.lease import AWAY, LeaseLost, PbxState, Tenure, take
from telephony.line_book import LineBook
from telephony.models import Lease
from telephony.own_book import OwnBook
from telephony.recorder import Agreement, Batch, Recorder
from telephony.services import after_call, membership, refusing
from telephony.services.membership import Roster

log = logging.getLogger(__name__)

RENEWAL = 1.0  # seconds between two renewals of the lease
STAND_BY = 0.5  # seconds between two looks at another one's lease
NET = 1.0  # seconds after which the letter box is looked at although no bell rang
ROSTER = 5.0  # seconds after which the queue's members are compared although nothing changed
GATHERING = 0.002  # seconds: what the PBX tells in one breath may come in several packets, and is written once
AGAIN = 0.5  # seconds until a database that was away is tried anew


class Database:
    """One thread with one connection: what is given to it first is done first."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def __call__(self, function: Callable[..., Any], *args: Any) -> Any:
        """Raises what `function` raises; a broken connection is thrown away, so that the next call makes a new one."""
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, functools.partial(_run, function, *args)
        )

    def close(self) -> None:
        self._executor.submit(_run, _hang_up)
        self._executor.shutdown()


class Runner:
    """`address` is None where no PBX is configured: the link then only says so."""

    def __init__(self, address: Address | None, *, holder: str) -> None:
        self._address = address
        self._holder = holder
        self._database = Database("rows")
        self._lease_database = Database("lease")  # a long write must not delay a renewal
        self._click_database = Database("clicks")  # nor somebody who has clicked
        self._doctor_database = Database("doctor")  # and an examination delays nothing

    async def run(self) -> None:
        """For ever, until cancelled; then the lease is left to whoever stands by."""
        try:
            while True:
                tenure = await self._stand_by()
                log.info("active, epoch %d", tenure.epoch)
                try:
                    await self._hold(tenure)
                except* LeaseLost:
                    log.warning("another link has taken over from epoch %d", tenure.epoch)
                finally:
                    with contextlib.suppress(*AWAY):
                        await asyncio.shield(self._lease_database(tenure.release))
        finally:
            self._database.close()
            self._lease_database.close()
            self._click_database.close()
            self._doctor_database.close()

    async def _stand_by(self) -> Tenure:
        told = False
        while True:
            try:
                tenure = await self._lease_database(take, self._holder)
            except AWAY as error:
                log.warning("the database is away: %s", str(error).strip())
                tenure = None
            if tenure is not None:
                return tenure
            if not told:
                log.info("standing by: another link is active, or the database is away")
                told = True
            await asyncio.sleep(STAND_BY)

    async def _hold(self, tenure: Tenure) -> None:
        """Until the lease is lost (an exception group with LeaseLost), or cancelled."""
        await _Holding(
            self._address, tenure, self._database, self._lease_database, self._click_database, self._doctor_database
        ).run()


class _Holding:
    """One tenure: its board, its line to the PBX, and all that hangs on them."""

    def __init__(
        self,
        address: Address | None,
        tenure: Tenure,
        database: Database,
        lease_database: Database,
        click_database: Database,
        doctor_database: Database,
    ) -> None:
        self._address = address
        self._tenure = tenure
        self._database = database
        self._lease_database = lease_database
        self._doctor_database = doctor_database
        self._recorder = Recorder(tenure)
        self._batch = Batch()
        self._gathered = asyncio.Event()
        self._renewal_due = asyncio.Event()
        self._rung = asyncio.Event()
        self._roster_due = asyncio.Event()
        self._doctor_due = asyncio.Event()
        self._next_look = ROSTER
        self._own_book = OwnBook(database)
        self._music = KeptMusic(tenure, database)
        self._lines = LineBook(database)
        self._talking: dict[str, frozenset[str]] = {}  # by the call's key, where somebody may have two telephones
        self._link: Link | None = None
        self._clicks: Clicks | None = None
        if address is not None:
            limits = Limits(action=settings.AMI_ACTION_SECONDS, stale=settings.AMI_STALE_SECONDS)
            self._link = Link(
                address,
                Board(),
                hear=self._hear,
                on_report=self._hear_report,
                on_synced=self._synced,
                on_lost=self._lost,
                may_send=tenure.fresh,
                says_booted=tenure.pbx_started_before is not None,
                limits=limits,
            )
            self._clicks = Clicks(self._link, tenure, self._recorder.board_key, click_database)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._renew())
                tasks.create_task(self._record())
                tasks.create_task(bell.listen(self._ring))
                tasks.create_task(self._serve_clicks())
                tasks.create_task(self._keep_members())
                tasks.create_task(self._receive_doctor())
                if self._link is not None:
                    tasks.create_task(self._link.run())
        finally:
            if self._clicks is not None:
                await self._clicks.close()

    # --- called by the line and the bell, in the event loop: nothing here may wait

    def _hear(self, facts: tuple[Fact, ...]) -> None:
        self._batch.add(facts)
        if self._batch:
            self._gathered.set()
        if self._clicks is not None:
            self._clicks.hear(facts)
        if settings.PHONE_URL:
            self._note_who_talks(facts)

    def _note_who_talks(self, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            if isinstance(fact, CallChanged):
                now = frozenset() if fact.call.state == ENDED else phones.talking(fact.call)
                if now != self._talking.get(fact.key, frozenset()):
                    self._roster_due.set()
                self._talking[fact.key] = now
                if not now:
                    del self._talking[fact.key]

    def _hear_report(self, report: Report) -> None:
        if self._clicks is not None:
            self._clicks.hear_report(report)

    def _synced(self) -> None:
        self._compare()
        self._renewal_due.set()
        self._roster_due.set()

    def _lost(self) -> None:
        self._renewal_due.set()
        if self._clicks is not None:
            self._clicks.line_lost()

    def _ring(self, where: str) -> None:
        self._rung.set()
        if where == bell.CLICK:
            return  # whom the queue rings has not changed, and to ask costs the click its time
        self._roster_due.set()
        self._doctor_due.set()

    def _compare(self) -> None:
        """Have the rows compared with the board at the next writing."""
        if self._link is not None and self._link.session is not None:
            booted_at = self._link.booted_at
            self._batch.agreement = Agreement(
                dict(self._link.board.calls), None if booted_at is None else datetime.fromtimestamp(booted_at, UTC)
            )
            self._gathered.set()

    # --- the tasks

    async def _renew(self) -> None:
        away = False
        while True:
            try:
                await self._lease_database(self._tenure.renew, self._pbx_state())
                if away:
                    log.info("the database is back")
                    self._compare()
                away = False
            except AWAY as error:
                if not away:
                    log.warning("the database is away: %s", str(error).strip())
                away = True
            await _wait(self._renewal_due, AGAIN if away else RENEWAL)

    async def _record(self) -> None:
        while True:
            await self._gathered.wait()
            await asyncio.sleep(GATHERING)
            self._gathered.clear()
            batch, self._batch = self._batch, Batch()
            try:
                await self._database(self._recorder.write, batch)
            except AWAY:
                self._batch = batch.followed_by(self._batch)
                self._gathered.set()
                await asyncio.sleep(AGAIN)
                continue
            if batch.agreement is not None and self._clicks is not None:
                await self._shielded(self._clicks.resolve())

    async def _serve_clicks(self) -> None:
        while True:
            await _wait(self._rung, NET)
            if self._clicks is not None:
                await self._shielded(self._clicks.look())

    async def _keep_members(self) -> None:
        while True:
            await _wait(self._roster_due, self._next_look)
            self._next_look = ROSTER
            await self._shielded(self._end_breaks())
            session = self._link.session if self._link is not None else None
            if session is not None:
                await self._shielded(self._agree(session))

    async def _receive_doctor(self) -> None:
        while True:
            await _wait(self._doctor_due, ROSTER)
            await self._shielded(visits.pay(self._address, self._tenure, self._doctor_database))

    async def _end_breaks(self) -> None:
        """Wrap-ups that are over, and breaks whose call is: also where there is no PBX to tell."""
        await self._database(breaks.end_due)
        await self._database(after_call.begin_waiting_breaks)

    async def _agree(self, session: Session) -> None:
        await self._shielded(self._lines.agree(session))
        members = await actions.members(session, settings.PBX_QUEUE)
        calls = self._link.board.calls.values() if self._link and settings.PHONE_URL else ()
        talking = {party for call in calls for party in phones.talking(call)}
        roster = await self._database(membership.roster, talking, members)
        await self._shielded(self._agree_refusals(session, roster.refusing))
        await self._agree_members(session, roster, members)

    async def _agree_refusals(self, session: Session, wanted: frozenset[str]) -> None:
        """AstDB tells nobody what changes in it, so it is read each time, and again after it was written."""
        there = await actions.kept(session, refusing.FAMILY)
        if changes := refusing.plan(wanted, there):
            for extension in changes.put:
                await actions.keep(session, family=refusing.FAMILY, key=extension, value="1")
            for extension in changes.drop:
                await actions.forget(session, family=refusing.FAMILY, key=extension)
            there = await actions.kept(session, refusing.FAMILY)
        if still := refusing.plan(wanted, there):
            log.warning("the PBX does not refuse calls as it should: %s", still)
        await self._database(refusing.saw, self._tenure, frozenset(there))

    async def _agree_members(self, session: Session, roster: Roster, members: tuple[QueueMemberSeen, ...]) -> None:
        queue = settings.PBX_QUEUE
        wanted = membership.plan(roster, members)
        if wanted:
            await self._change_members(session, wanted)
            members = await actions.members(session, queue)  # what it accepted is not yet what it does
        await self._database(membership.saw, self._tenure, members)
        await self._own_book.agree(session, roster.for_own)
        await self._music.agree(session)
        self._next_look = min(ROSTER, roster.next_end if roster.next_end is not None else ROSTER)

    async def _change_members(self, session: Session, wanted: membership.Plan) -> None:
        queue = settings.PBX_QUEUE
        for interface in wanted.remove:
            await actions.remove_member(session, queue=queue, interface=interface)
            log.info("%s no longer rings for the queue %s", interface, queue)
        for interface, name, paused in wanted.add:
            if await actions.add_member(session, queue=queue, interface=interface, name=name, paused=paused):
                log.info("%s rings for the queue %s", interface, queue)
            else:
                log.warning("the PBX does not take %s into the queue %s", interface, queue)
        for interface, why in wanted.pause:
            if not await actions.pause_member(session, queue=queue, interface=interface, reason=why):
                log.warning("the PBX does not pause %s in the queue %s", interface, queue)
        for interface in wanted.resume:
            if not await actions.resume_member(session, queue=queue, interface=interface):
                log.warning("the PBX does not let %s ring again in the queue %s", interface, queue)

    async def _shielded(self, work: Coroutine[Any, Any, None]) -> None:
        """Some work of a loop that has to go on: only the loss of the lease ends it."""
        try:
            await work
        except LeaseLost:
            raise
        except (*AWAY, NotSent, Unanswered) as error:
            log.debug("to be tried again: %s", error)
        except Exception:
            log.exception("the link stumbled, and goes on")

    def _pbx_state(self) -> PbxState:
        link = self._link
        if link is None:
            return PbxState(Lease.Pbx.NONE, "no-pbx")
        started_at = None if link.booted_at is None else datetime.fromtimestamp(link.booted_at, UTC)
        state = Lease.Pbx.UP if link.session else Lease.Pbx.SYNCING if link.syncing else Lease.Pbx.DOWN
        note = "syncing" if state == Lease.Pbx.SYNCING else link.note
        return PbxState(state, note, link.seen_ago, started_at)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    event.clear()


def _hang_up() -> None:
    connection.close()  # of the thread that runs this


def _run(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except AWAY:
        connection.close()
        raise
