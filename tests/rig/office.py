"""An office around a real Asterisk: people on shift, callers, and the recipes of docs/telephony.md."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.rig.ami import Ami
from tests.rig.asterisk import Pbx
from tests.rig.phones import Call, Lab, Phone


@dataclass
class Office:
    """The PBX with its queue empty, and the desks' and the outside's phones."""

    pbx: Pbx
    ami: Ami  # as the link has it
    outside: Lab
    desks: Lab

    def on_shift(self, number: str) -> Phone:
        """His phone is plugged in, and his shift begins: he is a member of the queue."""
        phone = self.pbx.desk_phone(number, self.desks)
        self.join(number)
        return phone

    def join(self, number: str) -> None:
        answer = self.ami.act("QueueAdd", Queue="dispatch", Interface=f"PJSIP/{number}", MemberName=number)
        assert answer["Response"] == "Success", answer

    def leave(self, number: str) -> None:
        answer = self.ami.act("QueueRemove", Queue="dispatch", Interface=f"PJSIP/{number}")
        assert answer["Response"] == "Success", answer

    def caller(self, name: str = "client") -> Phone:
        return self.pbx.trunk(self.outside, name)

    def rings(self, phone: Phone, number: str) -> tuple[Call, str]:
        """Somebody calls the city number; his call and the uniqueid of his channel, once he waits."""
        mark = self.ami.mark()
        call = phone.dial(self.pbx.card["city_number"], caller=number)
        joined = self.ami.wait("QueueCallerJoin", since=mark, CallerIDNum=number)
        call.wait_up()
        return call, joined["Uniqueid"]

    def channel(self, uniqueid: str) -> str:
        """Its full name."""
        return next(event["Channel"] for event in self.ami.events if event.get("Uniqueid") == uniqueid)

    def after(self, name: str) -> int:
        """A mark just after the next event of that name."""
        event = self.ami.wait(name)
        return self.ami.events.index(event) + 1

    def pick(self, uniqueid: str, phone: str) -> dict[str, str]:
        """The recipe of docs/telephony.md."""
        mark = self.ami.mark()
        asked = {"Queue": "dispatch", "Caller": self.channel(uniqueid), "WithdrawInfo": phone}
        answer = self.ami.act("QueueWithdrawCaller", **asked)
        if answer["Response"] == "Success":
            self.let_go(uniqueid, since=mark)
        return answer

    def let_go(self, uniqueid: str, *, since: int) -> None:
        """The queue looks at a withdrawal only when no phone rings and its second of waiting is over: help it.

        A phone may ring before the PBX has said so: whatever is said until he is out stops too.
        """
        stopped: set[str] = set()

        def is_out() -> bool | None:
            if self.ami.since(since, "UserEvent", UserEvent="DeskPick", Client=uniqueid):
                return True
            ringing = set(self.ringing_for(uniqueid)) - stopped
            if ringing or not stopped:
                for leg in ringing:
                    self.ami.send("Hangup", Channel=leg, Cause="26")
                self.ami.send("PlayDTMF", Channel=uniqueid, Digit="#", Receive="true")
            stopped.update(ringing or {""})
            return None

        self.ami.wait_for(is_out, 5, "DeskPick")

    def ringing_for(self, uniqueid: str) -> list[str]:
        """Uniqueids of the legs that ring for this caller now."""
        begun = [event["DestUniqueid"] for event in self.ami.since(0, "DialBegin", Uniqueid=uniqueid)]
        ended = {event["DestUniqueid"] for event in self.ami.since(0, "DialEnd", Uniqueid=uniqueid)}
        return [leg for leg in begun if leg not in ended]

    def waiting(self) -> list[str]:
        """Uniqueids of those who wait, in their order."""
        entries = self.ami.listed("QueueStatus", Queue="dispatch")
        places = {int(entry["Position"]): entry["Uniqueid"] for entry in entries if entry["Event"] == "QueueEntry"}
        return [places[place] for place in sorted(places)]

    def recorded(self, name: str) -> Path:
        """The file of a segment, once the PBX has closed it."""
        path = self.pbx.recordings / name
        end = time.monotonic() + 5
        while time.monotonic() < end:
            with path.open("rb") as file:
                file.seek(40)
                said = int.from_bytes(file.read(4), "little")
            if said and path.stat().st_size == said + 44:
                return path
            time.sleep(0.05)
        raise TimeoutError(f"{name} was not closed")

    def redirect(self, channel: str, context: str, exten: str, *extra: str) -> None:
        """Move one channel, or two at once; the three after `exten` are those of the second."""
        asked = {"Channel": channel, "Context": context, "Exten": exten, "Priority": "1"}
        if extra:
            channel, context, exten = extra
            asked |= {"ExtraChannel": channel, "ExtraContext": context, "ExtraExten": exten, "ExtraPriority": "1"}
        answer = self.ami.act("Redirect", **asked)
        assert answer["Response"] == "Success", answer


def connect(
    office: Office,
    name: str,
    *,
    first: str = "79850000017",
    second: str = "79161234567",
    shown: str = "4950001",
    rings: int = 4,
) -> None:
    """As telephony/ami/actions.py does it for client and driver."""
    answer = office.ami.act(
        "Originate",
        Channel=f"PJSIP/{first}@trunk",
        ChannelId=name,
        Context="desk-pair",
        Exten=second,
        Priority="1",
        Async="true",
        Timeout=str(rings * 1000),
        CallerID=f"<{shown}>",
        Variable=f"__DISP_CALL={name},__DESK_SHOWN={shown},DESK_PAIR={rings}",
    )
    assert answer["Response"] == "Success", answer
