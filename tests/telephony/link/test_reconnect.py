"""The line breaks, and is there again: soon after a short outage, gently after a long one."""

import asyncio
import re
import time

import pytest

from telephony.ami import link as module
from telephony.ami.guard import Address, Limits
from telephony.ami.link import Link, delay
from telephony.core.board import Board
from telephony.core.facts import Said
from tests.telephony.link.rogue import Rogue, message, until

QUICK = Limits(connect=0.5, action=0.5, ping=0.1, stale=0.4)


class Desk:
    """Runs a link, and remembers what it says."""

    def __init__(self, rogue: Rogue, **more) -> None:
        self.facts = []
        self.synced = 0
        self.lost = 0
        self.link = Link(
            Address.parse(rogue.url),
            Board(),
            hear=self.facts.extend,
            on_synced=self._on_synced,
            on_lost=self._on_lost,
            limits=QUICK,
            **more,
        )

    async def __aenter__(self) -> "Desk":
        self.task = asyncio.create_task(self.link.run())
        return self

    async def __aexit__(self, *_) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])

    def _on_synced(self) -> None:
        self.synced += 1

    def _on_lost(self) -> None:
        self.lost += 1


async def test_what_happens_while_the_snapshot_is_read_is_heard_after_it(rogue):
    def status(caller, action):
        caller.write(message(Event="UserEvent", UserEvent="DeskPick", Client="1.1"))
        caller.reply_list(action, [], complete="StatusComplete")

    rogue.answers["Status"] = status
    async with Desk(rogue) as desk:
        await until(lambda: desk.synced)
        assert [fact.name for fact in desk.facts if isinstance(fact, Said)] == ["DeskPick"]
    await until(lambda: not rogue.callers)


async def test_a_killed_pbx_is_asked_anew_how_things_stand(rogue):
    async with Desk(rogue) as desk:
        await until(lambda: desk.link.session)
        await rogue.stop()
        await until(lambda: desk.link.session is None)
        await until(lambda: desk.link.note == "unreachable")
        await rogue.start()
        start = time.monotonic()
        await until(lambda: desk.link.session)
        assert time.monotonic() - start < 1.5
        assert (desk.synced, desk.link.note, len(rogue.received("Status"))) == (2, "", 2)


async def test_a_frozen_pbx_is_left_and_found_again_when_it_thaws(rogue):
    async with Desk(rogue) as desk:
        await until(lambda: desk.link.session)
        rogue.frozen = True
        await until(lambda: desk.link.session is None, seconds=1.5)
        assert desk.link.note == "silent"
        rogue.frozen = False
        start = time.monotonic()
        await until(lambda: desk.link.session)
        assert time.monotonic() - start < 2.5


async def test_a_pbx_that_is_still_starting_is_asked_when_it_has_finished(rogue):
    """Before that it has no queues, and says of every call that it does not exist."""
    async with Desk(rogue) as desk:
        await until(lambda: desk.link.session)
        await rogue.stop()
        rogue.is_booting = True
        rogue.booted_at = time.time()
        await rogue.start()
        await until(lambda: rogue.logins == 2)
        await asyncio.sleep(module.GREETING_SECONDS + 0.5)
        assert (desk.synced, desk.link.syncing) == (1, True)
        rogue.is_booting = False
        rogue.fully_booted(rogue.send)
        await until(lambda: desk.synced == 2, seconds=1.0)
        assert desk.link.booted_at == pytest.approx(rogue.booted_at, abs=2)


async def test_who_comes_first_while_the_pbx_starts_looks_again_when_it_has_finished(rogue):
    rogue.is_booting = True
    async with Desk(rogue) as desk:
        await until(lambda: desk.synced == 1)
        rogue.is_booting = False
        rogue.fully_booted(rogue.send)
        await until(lambda: desk.synced == 2)


async def test_a_list_cut_in_the_middle_is_no_snapshot(rogue):
    whole = rogue.answers["QueueStatus"]
    rogue.answers["QueueStatus"] = lambda caller, action: caller.reply(action, EventList="start")
    async with Desk(rogue) as desk:
        await until(lambda: desk.lost)
        assert desk.synced == 0
        rogue.answers["QueueStatus"] = whole
        await until(lambda: desk.synced)


async def test_a_user_who_may_not_read_channels_ends_no_calls(rogue):
    rogue.answers["Status"] = lambda caller, action: caller.reply(action, "Error", Message="Permission denied")
    async with Desk(rogue) as desk:
        await until(lambda: desk.lost)
        assert (desk.synced, desk.link.note) == (0, "lost")


async def test_empty_lists_that_answer_error_are_no_failure(rogue):
    for name in ("QueueStatus", "ParkedCalls", "BridgeList"):
        rogue.answers[name] = lambda caller, action: caller.reply(action, "Error", Message="No such thing")
    async with Desk(rogue) as desk:
        await until(lambda: desk.synced)


async def test_a_wrong_secret_is_said_clearly_and_not_hammered(rogue, caplog):
    rogue.secret = "changed"
    async with Desk(rogue, wrong_password_delay=0.5) as desk:
        await until(lambda: desk.link.note == "wrong-password")
        assert re.search("does not let “dispatch” in: Authentication failed", caplog.text)
        await asyncio.sleep(0.3)
        assert len(rogue.received("Login")) == 1
        rogue.secret = "s3cret"
        await until(lambda: desk.synced)


def test_a_wrong_secret_is_tried_again_each_minute():
    assert module.WRONG_PASSWORD_DELAY == 60


async def test_a_pbx_that_was_away_for_long_is_found_soon_while_its_machine_answers(rogue, monkeypatch):
    monkeypatch.setattr(module, "OUTAGE_SHARE", 0.001)  # at once the longest pauses
    monkeypatch.setattr(module, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(module, "REFUSED_DELAY", 0.3)
    async with Desk(rogue) as desk:
        await until(lambda: desk.link.session)
        await rogue.stop()
        await until(lambda: desk.link.note == "unreachable")
        await asyncio.sleep(0.5)
        await rogue.start()
        await until(lambda: desk.link.session, seconds=2.0)


@pytest.mark.parametrize(
    ("outage", "least", "most"), [(0, 0.7, 1), (5, 0.7, 1), (10, 0.8, 1.3), (20, 1.7, 2.5), (60, 5, 7.5), (600, 21, 30)]
)
def test_the_longer_it_is_broken_the_longer_the_pauses(outage, least, most):
    delays = [delay(outage) for _ in range(200)]
    assert least <= min(delays) < max(delays) <= most
    assert len(set(delays)) > 100  # a hundred desks do not all come back in the same instant
