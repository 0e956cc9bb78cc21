"""The desk's dialplan (deploy/asterisk/dialplan), as each channel walks through it.

A context is a coroutine: it does what its lines do, says what they say, and returns the next place, or None to hang up.
The priorities are those of the real lines, because every event shows where its channel is.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telephony.sim.channel import NORMAL, Channel, HungUp, Place, Redirected, State
from telephony.sim.dial import Dial, Target
from telephony.sim.pbx import STAFF, TRUNK, Pbx
from telephony.sim.queue import TimedOut, Withdrawn
from telephony.sim.recording import Recorder

log = logging.getLogger(__name__)

PICK_SECONDS = 5.0
RING_SECONDS = 20.0
BACK_SECONDS = 12.0
OUTSIDE_SECONDS = 40.0
HOLD_SECONDS = 120
POLL_SECONDS = 2.0
QUEUE_SECONDS = 300.0
RETURN_PRIORITY = 10
END_SECONDS = 1.5  # busy tone before a finished call is hung up

EXTENSIONS = {
    "staff": re.compile(r"1[0-9]{2}|[78][0-9]{10}|\+[0-9]+"),
    "staff-direct": re.compile(r"1[0-9]{2}"),
}

Walk = Callable[[Channel], Awaitable[Place | None]]


def at(channel: Channel, priority: int) -> None:
    channel.place = Place(channel.place.context, channel.place.exten, priority)


def client_header(channel: Channel) -> tuple[str, str]:
    return ("Client", channel.uniqueid)


class Dialplan:
    """`start()` a channel at a place; it walks on until it hangs up."""

    def __init__(self, pbx: Pbx, recorder: Recorder) -> None:
        self._pbx = pbx
        self._dial = Dial(pbx, recorder, self.start)
        self._recorder = recorder
        self._tasks: set[asyncio.Task[None]] = set()
        self._contexts: dict[str, Walk] = {
            "from-trunk": self._from_trunk,
            "staff": self._staff,
            "staff-direct": self._staff_direct,
            "desk-in": self._in,
            "desk-queue": self._queue,
            "desk-fallback": self._fallback,
            "desk-pick": self._pick,
            "desk-end": self._end,
            "desk-transfer": self._transfer,
            "desk-home": self._home,
            "desk-hold": self._hold,
            "desk-idle": self._idle,
            "desk-take": self._take,
            "desk-taken": self._taken,
            "desk-after": self._after,
            "desk-free": self._free,
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
                if place.context != "desk-taken":
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
        if place is None or place.context != "desk-taken":  # who was fetched into a bridge runs no dialplan any more
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

    # --- from outside ---------------------------------------------------------------------------------------------

    async def _from_trunk(self, channel: Channel) -> Place | None:
        channel.variables["DISP_CALL"] = channel.uniqueid
        if channel.dialled == self._pbx.city:
            return Place("desk-in", "s")
        if channel.dialled[-3:] in STAFF:
            return Place("staff-direct", channel.dialled[-3:])
        raise HungUp(1)

    async def _in(self, client: Channel) -> Place:
        self._pbx.answered(client)
        client.variables["DESK_CLIENT"] = client.uniqueid
        return Place("desk-queue", "new")

    async def _queue(self, client: Channel) -> Place:
        variables = client.variables
        if client.place.exten in ("new", "s"):
            returned = client.place.exten == "s"
            variables["QUEUE_PRIO"] = str(RETURN_PRIORITY if returned else 0)
            variables["DESK_SINCE"] = str(time.time())
            variables["DESK_POS"] = ""
        variables.update(DESK_OWNER="", DESK_AT="queue")
        position = variables["DESK_POS"]
        client.place = Place("desk-queue", "run", 5)
        self._pbx.user_event("DeskQueue", client, client_header(client), ("Position", position))
        at(client, 6)
        client.application, client.data = "Queue", f"dispatch,c,,,{QUEUE_SECONDS:.0f},,desk-agent,,{position}"
        queue = self._pbx.queue
        try:
            answer = await queue.wait(
                client,
                priority=int(variables["QUEUE_PRIO"]),
                position=int(position) if position else None,
                seconds=QUEUE_SECONDS,
            )
        except Withdrawn as asked:
            return Place("desk-pick", str(asked))
        except TimedOut:
            return Place("desk-fallback", "s")
        variables["DESK_AT"] = "talk"
        self._dial.record(client, answer.leg)
        queue.connect(client, answer.leg, answer.hold)
        began = time.time()

        def over(reason: str) -> None:
            talk = round(time.time() - began)
            queue.complete(client, answer.leg, hold=answer.hold, talk=talk, reason=reason)

        try:
            await self._dial.talk(client, answer.leg, over)
        except Redirected:
            if answer.leg.uniqueid not in self._pbx.channels:
                # he was sent on: for the queue it stays this member's call to the end
                member = queue.name_of(answer.leg)
                client.epilogue = lambda: queue.complete_alone(
                    client, answer.leg.device, member, hold=answer.hold, talk=round(time.time() - began)
                )
            raise
        finally:
            queue.release(answer.leg)
        return Place("desk-end", "s")

    async def _fallback(self, client: Channel) -> Place:
        client.variables["DESK_AT"] = "fallback"
        at(client, 2)
        self._pbx.user_event("DeskFallback", client, client_header(client), ("Why", "TIMEOUT"))
        self._pbx.start_music(client)
        await self._pbx.until(client, seconds=1.0)
        self._pbx.stop_music(client)
        client.variables["DESK_POS"] = str(self._place_of(client))
        return Place("desk-queue", "run")

    def _place_of(self, client: Channel) -> int:
        """Behind those of his priority who came before him, whoever joined or left meanwhile."""
        place = 1
        for number, entry in enumerate(self._pbx.queue.entries, start=1):
            other, own = entry.channel.variables, client.variables
            ahead = int(other["QUEUE_PRIO"]) > int(own["QUEUE_PRIO"])
            same = other["QUEUE_PRIO"] == own["QUEUE_PRIO"]
            if ahead or (same and float(other["DESK_SINCE"]) < float(own["DESK_SINCE"])):
                place = number + 1
        return place

    async def _pick(self, client: Channel) -> Place:
        extension = client.place.exten
        client.variables["DESK_AT"] = "pick"
        at(client, 4)
        self._pbx.user_event("DeskPick", client, client_header(client), ("By", extension))
        self._quiet(f"PJSIP/{extension}")
        at(client, 6)
        client.application = "Dial"
        client.data = f"PJSIP/{extension},{PICK_SECONDS:.0f},gm(default)U(desk-agent)b(desk-auto^s^1)"
        status, cause = "CHANUNAVAIL", 3
        if extension in STAFF:
            target = Target(f"PJSIP/{extension}", extension, answers_itself=True)
            done = await self._dial.call(client, target, seconds=PICK_SECONDS, music=True)
            if done.leg:
                client.variables["DESK_AT"] = "talk"
                await self._dial.talk(client, done.leg)
                return Place("desk-end", "s")
            status, cause = done.status, done.cause
        client.variables["DESK_POS"] = str(self._place_of(client))
        at(client, 9)
        self._pbx.user_event(
            "DeskPickBack",
            client,
            client_header(client),
            ("By", extension),
            ("Result", status),
            ("Cause", str(cause)),
            ("Position", client.variables["DESK_POS"]),
        )
        return Place("desk-queue", "run")

    def _quiet(self, device: str) -> None:
        """The picker's phone rings with somebody else: that one stays at his place."""
        for leg in list(self._pbx.channels.values()):
            if leg.device == device and leg.state is State.RINGING and leg.variables.get("DESK_CLIENT"):
                self._pbx.say("SoftHangupRequest", leg, ("Cause", "32"))
                self._pbx.hang_up(leg, 0)

    async def _end(self, client: Channel) -> None:
        client.variables["DESK_AT"] = "end"
        at(client, 3)
        await self._pbx.until(client, seconds=END_SECONDS)
        at(client, 4)

    # --- moved by the desk ----------------------------------------------------------------------------------------

    async def _transfer(self, client: Channel) -> Place:
        number, _, sender = client.place.exten.partition("-")
        client.variables.update(DESK_OWNER="", DESK_AT="transfer", DESK_DEV=f"PJSIP/{sender}")
        client.variables.setdefault("DESK_CLIENT", client.uniqueid)
        at(client, 10)
        device = client.variables["DESK_DEV"]
        self._pbx.user_event("DeskTransfer", client, client_header(client), ("To", number), ("Device", device))
        target = desk_target(number)
        if target is None:
            return Place("desk-home", "notarget")
        at(client, 11)
        done = await self._dial.call(client, target, seconds=RING_SECONDS, music=True)
        if done.leg is None:
            return Place("desk-home", done.status.lower())
        client.variables["DESK_AT"] = "talk"
        await self._dial.talk(client, done.leg)
        return Place("desk-end", "s")

    async def _home(self, client: Channel) -> Place:
        why, device = client.place.exten, client.variables.get("DESK_DEV", "")
        client.variables.update(DESK_OWNER="", DESK_AT="home")
        at(client, 4)
        self._pbx.user_event("DeskHome", client, client_header(client), ("Why", why), ("Device", device))
        if not device:
            return Place("desk-queue", "s")
        self._pbx.start_music(client)
        await self._pbx.until(client, seconds=1.0)
        self._pbx.stop_music(client)
        if self._pbx.device_state(device) != "NOT_INUSE":
            return Place("desk-queue", "s")
        at(client, 9)
        self._pbx.user_event("DeskReturn", client, client_header(client), ("Device", device), ("Why", why))
        at(client, 10)
        target = Target(device, device.removeprefix("PJSIP/"))
        done = await self._dial.call(client, target, seconds=BACK_SECONDS, music=True)
        if done.leg is None:
            return Place("desk-queue", "s")
        client.variables["DESK_AT"] = "talk"
        await self._dial.talk(client, done.leg)
        return Place("desk-end", "s")

    async def _hold(self, client: Channel) -> Place:
        owner = client.place.exten
        leg = self._pbx.channels.get(owner)
        client.variables.update(DESK_OWNER=owner, DESK_AT="hold")
        client.variables.setdefault("DESK_CLIENT", client.uniqueid)
        if leg:
            client.variables["DESK_DEV"] = leg.device
        until = int(time.time()) + HOLD_SECONDS
        at(client, 8)
        self._pbx.user_event("DeskHold", client, client_header(client), ("Owner", owner), ("Until", str(until)))
        at(client, 13)
        while time.time() < until:
            if owner not in self._pbx.channels:
                return Place("desk-home", "lost")
            self._pbx.start_music(client)
            await self._pbx.until(client, seconds=POLL_SECONDS)
            self._pbx.stop_music(client)
        self._pbx.user_event("DeskLimit", client, client_header(client), ("Owner", owner))
        return Place("desk-home", "limit")

    async def _idle(self, leg: Channel) -> Place:
        leg.variables["DESK_C"] = leg.place.exten
        self._dial.stop_recording(leg)
        at(leg, 6)
        self._pbx.user_event("DeskIdle", leg, ("Client", leg.place.exten), ("Leg", leg.uniqueid))
        while self._owns(leg):
            await self._pbx.until(leg, seconds=1.0)
        return Place("desk-free", "s")

    def _owns(self, leg: Channel) -> bool:
        client = self._pbx.channels.get(leg.variables.get("DESK_C", ""))
        return client is not None and client.variables.get("DESK_OWNER") == leg.uniqueid

    async def _take(self, leg: Channel) -> Place:
        leg.variables["DESK_C"] = leg.place.exten
        client = self._pbx.channels.get(leg.place.exten)
        if client is None or not self._owns(leg) or client.bridge:
            return Place("desk-free", "s")
        client.variables["DESK_AT"] = "talk"
        at(leg, 11)
        self._pbx.user_event("DeskBack", leg, client_header(client), ("Leg", leg.uniqueid))
        self._dial.record(client, leg)
        at(leg, 13)
        self._pbx.stop_music(client)
        if not client.interrupt.done():  # his own channel leaves the music and sits in our bridge
            client.interrupt.set_result(Redirected(Place("desk-taken", client.place.exten, 14)))
        at(client, 14)
        self._pbx.bridge(client, leg)
        self._recorder.start(leg.uniqueid)
        while client.bridge:
            await self._pbx.until(leg, seconds=0.05)
        self._pbx.leave(leg)
        self._dial.stop_recording(leg)
        return Place("desk-free", "s")

    async def _taken(self, client: Channel) -> Place:
        """In a bridge that the dispatcher's leg made. When she leaves it, he goes home or the call is over."""
        client.place = Place("desk-hold", client.place.exten, 14)
        bridge = client.bridge
        while bridge and len(bridge.channels) > 1:
            await self._pbx.until(client, seconds=0.05)
        self._pbx.leave(client)
        return Place("desk-after", "client")

    async def _after(self, client: Channel) -> Place:
        client.variables["DESK_AT"] = "after"
        owner = client.variables.get("DESK_OWNER", "")
        for _ in range(3):
            self._pbx.start_music(client)
            await self._pbx.until(client, seconds=1.0)
            self._pbx.stop_music(client)
            if owner not in self._pbx.channels:
                return Place("desk-end", "s")
        return Place("desk-hold", owner)

    async def _free(self, leg: Channel) -> None:
        at(leg, 2)
        client = leg.variables.get("DESK_C", "")
        self._pbx.user_event("DeskLegFree", leg, ("Client", client), ("Leg", leg.uniqueid), ("Done", ""))
        at(leg, 5)
        await self._pbx.until(leg, seconds=END_SECONDS)
        at(leg, 6)

    # --- from the phones of the office ----------------------------------------------------------------------------

    async def _staff(self, caller: Channel) -> Place | None:
        number = caller.place.exten.removeprefix("+")
        caller.variables.setdefault("DISP_CALL", caller.uniqueid)
        if number in STAFF:
            return Place("staff-direct", number)
        target = desk_target(number)
        if target is None:
            raise HungUp(1)
        caller.place = Place("staff", number, 3)
        await self._ring(caller, target, OUTSIDE_SECONDS)
        return None

    async def _staff_direct(self, caller: Channel) -> None:
        target = desk_target(caller.place.exten)
        if target is None:
            raise HungUp(20)
        at(caller, 4)
        await self._ring(caller, target, RING_SECONDS)

    async def _ring(self, caller: Channel, target: Target, seconds: float) -> None:
        caller.variables["DESK_CLIENT"] = caller.uniqueid
        self._pbx.device_changed(caller.device)
        done = await self._dial.call(caller, target, seconds=seconds, music=False)
        if done.leg:
            await self._dial.talk(caller, done.leg)
        at(caller, caller.place.priority + 1)
        if done.leg is None:
            raise HungUp(done.cause)

    # --- calls placed by the server -------------------------------------------------------------------------------

    async def originate(self, leg: Channel, seconds: float) -> str:
        """Ring the phone. How it ended, as OriginateResponse counts: "4" answered, "5" busy, "3" silent, "0" failed."""
        self._pbx.dial_event("DialBegin", None, leg, ("DialString", leg.device.removeprefix("PJSIP/")))
        self._pbx.invite(leg)
        waited: set[asyncio.Future[Any]] = {leg.up, leg.interrupt}
        await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if leg.up.done() and not leg.interrupt.done():
            return "4"
        busy = leg.interrupt.done() and leg.cause == 17
        self._pbx.dial_event("DialEnd", None, leg, ("DialStatus", "BUSY" if busy else "NOANSWER"))
        gone = leg.interrupt.done()
        self._pbx.end(leg, leg.cause)
        return "5" if busy else "0" if gone else "3"


def desk_target(number: str) -> Target | None:
    """A number becomes somebody to dial, or nobody."""
    if number in STAFF:
        return Target(f"PJSIP/{number}", f"{number}/sip:{number}@127.0.0.1:5060")
    if len(number) == 11 and number.isascii() and number.isdigit() and number[0] in "78":
        return Target(TRUNK, f"{number}@trunk", number)
    return None
