"""A PBX with one queue, played on the socket: it tells what a real one tells, as far as these stories need it."""

import itertools
import time
from dataclasses import dataclass, field

from tests.telephony.link.rogue import Caller, Rogue, message

QUEUE = "dispatch"


@dataclass
class Channel:
    name: str
    uniqueid: str
    number: str
    linkedid: str
    state: str = "Down"
    bridge: str = ""

    def headers(self, prefix: str = "") -> dict[str, object]:
        return {
            f"{prefix}Channel": self.name,
            f"{prefix}ChannelStateDesc": self.state,
            f"{prefix}CallerIDNum": self.number,
            f"{prefix}CallerIDName": "<unknown>",
            f"{prefix}Context": "desk-queue",
            f"{prefix}Exten": "run",
            f"{prefix}Uniqueid": self.uniqueid,
            f"{prefix}Linkedid": self.linkedid,
        }


@dataclass
class Waiting:
    """A caller, the telephones that ring with him, and whether he stands in the queue."""

    channel: Channel
    legs: dict[str, Channel] = field(default_factory=dict)
    in_queue: bool = True
    asked_by: str = ""
    withdraws_by_itself: bool = True


class TinyPbx(Rogue):
    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Waiting] = []
        self.members: dict[str, str] = {}
        self.deaf = False  # to Hangup
        self._numbers = itertools.count(1)
        self._second = int(time.time())
        self.answers |= {
            "Status": lambda caller, action: caller.reply_list(action, self._status(), complete="StatusComplete"),
            "QueueStatus": lambda caller, action: caller.reply_list(
                action, self._queue_status(), complete="QueueStatusComplete"
            ),
            "QueueWithdrawCaller": self._withdraw,
            "Redirect": self._redirect,
            "Hangup": self._hangup,
            "PlayDTMF": self._key,
            "QueueAdd": self._add,
            "QueueRemove": self._remove,
        }

    # --- what people do

    def comes(self, number: str, *, rings: tuple[str, ...] = ("101", "102"), first: bool = False) -> Waiting:
        """A caller enters the queue. The first in it leaves it late, as on the real one."""
        caller = Waiting(self._channel("trunk", number), withdraws_by_itself=not first)
        self.waiting.append(caller)
        self._new(caller.channel, "Ring")
        self._newstate(caller.channel, "Up")
        self._joins(caller)
        for phone in rings:
            self._rings(caller, phone)
        return caller

    def lifts(self, caller: Waiting, phone: str) -> None:
        leg = caller.legs[phone]
        self._newstate(leg, "Up")
        self._dial_end(caller, phone, "ANSWER")
        for other in set(caller.legs) - {phone}:
            self._stops_ringing(caller, other, "CANCEL")
        if caller.in_queue:
            self._leaves(caller)
        bridge = f"bridge-{leg.uniqueid}"
        for channel in (leg, caller.channel):
            channel.bridge = bridge
            self.event("BridgeEnter", BridgeUniqueid=bridge, BridgeType="basic", **channel.headers())

    def does_not_lift(self, caller: Waiting, phone: str, result: str = "NOANSWER") -> None:
        """The picked caller gets his place again."""
        self._stops_ringing(caller, phone, result)
        self.said("DeskPickBack", Client=caller.channel.uniqueid, By=phone, Result=result, Position=1)
        caller.asked_by = ""
        self._joins(caller)

    def rings_at_the_next_key(self, caller: Waiting, phone: str) -> list[Channel]:
        """The queue calls a telephone in the moment of a pick. The leg, once there is one."""
        legs: list[Channel] = []

        def key(asker: Caller, action: dict[str, str]) -> None:
            self.answers["PlayDTMF"] = self._key
            self._rings(caller, phone)
            legs.append(caller.legs[phone])
            self._key(asker, action)

        self.answers["PlayDTMF"] = key
        return legs

    def rings_off(self, caller: Waiting) -> None:
        for phone in list(caller.legs):
            if caller.legs[phone].state == "Ringing":
                self._stops_ringing(caller, phone, "CANCEL")
        if caller.in_queue:
            self.event(
                "QueueCallerAbandon",
                Queue=QUEUE,
                Position=1,
                OriginalPosition=1,
                HoldTime=3,
                **caller.channel.headers(),
            )
            self._leaves(caller)
        self.event("HangupRequest", Cause=16, **caller.channel.headers())
        for channel in (*caller.legs.values(), caller.channel):
            if channel.bridge:
                self.event("BridgeLeave", BridgeUniqueid=channel.bridge, BridgeType="basic", **channel.headers())
        for channel in (*caller.legs.values(), caller.channel):
            self.event("Hangup", Cause=16, **channel.headers())
        self.waiting.remove(caller)

    def said(self, name: str, **fields: object) -> None:
        self.event("UserEvent", Privilege="user,all", UserEvent=name, **fields)

    # --- what the link asks

    def _withdraw(self, caller: Caller, action: dict[str, str]) -> None:
        found = [one for one in self.waiting if one.channel.name == action["Caller"] and one.in_queue]
        if not found:
            caller.reply(action, "Error", Message="No such caller in queue")
        elif found[0].asked_by:
            caller.reply(action, "Error", Message="Already requested")
        else:
            found[0].asked_by = action["WithdrawInfo"]
            caller.reply(action, Message="Withdraw requested successfully")
            if found[0].withdraws_by_itself:
                self._goes_to(found[0], action["WithdrawInfo"])

    def _redirect(self, caller: Caller, action: dict[str, str]) -> None:
        found = [one for one in self.waiting if one.channel.uniqueid == action["Channel"]]
        caller.reply(action, Message="Redirect successful")
        if found and action["Context"] == "desk-pick":
            self._goes_to(found[0], action["Exten"])

    def _hangup(self, caller: Caller, action: dict[str, str]) -> None:
        caller.reply(action, Message="Channel Hungup")
        for one in self.waiting:
            for phone, leg in list(one.legs.items()):
                if leg.uniqueid == action["Channel"] and not self.deaf:
                    self._stops_ringing(one, phone, "NOANSWER")

    def _key(self, caller: Caller, action: dict[str, str]) -> None:
        caller.reply(action, Message="DTMF successfully queued")
        for one in self.waiting:
            if one.channel.uniqueid == action["Channel"] and one.asked_by and one.in_queue and not one.legs:
                self._goes_to(one, one.asked_by)

    def _goes_to(self, caller: Waiting, phone: str) -> None:
        """The dialplan's desk-pick: his phones stop, the picker's stops with anybody else, then it rings with him."""
        for ringing in list(caller.legs):
            self._stops_ringing(caller, ringing, "CANCEL")
        self._leaves(caller)
        self.said("DeskPick", Client=caller.channel.uniqueid, By=phone)
        for other in self.waiting:
            if phone in other.legs and other.legs[phone].state == "Ringing":
                self._stops_ringing(other, phone, "NOANSWER")
        self._rings(caller, phone)

    def _add(self, caller: Caller, action: dict[str, str]) -> None:
        if action["Interface"] in self.members:
            caller.reply(action, "Error", Message="Unable to add interface: Already there")
            return
        self.members[action["Interface"]] = action["MemberName"]
        caller.reply(action, Message="Added interface to queue")

    def _remove(self, caller: Caller, action: dict[str, str]) -> None:
        there = self.members.pop(action["Interface"], None)
        if there is None:
            caller.reply(action, "Error", Message="Unable to remove interface: Not there")
        else:
            caller.reply(action, Message="Removed interface from queue")

    # --- how it tells it

    def _channel(self, kind: str, number: str, linkedid: str = "") -> Channel:
        count = next(self._numbers)
        uniqueid = f"{self._second}.{count}"
        return Channel(f"PJSIP/{kind}-{count:08x}", uniqueid, number, linkedid or uniqueid)

    def _new(self, channel: Channel, state: str) -> None:
        channel.state = state
        self.event("Newchannel", **channel.headers())

    def _newstate(self, channel: Channel, state: str) -> None:
        channel.state = state
        self.event("Newstate", **channel.headers())

    def _joins(self, caller: Waiting) -> None:
        caller.in_queue = True
        place = sum(one.in_queue for one in self.waiting)
        self.event("QueueCallerJoin", Queue=QUEUE, Position=place, Count=place, **caller.channel.headers())

    def _leaves(self, caller: Waiting) -> None:
        caller.in_queue = False
        self.event("QueueCallerLeave", Queue=QUEUE, Position=1, Count=0, **caller.channel.headers())

    def _rings(self, caller: Waiting, phone: str) -> None:
        leg = caller.legs[phone] = self._channel(phone, phone, caller.channel.uniqueid)
        self._new(leg, "Down")
        self.event("DialBegin", DialString=phone, **caller.channel.headers(), **leg.headers("Dest"))
        self._newstate(leg, "Ringing")
        self.event("DialState", DialStatus="RINGING", **caller.channel.headers(), **leg.headers("Dest"))

    def _dial_end(self, caller: Waiting, phone: str, status: str) -> None:
        self.event("DialEnd", DialStatus=status, **caller.channel.headers(), **caller.legs[phone].headers("Dest"))

    def _stops_ringing(self, caller: Waiting, phone: str, status: str) -> None:
        self._dial_end(caller, phone, status)
        self.event("Hangup", Cause=0, **caller.legs.pop(phone).headers())

    def _status(self) -> list[bytes]:
        channels = [channel for one in self.waiting for channel in (one.channel, *one.legs.values())]
        return [
            message(Event="Status", **channel.headers(), BridgeID=channel.bridge, Seconds=5) for channel in channels
        ]

    def _queue_status(self) -> list[bytes]:
        members = [
            message(Event="QueueMember", Queue=QUEUE, Name=name, Location=interface, Status=1, Paused=0)
            for interface, name in self.members.items()
        ]
        inside = [one for one in self.waiting if one.in_queue]
        return members + [
            message(Event="QueueEntry", Queue=QUEUE, Position=place, **one.channel.headers())
            for place, one in enumerate(inside, start=1)
        ]
