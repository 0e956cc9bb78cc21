"""A client's call from the trunk to its end: he waits, is answered or picked, and goes back to his place if need be."""

import time

from telephony.sim.channel import Channel, HungUp, Place, Redirected, State
from telephony.sim.dial import Dial, Target
from telephony.sim.pbx import STAFF, Pbx
from telephony.sim.queue import TimedOut, Withdrawn
from telephony.sim.walk import Walk, at, client_header, desk_target, refuses

PICK_SECONDS = 5.0
RING_SECONDS = 20.0
QUEUE_SECONDS = 300.0
RETURN_PRIORITY = 10
END_SECONDS = 1.5  # busy tone before a finished call is hung up


class Waiting:
    """deploy/asterisk/dialplan: trunk, entry, own, queue, pick, home (desk-end)."""

    def __init__(self, pbx: Pbx, dial: Dial) -> None:
        self._pbx = pbx
        self._dial = dial
        self.contexts: dict[str, Walk] = {
            "from-trunk": self._from_trunk,
            "desk-in": self._in,
            "desk-own": self._own,
            "desk-instead": self._instead,
            "desk-queue": self._queue,
            "desk-fallback": self._fallback,
            "desk-pick": self._pick,
            "desk-end": self._end,
        }

    async def _from_trunk(self, channel: Channel) -> Place | None:
        channel.variables["DISP_CALL"] = channel.uniqueid
        if channel.dialled in self._pbx.cities:
            return Place("desk-in", "s")
        if channel.dialled[-3:] in STAFF:
            return Place("staff-direct", channel.dialled[-3:])
        raise HungUp(1)

    async def _in(self, client: Channel) -> Place:
        self._pbx.answered(client)
        client.variables["DESK_CLIENT"] = client.uniqueid
        return Place("desk-own", "s")

    async def _own(self, client: Channel) -> Place:
        number = "".join(sign for sign in client.caller.number if sign in "0123456789")
        person, _, rest = self._pbx.database.get(("desk-own", number), "").partition("-")
        seconds, _, instead = rest.partition("-")
        extension = self._pbx.database.get(("desk-seat", person), "")
        target = desk_target(extension) if extension in STAFF else None
        if (
            target is None
            or refuses(self._pbx, extension)
            or self._pbx.device_state(target.device) not in ("NOT_INUSE", "RINGING")
        ):
            return Place("desk-queue", "new")
        client.place = Place("desk-own", extension, 4)
        variables = client.variables
        variables.update(DESK_AT="own", QUEUE_PRIO="0", DESK_SINCE=str(time.time()))
        who = (client_header(client), ("Who", extension))
        self._pbx.user_event("DeskOwn", client, *who, ("Seconds", seconds))
        at(client, 5)
        done = await self._dial.call(client, target, seconds=float(seconds), music=True)
        if done.leg:
            return await self._talks(client, done.leg)
        at(client, 7)
        self._pbx.user_event("DeskOwnEnd", client, *who, ("Result", done.status), ("Cause", str(done.cause)))
        if instead != extension and desk_target(instead) and not refuses(self._pbx, instead):
            return Place("desk-instead", f"{instead}-{extension}")
        return Place("desk-queue", "late")

    async def _instead(self, client: Channel) -> Place:
        number = client.place.exten.partition("-")[0]
        target = desk_target(number)
        self._pbx.user_event("DeskInstead", client, client_header(client), ("To", number))
        if target:
            at(client, 2)
            done = await self._dial.call(client, target, seconds=RING_SECONDS, music=True)
            if done.leg:
                return await self._talks(client, done.leg)
        return Place("desk-queue", "late")

    async def _talks(self, client: Channel, leg: Channel) -> Place:
        client.variables["DESK_AT"] = "talk"
        await self._dial.talk(client, leg)
        return Place("desk-end", "s")

    async def _queue(self, client: Channel) -> Place:
        variables = client.variables
        if client.place.exten in ("new", "s"):
            returned = client.place.exten == "s"
            variables["QUEUE_PRIO"] = str(RETURN_PRIORITY if returned else 0)
            variables["DESK_SINCE"] = str(time.time())
            variables["DESK_POS"] = ""
        elif client.place.exten == "late":
            variables["DESK_POS"] = str(self._place_of(client))
        variables.update(DESK_OWNER="", DESK_AT="queue")
        position = variables.get("DESK_POS", "")
        client.place = Place("desk-queue", "run", 5)
        self._pbx.user_event("DeskQueue", client, client_header(client), ("Position", position))
        at(client, 6)
        client.application, client.data = "Queue", f"dispatch,c,,,{QUEUE_SECONDS:.0f},,desk-agent,,{position}"
        queue = self._pbx.queue
        try:
            answer = await queue.wait(
                client,
                priority=int(variables.get("QUEUE_PRIO", "0")),
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
            theirs, mine = int(other.get("QUEUE_PRIO", "0")), int(own.get("QUEUE_PRIO", "0"))
            before = float(other.get("DESK_SINCE", "inf")) < float(own.get("DESK_SINCE", "inf"))
            if theirs > mine or (theirs == mine and before):
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
                return await self._talks(client, done.leg)
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
