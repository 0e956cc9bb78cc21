"""The line to the PBX: connect, read how things stand, follow what happens, and begin anew when it breaks."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Any, NoReturn

from telephony.ami import snapshot
from telephony.ami.guard import Address, Limits, Lost, NotAmi, NotSent, Session, Unanswered, WrongPassword
from telephony.ami.translate import translate
from telephony.ami.wire import Message
from telephony.core.board import Board
from telephony.core.facts import Fact
from telephony.core.pbx import Report

log = logging.getLogger(__name__)

FIRST_DELAY, LAST_DELAY = 1.0, 30.0  # seconds between two attempts
REFUSED_DELAY = 4.0  # the machine is there and says at once that its PBX is not: asking costs neither of us anything
OUTAGE_SHARE = 8  # an outage of 20 s is over at most 2.5 s before we notice
WRONG_PASSWORD_DELAY = 60.0  # gentle to fail2ban, and to whoever repairs it
GREETING_SECONDS = 2.0  # for FullyBooted from a PBX that has never said it: the read class "system" may be missing
BOOT_SECONDS = 30.0  # from one that says it: it is still loading its modules, its queues are not there yet

Hearer = Callable[[tuple[Fact, ...]], None]


class Link:
    """One PBX. `hear` gets the facts in order, `on_report` what they are made of, `on_synced` each agreement; none may
    wait."""

    def __init__(
        self,
        address: Address,
        board: Board,
        *,
        hear: Hearer,
        on_report: Callable[[Report], None] = lambda report: None,
        on_synced: Callable[[], None] = lambda: None,
        on_lost: Callable[[], None] = lambda: None,
        may_send: Callable[[], bool] = lambda: True,
        says_booted: bool = False,  # known from an earlier link
        limits: Limits = Limits(),  # noqa: B008  frozen
        wrong_password_delay: float = WRONG_PASSWORD_DELAY,
    ) -> None:
        self.address = address
        self.board = board
        self.session: Session | None = None  # while board and PBX agree
        self.syncing = False
        self.note = ""  # a key of telephony.pulses.SENTENCES
        self.booted_at: float | None = None
        self._hear = hear
        self._on_report = on_report
        self._on_synced = on_synced
        self._on_lost = on_lost
        self._may_send = may_send
        self._limits = limits
        self._wrong_password_delay = wrong_password_delay
        self._seen: Callable[[], float] = lambda: 0.0
        self._buffer: list[Message] | None = None
        self._booted = asyncio.Event()
        self._says_booted = says_booted

    @property
    def seen_ago(self) -> float | None:
        """Seconds since the last byte; None: never."""
        seen = self._seen()
        return asyncio.get_running_loop().time() - seen if seen else None

    async def run(self) -> NoReturn:
        """For ever, until cancelled."""
        loop = asyncio.get_running_loop()
        broken_since = loop.time()
        while True:
            longest = LAST_DELAY
            try:
                await self._hold()
                broken_since = loop.time()
            except WrongPassword as error:
                log.error("%s Next attempt in %.0f s.", error, self._wrong_password_delay)
                self.note = "wrong-password"
                await asyncio.sleep(self._wrong_password_delay)
                continue
            except NotAmi as error:
                self._failed("not-ami", error)
            except TimeoutError as error:
                self._failed("silent", error)
            except OSError as error:
                self._failed("unreachable", error)
                longest = REFUSED_DELAY if isinstance(error, ConnectionRefusedError) else LAST_DELAY
            except (Lost, NotSent, Unanswered) as error:
                self._failed("lost", error)
            except Exception:
                log.exception("the link stumbled, and begins anew")
                self.note = "lost"
            await asyncio.sleep(delay(loop.time() - broken_since, longest))

    async def _hold(self) -> None:
        """One connection, from its beginning to its end."""
        self._buffer = []
        self._booted.clear()
        self.booted_at = None
        session = Session(self.address, on_event=self._event, may_send=self._may_send, limits=self._limits)
        try:
            await session.open()
            self._seen = lambda: session.seen
            self.syncing = True
            living = asyncio.create_task(session.live())
            await self._agree(session)
            self.session, self.syncing, self.note = session, False, ""
            self._on_synced()
            why = await living
            self.note = "silent" if "silent" in why else "lost"
            log.warning("connection to the PBX ended: %s", why)
        finally:
            self.session, self.syncing = None, False
            session.close()
            self._on_lost()

    async def _agree(self, session: Session) -> None:
        """Snapshot first, then what happened meanwhile. What is told twice, the board knows to ignore."""
        await self._finish_booting(session)
        now = await snapshot.take(session, booted_at=self.booted_at)
        self._tell(self.board.resync(now, time.time()))
        missed, self._buffer = self._buffer or [], None
        for message in missed:
            self._event(message)
        log.info("agreed with the PBX: %d channels, %d calls", len(now.channels), len(self.board.calls))

    async def _finish_booting(self, session: Session) -> None:
        said = asyncio.ensure_future(self._booted.wait())
        patience = BOOT_SECONDS if self._says_booted else GREETING_SECONDS
        either: list[asyncio.Future[Any]] = [said, session.ended]
        await asyncio.wait(either, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        said.cancel()

    def _event(self, message: Message) -> None:
        if message.get("Event") == "FullyBooted":
            self._says_booted = True
            self.booted_at = snapshot.booted(message, time.time())
            self._booted.set()
            if self.session is not None:  # what we read before that was not yet all
                self.session.close("the PBX has finished starting")
        if self._buffer is not None:
            self._buffer.append(message)
            return
        report = translate(message)
        if report is not None:
            self._on_report(report)
            self._tell(self.board.apply(report))

    def _tell(self, facts: tuple[Fact, ...]) -> None:
        if facts:
            self._hear(facts)

    def _failed(self, note: str, error: Exception) -> None:
        if note != self.note:
            log.warning("no connection to %s:%d: %s", self.address.host, self.address.port, error or note)
        self.note = note


def delay(outage: float, longest: float = LAST_DELAY) -> float:
    """Seconds to the next attempt: a share of how long it is broken already, so that a short outage is noticed soon."""
    return min(longest, max(FIRST_DELAY, outage / OUTAGE_SHARE)) * random.uniform(0.7, 1.0)  # noqa: S311
