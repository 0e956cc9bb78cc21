"""The desk's dialplan (deploy/asterisk/dialplan), as each channel walks through it.

A context is a coroutine: it does what its lines do, says what they say, and returns the next place, or None to hang up.
The priorities are those of the real lines, because every event shows where its channel is.
"""

import asyncio
import logging
import re
from typing import Any

from telephony.sim.calling import Calling
from telephony.sim.channel import BUSY, NORMAL, Channel, HungUp, Place, Redirected
from telephony.sim.consulting import Consulting
from telephony.sim.dial import Dial
from telephony.sim.moving import Moving
from telephony.sim.pairing import Pairing
from telephony.sim.parking import SLOTS, Parking
from telephony.sim.pbx import TRUNK, Pbx
from telephony.sim.recording import Recorder
from telephony.sim.waiting import Waiting
from telephony.sim.walk import Walk, client_header
from telephony.sim.watching import Watching

log = logging.getLogger(__name__)

EXTENSIONS = {
    "staff": re.compile(rf"1[0-9]{{2}}|[78][0-9]{{10}}|\+[0-9]+|{'|'.join(SLOTS)}"),
    "staff-direct": re.compile(r"1[0-9]{2}"),
    "desk-pair": re.compile(r"[0-9*]{2,}"),
    "desk-watch": re.compile(r"(listen|whisper|join)-.+"),
}

SILENT = 19  # cause: rung, no answer
FETCHED = ("desk-taken", "desk-taken2", "desk-parked")  # into a bridge that another channel made


class Dialplan:
    """`start()` a channel at a place; it walks on until it hangs up."""

    def __init__(self, pbx: Pbx, recorder: Recorder) -> None:
        self._pbx = pbx
        self._recorder = recorder
        self._tasks: set[asyncio.Task[None]] = set()
        dial = Dial(pbx, recorder, self.start)
        self._contexts: dict[str, Walk] = {
            **Waiting(pbx, dial).contexts,
            **Moving(pbx, dial).contexts,
            **Consulting(pbx, dial, recorder).contexts,
            **Parking(pbx, dial, recorder).contexts,
            **Watching(pbx, dial, recorder).contexts,
            **Calling(pbx, dial).contexts,
            **Pairing(pbx, dial).contexts,
        }

    def start(self, channel: Channel, place: Place) -> None:
        if channel.interrupt.done():
            channel.interrupt = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._walk(channel, place), name=channel.name)
        channel.task = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Drop everything at once, without a word: the process dies."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def exists(self, place: Place) -> bool:
        """Whether a call could be placed there."""
        pattern = EXTENSIONS.get(place.context)
        return place.context in self._contexts and (pattern is None or pattern.fullmatch(place.exten) is not None)

    async def _walk(self, channel: Channel, start: Place) -> None:
        place: Place | None = start
        cause = NORMAL
        while place:
            channel.place = place
            walk = self._contexts.get(place.context)
            try:
                if walk is None:
                    break
                place = await walk(channel)
            except Redirected as moved:
                channel.interrupt = asyncio.get_running_loop().create_future()
                place = moved.place
                if place.context not in FETCHED:
                    self._pbx.stop_music(channel)
                    self._pbx.leave(channel)
            except HungUp as ended:
                cause = ended.cause
                break
            except Exception:
                log.exception("the dialplan of %s broke at %s", channel.name, place)
                break
        self._pbx.stop_music(channel)
        self._pbx.leave(channel)
        if place is None or place.context not in FETCHED:  # who was fetched into a bridge runs no dialplan any more
            self._pbx.say("SoftHangupRequest", channel, ("Cause", "16"), *channel.cause_headers()[1:])
        self._part(channel, cause)

    def _part(self, channel: Channel, cause: int) -> None:
        """The channel ends: its hang-up handlers, then the event."""
        pbx = self._pbx
        self._recorder.end(channel.uniqueid)
        channel.cause = cause
        variables = channel.variables
        if variables.get("DESK_CLIENT") == channel.uniqueid and "DESK_AT" in variables:
            own, channel.place = channel.place, Place("desk-gone", "s")
            owner, state = variables.get("DESK_OWNER", ""), variables["DESK_AT"]
            pbx.user_event(
                "DeskClientGone",
                channel,
                client_header(channel),
                ("Owner", owner),
                ("At", state),
                ("Why", str(cause)),
            )
            channel.place = own
        pbx.end(channel, cause)
        held = pbx.channels.get(variables.get("DESK_C", ""))
        if held and held.variables.get("DESK_OWNER") == channel.uniqueid and held.variables.get("DESK_AT") == "hold":
            pbx.redirect(held, Place("desk-home", "lost"))

    async def originate(self, leg: Channel, seconds: float) -> str:
        """Ring the phone. How it ended, as OriginateResponse counts: "4" answered, "5" busy, "3" silent, "0" failed."""
        self._pbx.dial_event("DialBegin", None, leg, ("DialString", called(leg)))
        self._pbx.invite(leg)
        waited: set[asyncio.Future[Any]] = {leg.up, leg.interrupt}
        await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if leg.up.done() and not leg.interrupt.done():
            return "4"
        busy = leg.interrupt.done() and leg.cause == BUSY
        gone = leg.interrupt.done()
        if gone:
            self._pbx.dial_event("DialEnd", None, leg, ("DialStatus", "BUSY" if busy else "NOANSWER"))
        self._pbx.end(leg, leg.cause if gone else SILENT)  # of a time-out nothing else is said
        return "5" if busy else "0" if gone else "3"


def called(leg: Channel) -> str:
    """The dial string of a call that the PBX itself places."""
    device = leg.device.removeprefix("PJSIP/")
    return f"{leg.dialled}@{device}" if leg.device == TRUNK else device
