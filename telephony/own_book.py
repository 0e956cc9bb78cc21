"""Keeps the PBX's book of own clients like ours: read once for each connection, then only what changed is sent."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from telephony.ami import actions
from telephony.ami.guard import Session
from telephony.services import own_clients
from telephony.services.own_clients import SEATS, Way

log = logging.getLogger(__name__)

AT_ONCE = 50  # entries that are sent without waiting for an answer
CARDS = 5.0  # seconds after which the clients' cards are looked at again


class OwnBook:
    def __init__(self, database: Callable[..., Awaitable[Any]]) -> None:
        self._database = database
        self._session: Session | None = None
        self._there: dict[tuple[str, str], str] = {}
        self._cards: list[Way] = []
        self._ways: dict[tuple[str, str], str] = {}
        self._seats: dict[str, str] = {}
        self._next_look = 0.0

    async def agree(self, session: Session, seats: Mapping[str, str]) -> None:
        """`seats`: person → extension. Raises NotSent, Unanswered; the next time begins anew."""
        if session is not self._session:
            self._session, self._next_look = None, 0.0
            self._there = await _read(session)
        knows = session is self._session and seats == self._seats
        if time.monotonic() >= self._next_look:
            cards = await self._database(own_clients.ways)
            if cards != self._cards:
                self._ways = await asyncio.to_thread(own_clients.book, cards)
                self._cards, knows = cards, False
            self._next_look = time.monotonic() + CARDS
        if knows:  # each click rings here, and the book may be long
            return
        wanted = self._ways | {(SEATS, person): extension for person, extension in seats.items()}
        self._session = None  # until all of it is known to have arrived
        if wanted != self._there:
            await self._change(session, own_clients.plan(wanted, self._there))
        self._session, self._seats = session, dict(seats)

    async def _change(self, session: Session, plan: own_clients.Plan) -> None:
        for some in _in_pieces(plan.drop):
            await asyncio.gather(*(actions.forget(session, family=family, key=key) for family, key in some))
        for some in _in_pieces(plan.put):
            kept = await asyncio.gather(
                *(actions.keep(session, family=family, key=key, value=value) for family, key, value in some)
            )
            if not all(kept):
                log.warning("the PBX does not keep whose own clients there are: may its AMI user write “system”?")
        for at in plan.drop:
            del self._there[at]
        self._there |= {(family, key): value for family, key, value in plan.put}


def _in_pieces(entries: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (entries[at : at + AT_ONCE] for at in range(0, len(entries), AT_ONCE))


async def _read(session: Session) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for family in own_clients.FAMILIES:
        kept = await actions.kept(session, family)
        found |= {(family, key): value for key, value in kept.items()}
    return found
