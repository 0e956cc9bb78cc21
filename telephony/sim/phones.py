"""The pretend phones: desk phones of the office, mobiles behind the trunk, and the people who call in."""

import asyncio
import logging
import random
from collections.abc import Coroutine
from dataclasses import dataclass

from telephony.sim.channel import BUSY, REJECTED, Channel, Party, Place, State
from telephony.sim.dialplan import Dialplan
from telephony.sim.pbx import STAFF, TRUNK, USER_AGENT, Pbx

log = logging.getLogger(__name__)

NETWORK_SECONDS = 0.008  # an INVITE reaches a phone and its 180 comes back


@dataclass(frozen=True, slots=True)
class Manners:
    """How the pretend phones behave. Seconds; a pair is a range."""

    reflex: float = 0.3  # a desk phone that was asked to answer by itself
    answer: float | None = None  # a desk phone that rings; None: it waits for somebody
    mobile: tuple[float, float] = (2.0, 5.0)  # a called mobile
    mobile_talk: tuple[float, float] = (15.0, 40.0)
    mobile_silent: float = 0.15  # share of called mobiles that nobody answers


class Refusal(Exception):
    """What a phone cannot do now: nothing rings there, nobody talks there."""


class Phones:
    def __init__(self, pbx: Pbx, dialplan: Dialplan, manners: Manners, chance: random.Random) -> None:
        self._pbx = pbx
        self._dialplan = dialplan
        self._manners = manners
        self._chance = chance
        self._tasks: set[asyncio.Task[None]] = set()
        self.silent: set[str] = set()  # extensions that do not answer even when asked to
        self.obliging: set[str] = set()  # extensions that answer when they are told to while they ring

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a pretend phone broke", exc_info=task.exception())

    # --- being called ---------------------------------------------------------------------------------------------

    def invite(self, leg: Channel) -> None:
        self._later(self._mobile(leg) if leg.device == TRUNK else self._desk_phone(leg))

    async def _desk_phone(self, leg: Channel) -> None:
        await asyncio.sleep(NETWORK_SECONDS)
        if leg.interrupt.done():
            return
        talks = any(c.device == leg.device and c.state is State.UP for c in self._pbx.channels.values())
        if talks:  # one line
            self._pbx.remote_hang_up(leg, BUSY, 486)
            return
        self._pbx.ringing(leg)
        asked = leg.answers_itself and extension_of(leg) not in self.silent
        delay = self._manners.reflex if asked else self._manners.answer
        if delay is not None:
            await asyncio.sleep(delay)
            self._lift(leg)

    async def _mobile(self, leg: Channel) -> None:
        await asyncio.sleep(NETWORK_SECONDS)
        if leg.interrupt.done():
            return
        self._pbx.ringing(leg)
        if self._chance.random() < self._manners.mobile_silent:
            return
        await asyncio.sleep(self._chance.uniform(*self._manners.mobile))
        if self._lift(leg):
            await asyncio.sleep(self._chance.uniform(*self._manners.mobile_talk))
            self._pbx.remote_hang_up(leg)

    def _lift(self, leg: Channel) -> bool:
        if leg.interrupt.done() or leg.state is not State.RINGING:
            return False
        self._pbx.answered(leg)
        return True

    def notify(self, leg: Channel, event: str) -> None:
        """An in-dialog NOTIFY: phones that honour it answer on "talk"."""
        if event == "talk" and extension_of(leg) in self.obliging:
            self._lift(leg)

    def registered(self, function: str) -> str:
        """What PJSIP_ENDPOINT, PJSIP_AOR and PJSIP_CONTACT say of a telephone; "" where none is registered."""
        name, _, arguments = function.removesuffix(")").partition("(")
        extension = arguments.partition(",")[0].partition(";")[0]
        if extension in self._pbx.unplugged:
            return ""
        said = {"PJSIP_ENDPOINT": extension, "PJSIP_AOR": f"{extension};@1", "PJSIP_CONTACT": USER_AGENT}
        return said.get(name, "")

    # --- steered by hand ------------------------------------------------------------------------------------------

    def answer(self, extension: str) -> str:
        """Lift the ringing desk phone, or the mobile of that number; the uniqueid of its leg."""
        leg = self._ringing(extension)
        self._lift(leg)
        return leg.uniqueid

    def refuse(self, extension: str) -> None:
        """Press the red button of a ringing desk phone or mobile."""
        self._pbx.remote_hang_up(self._ringing(extension), REJECTED, 603)

    def say_busy(self, extension: str) -> None:
        """The ringing desk phone answers 486, as most do for the same button."""
        self._pbx.remote_hang_up(self._ringing(extension), BUSY, 486)

    def _ringing(self, extension: str) -> Channel:
        leg = self._leg(extension, State.RINGING) or self._outside(extension, State.RINGING)
        if leg is None:
            raise Refusal(f"{extension} does not ring")
        return leg

    def hang_up(self, who: str) -> None:
        """Put down the receiver of a desk phone, of a caller by his number, or of one channel."""
        channel = self._pbx.find(who) or self._leg(who) or self._outside(who)
        if channel is None:
            raise Refusal(f"{who} is in no call")
        if channel.state is State.RINGING:
            self._pbx.remote_hang_up(channel, REJECTED, 603)
        else:
            self._pbx.remote_hang_up(channel)

    def _leg(self, extension: str, state: State | None = None) -> Channel | None:
        legs = [c for c in self._pbx.channels.values() if c.device == f"PJSIP/{extension}" and not c.interrupt.done()]
        return next((c for c in legs if state is None or c.state is state), None)

    def _outside(self, number: str, state: State | None = None) -> Channel | None:
        own = [c for c in self._pbx.channels.values() if c.device == TRUNK and not c.interrupt.done()]
        own = [c for c in own if state is None or c.state is state]
        return next((c for c in own if number in (c.caller.number, c.dialled)), None)

    # --- calling --------------------------------------------------------------------------------------------------

    def call_in(self, caller: Party, dialled: str, *, patience: float | None, talk: float | None) -> Channel:
        """Somebody outside calls. He rings off after `patience` s without an answer, or after `talk` s with one."""
        place = Place("from-trunk", dialled)
        channel = self._pbx.new_channel(TRUNK, place, caller=caller, state=State.RING, linked=None)
        channel.dialled = dialled
        self._dialplan.start(channel, place)
        self._later(self._life(channel, patience, talk))
        return channel

    async def _life(self, channel: Channel, patience: float | None, talk: float | None) -> None:
        try:
            async with asyncio.timeout(patience):
                await channel.joined.wait()
        except TimeoutError:
            self._pbx.remote_hang_up(channel)
            return
        if talk is not None:
            await asyncio.sleep(talk)
            self._pbx.remote_hang_up(channel)

    def dial(self, extension: str, number: str) -> Channel:
        """A desk phone dials."""
        if extension not in STAFF:
            raise Refusal(f"there is no phone {extension}")
        if self._leg(extension):
            raise Refusal(f"{extension} is in a call")
        place = Place("staff", number)
        caller = Party(extension, f"Desk {extension}")
        channel = self._pbx.new_channel(f"PJSIP/{extension}", place, caller=caller, state=State.RING, linked=None)
        channel.dialled = number
        self._dialplan.start(channel, place)
        return channel


def extension_of(leg: Channel) -> str:
    return leg.device.removeprefix("PJSIP/")
