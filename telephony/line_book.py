"""Keeps in the PBX's AstDB what browsers may register with now, and nothing else. What is there is read each time."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from telephony.ami import actions
from telephony.ami.guard import Session
from telephony.services import browser_line
from telephony.services.browser_line import FAMILY


class LineBook:
    def __init__(self, database: Callable[..., Awaitable[Any]]) -> None:
        self._database = database
        self._emptied: Session | None = None

    async def agree(self, session: Session) -> None:
        """Raises NotSent, Unanswered."""
        if not settings.PHONE_URL and session is self._emptied:
            return
        wanted = await self._database(browser_line.all_valid) if settings.PHONE_URL else {}
        there = {login: _ha1(kept) for login, kept in (await actions.kept(session, FAMILY)).items()}
        for login in there.keys() - wanted.keys():
            await actions.forget(session, family=FAMILY, key=login)
        for login, ha1 in wanted.items():
            if there.get(login) != ha1:
                await actions.keep_secret(session, family=FAMILY, login=login, realm=settings.PHONE_REALM, ha1=ha1)
        self._emptied = session


def _ha1(kept: str) -> str:
    try:
        return str(json.loads(kept)["md5_cred"])
    except (ValueError, KeyError, TypeError):
        return ""
