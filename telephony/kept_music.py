"""Keeps the PBX's choice of music like ours: read once for each connection, and read back after each change."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telephony.ami import actions
from telephony.ami.guard import Session
from telephony.lease import Tenure
from telephony.services import hold_music
from telephony.services.hold_music import FAMILY, KEY

log = logging.getLogger(__name__)


class KeptMusic:
    def __init__(self, tenure: Tenure, database: Callable[..., Awaitable[Any]]) -> None:
        self._tenure = tenure
        self._database = database
        self._session: Session | None = None
        self._there = ""

    async def agree(self, session: Session) -> None:
        """Raises NotSent, Unanswered; the next time begins anew."""
        wanted = await self._database(hold_music.wanted)
        if session is self._session and wanted == self._there:
            return
        self._session = None
        there = await _read(session)
        if there != wanted:
            if wanted:
                await actions.keep(session, family=FAMILY, key=KEY, value=wanted)
            else:
                await actions.forget(session, family=FAMILY, key=KEY)
            there = await _read(session)  # what was accepted is not yet what is kept
        await self._database(hold_music.kept, self._tenure, there)
        if there != wanted:
            log.warning("the PBX does not keep the music that was chosen: may its AMI user write “system”?")
            return
        self._session, self._there = session, there


async def _read(session: Session) -> str:
    return (await actions.kept(session, FAMILY)).get(KEY, "")
