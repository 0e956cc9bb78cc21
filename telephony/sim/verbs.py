"""Actions that change something. As in the real one, Success means accepted; the events say what happened."""

import asyncio
import re
from collections.abc import Callable

from telephony.sim.answers import Answer, done, refused
from telephony.sim.channel import CHANNEL_VARIABLES, Channel, Party, Place
from telephony.sim.dialplan import Dialplan
from telephony.sim.members import Member, QueueRefusal
from telephony.sim.pbx import STAFF, TRUNK, Pbx
from telephony.sim.phones import Phones
from telephony.sim.walk import desk_target
from telephony.sim.wire import Action, Header

EXISTS = re.compile(r"DIALPLAN_EXISTS\(desk-target,([^,]*),1\)")
TRUE = ("1", "true", "yes", "on", "y", "t")
ANSWERED = "4"  # as OriginateResponse counts
AUTO_ANSWER = ("answer-after=0", "alert-autoanswer")


class Verbs:
    """`do()` an action on this PBX."""

    def __init__(self, pbx: Pbx, dialplan: Dialplan, phones: Phones) -> None:
        self._pbx = pbx
        self._dialplan = dialplan
        self._phones = phones
        self._calls: set[asyncio.Task[str]] = set()
        self._verbs: dict[str, Callable[[Action], Answer]] = {
            "queueadd": self._queue_add,
            "queueremove": self._queue_remove,
            "queuepause": self._queue_pause,
            "queuewithdrawcaller": self._queue_withdraw,
            "hangup": self._hang_up,
            "redirect": self._redirect,
            "setvar": self._set_variable,
            "getvar": self._get_variable,
            "dbput": self._db_put,
            "dbdel": self._db_delete,
            "userevent": self._user_event,
            "pjsipnotify": self._notify,
            "playdtmf": self._play_dtmf,
        }

    async def do(self, action: Action) -> Answer | None:
        """The answer, or None when there is no such verb."""
        name = action.name.lower()
        if name == "originate":
            return await self._originate(action)
        verb = self._verbs.get(name)
        if verb is None:
            return None
        try:
            return verb(action)
        except QueueRefusal as why:
            return refused(str(why))

    def stop(self) -> None:
        for call in self._calls:
            call.cancel()

    # --- the queue ------------------------------------------------------------------------------------------------

    def _queue_add(self, action: Action) -> Answer:
        queue, interface = action.get("Queue"), action.get("Interface")
        missing = first_missing(action, "Queue", "Interface")
        if missing:
            return missing
        if queue != self._pbx.queue.name:
            return refused("Unable to add interface to queue: No such queue")
        member = Member(
            interface,
            action.get("MemberName") or interface,
            action.get("StateInterface") or interface,
            penalty=action.get("Penalty") or "0",
            paused=action.get("Paused").lower() in TRUE,
            reason=action.get("Reason"),
        )
        self._pbx.queue.roster.add(member)
        return done("Added interface to queue")

    def _queue_remove(self, action: Action) -> Answer:
        missing = first_missing(action, "Queue", "Interface")
        if missing:
            return missing
        if action.get("Queue") != self._pbx.queue.name:
            return refused("Unable to remove interface from queue: No such queue")
        self._pbx.queue.roster.remove(action.get("Interface"))
        return done("Removed interface from queue")

    def _queue_pause(self, action: Action) -> Answer:
        missing = first_missing(action, "Interface", "Paused")
        if missing:
            return missing
        if action.get("Queue") not in ("", self._pbx.queue.name):
            return refused("Interface not found")
        if action.get("Paused").lower() in TRUE:
            self._pbx.queue.roster.pause(action.get("Interface"), action.get("Reason"))
            return done("Interface paused successfully")
        self._pbx.queue.roster.resume(action.get("Interface"))
        return done("Interface unpaused successfully")

    def _queue_withdraw(self, action: Action) -> Answer:
        missing = first_missing(action, "Queue", "Caller")
        if missing:
            return missing
        if action.get("Queue") != self._pbx.queue.name:
            return refused("Unable to request withdraw from queue: No such queue")
        self._pbx.queue.withdraw(action.get("Caller"), action.get("WithdrawInfo"))
        return done("Withdraw requested successfully")

    # --- channels -------------------------------------------------------------------------------------------------

    def _hang_up(self, action: Action) -> Answer:
        if not action.get("Channel"):
            return refused("No channel specified")
        channel = self._pbx.find(action.get("Channel"))
        if channel is None:
            return refused("No such channel")
        cause = action.get("Cause")
        self._pbx.hang_up(channel, int(cause) if cause.isdecimal() else 16)
        return done("Channel Hungup")

    def _redirect(self, action: Action) -> Answer:
        if not action.get("Channel"):
            return refused("Channel not specified")
        moves: list[tuple[Channel, Place]] = []
        for prefix in ("", "Extra"):
            name = action.get(prefix + "Channel")
            if not name:
                continue
            channel = self._pbx.find(name)
            if channel is None:
                return refused(f"{'Extra' * bool(prefix)}Channel does not exist: {name}")
            moves.append((channel, place_of(action, prefix)))
        for channel, place in moves:
            self._pbx.redirect(channel, place)
        return done("Dual Redirect successful" if len(moves) == 2 else "Redirect successful")

    def _set_variable(self, action: Action) -> Answer:
        name, value = action.get("Variable"), action.get("Value")
        if not name:
            return refused("No variable specified")
        if not action.get("Channel"):
            self._pbx.variables[name] = value
            return done("Variable Set")
        channel = self._pbx.find(action.get("Channel"))
        if channel is None:
            return refused("No such channel")
        channel.variables[name.lstrip("_")] = value
        return done("Variable Set")

    def _get_variable(self, action: Action) -> Answer:
        name = action.get("Variable")
        if not name:
            return refused("No variable specified")
        if not action.get("Channel"):
            asked = EXISTS.fullmatch(name)
            if asked:
                value = str(int(desk_target(asked[1]) is not None))
            elif name.startswith("PJSIP_"):
                value = self._phones.registered(name)
            else:
                value = self._pbx.variables.get(name, "")
            return done("", ("Variable", name), ("Value", value))
        channel = self._pbx.find(action.get("Channel"))
        if channel is None:
            return refused("No such channel")
        return done("", ("Variable", name), ("Value", channel.variables.get(name, "")))

    def _notify(self, action: Action) -> Answer:
        channel = self._pbx.find(action.get("Channel"))
        if channel is None:
            return refused("Channel not found")
        for variable in action.all("Variable"):
            name, _, value = variable.partition("=")
            if name.lower() == "event":
                self._phones.notify(channel, value)
        return done("NOTIFY sent")

    def _play_dtmf(self, action: Action) -> Answer:
        channel = self._pbx.find(action.get("Channel"))
        if channel is None:
            return refused("Channel not found")
        if not action.get("Digit"):
            return refused("No digit specified")
        if action.get("Receive").lower() in TRUE:
            self._pbx.press(channel, action.get("Digit"))
        return done("DTMF successfully queued")

    # --- the rest -------------------------------------------------------------------------------------------------

    def _db_put(self, action: Action) -> Answer:
        self._pbx.database[action.get("Family"), action.get("Key")] = action.get("Val")
        return done("Updated database successfully")

    def _db_delete(self, action: Action) -> Answer:
        if self._pbx.database.pop((action.get("Family"), action.get("Key")), None) is None:
            return refused("Database entry not found")
        return done("Key deleted successfully")

    def _user_event(self, action: Action) -> Answer:
        own = ("action", "userevent", "actionid")
        rest = [(key, value) for key, value in action.headers if key.lower() not in own]
        last: list[Header] = [("ActionID", action.id)] if action.id else []
        self._pbx.tell("UserEvent", "user", ("UserEvent", action.get("UserEvent")), *rest, *last)
        return done("Event Sent")

    # --- calls placed by the server -------------------------------------------------------------------------------

    async def _originate(self, action: Action) -> Answer:
        place = place_of(action, "")
        device = action.get("Channel")
        if not device:
            return refused("Channel not specified")
        if not place.context or not action.get("Priority"):
            return refused("Originate with 'Exten' requires 'Context' and 'Priority'")
        kind, _, address = device.partition("/")
        if kind != "PJSIP" or not address:
            return refused("Invalid channel")
        if not self._dialplan.exists(place):
            return refused("Extension does not exist.")
        call = asyncio.create_task(self._call(action, address, place))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        if action.get("Async").lower() in TRUE:
            return done("Originate successfully queued")
        return done("Originate successfully queued") if await call == ANSWERED else refused("Originate failed")

    async def _call(self, action: Action, address: str, place: Place) -> str:
        name, number = caller_id(action.get("CallerID"))
        number_there, _, endpoint = address.partition("@")
        device = TRUNK if endpoint == "trunk" else f"PJSIP/{address}"
        taken = action.get("ChannelId") in self._pbx.channels
        if taken or (device != TRUNK and address not in STAFF):
            self._response(action, place, None, Party(number, name), "0")
            return "0"
        leg = self._pbx.new_leg(device, None, action.get("ChannelId"))
        leg.dialled = number_there
        for variable in action.all("Variable"):
            key, _, value = variable.partition("=")
            leg.variables[key.lstrip("_")] = value
            leg.answers_itself |= any(word in value for word in AUTO_ANSWER)
        if number or name:
            self._pbx.set_caller(leg, Party(number or leg.caller.number, name))
            self._pbx.connect_line(leg, leg.caller)
        seconds = int(action.get("Timeout") or 30000) / 1000
        leg.prologue = lambda: self._response(action, place, leg, leg.caller, ANSWERED)
        reason = await self._dialplan.originate(leg, seconds)
        if reason != ANSWERED:
            self._response(action, place, leg, leg.caller, reason)
        else:
            self._pbx.dial_event("DialEnd", None, leg, ("DialStatus", "ANSWER"))
            self._dialplan.start(leg, place)
        return reason

    def _response(self, action: Action, place: Place, leg: Channel | None, party: Party, reason: str) -> None:
        """OriginateResponse, which alone says how an asynchronous call went."""
        shown = CHANNEL_VARIABLES if leg else ()
        if action.get("Async").lower() in TRUE:
            self._pbx.tell(
                "OriginateResponse",
                "call",
                *([("ActionID", action.id)] if action.id else []),
                ("Response", "Success" if reason == ANSWERED else "Failure"),
                ("Channel", leg.name if leg else action.get("Channel")),
                ("Context", place.context),
                ("Exten", place.exten),
                ("Reason", reason),
                ("Uniqueid", leg.uniqueid if leg and reason == ANSWERED else "<null>"),
                ("CallerIDNum", party.number or "<unknown>"),
                ("CallerIDName", party.name or "<unknown>"),
                *((f"ChanVariable({leg.name})", f"{n}={leg.variables.get(n, '')}") for n in shown if leg),
            )


def first_missing(action: Action, *names: str) -> Answer | None:
    return next((refused(f"'{name}' not specified.") for name in names if not action.get(name)), None)


def place_of(action: Action, prefix: str) -> Place:
    priority = action.get(prefix + "Priority")
    return Place(
        action.get(prefix + "Context") or action.get("Context"),
        action.get(prefix + "Exten") or action.get("Exten"),
        int(priority) if priority.isdecimal() else 1,
    )


def caller_id(text: str) -> tuple[str, str]:
    """Name and number of `"Name" <number>`, or of a bare number."""
    name, bracket, number = text.partition("<")
    if not bracket:
        return "", text.strip()
    return name.strip().strip('"'), number.rstrip("> ")
