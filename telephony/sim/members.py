"""Whom the queue rings: its members, whether they are free, and what is said when that changes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from telephony.sim.wire import Header

MEMBER_STATES = {"NOT_INUSE": 1, "INUSE": 2, "UNAVAILABLE": 5, "RINGING": 6, "RINGINUSE": 7}


class QueueRefusal(Exception):
    """The sentence that the AMI answers with."""


@dataclass(eq=False, slots=True)
class Member:
    interface: str
    name: str
    state_interface: str
    joined: int = field(default_factory=lambda: int(time.time()))
    penalty: str = "0"
    paused: bool = False
    reason: str = ""
    taken: int = 0
    last_call: int = 0
    last_pause: int = 0
    in_call: bool = False


class Roster:
    """The members of one queue."""

    def __init__(
        self,
        queue: str,
        *,
        device_state: Callable[[str], str],
        tell: Callable[..., None],
        lamp: Callable[[str, str], None],
    ) -> None:
        self.members: dict[str, Member] = {}
        self._queue = queue
        self._device_state = device_state
        self._tell = tell
        self._lamp = lamp

    def add(self, member: Member) -> None:
        if member.interface in self.members:
            raise QueueRefusal("Unable to add interface: Already there")
        self.members[member.interface] = member
        self._lamp(f"Queue:{self._queue}_pause_{member.interface}", "NOT_INUSE")
        self._member_event("QueueMemberAdded", member)
        self._free_lamp()

    def remove(self, interface: str) -> None:
        member = self.members.pop(interface, None)
        if member is None:
            raise QueueRefusal("Unable to remove interface: Not there")
        self._member_event("QueueMemberRemoved", member)
        self._free_lamp()

    def pause(self, interface: str, reason: str) -> None:
        self._set_paused(interface, True, reason)

    def resume(self, interface: str) -> None:
        self._set_paused(interface, False, "")

    def _set_paused(self, interface: str, paused: bool, reason: str) -> None:
        member = self.members.get(interface)
        if member is None:
            raise QueueRefusal("Interface not found")
        member.paused, member.reason = paused, reason
        if paused:
            member.last_pause = int(time.time())
        self._lamp(f"Queue:{self._queue}_pause_{interface}", "INUSE" if paused else "NOT_INUSE")
        self._member_event("QueueMemberPause", member)
        self._free_lamp()

    def available(self) -> list[Member]:
        return [m for m in self.members.values() if not m.paused and self.status(m) == 1]

    def status(self, member: Member) -> int:
        return MEMBER_STATES[self._device_state(member.state_interface)]

    def device_changed(self, device: str) -> None:
        for member in self.members.values():
            if member.state_interface == device:
                self._member_event("QueueMemberStatus", member)
                self._free_lamp()

    def member_headers(self, member: Member) -> list[Header]:
        """The numbers of a member, shared by its events and QueueStatus."""
        return [
            ("StateInterface", member.state_interface),
            ("Membership", "dynamic"),
            ("Penalty", member.penalty),
            ("CallsTaken", str(member.taken)),
            ("LastCall", str(member.last_call)),
            ("LastPause", str(member.last_pause)),
            ("LoginTime", str(member.joined)),
            ("InCall", str(int(member.in_call))),
            ("Status", str(self.status(member))),
            ("Paused", str(int(member.paused))),
            ("PausedReason", member.reason),
        ]

    def _member_event(self, name: str, member: Member) -> None:
        self._tell(
            name,
            "agent",
            ("Queue", self._queue),
            ("MemberName", member.name),
            ("Interface", member.interface),
            *self.member_headers(member),
            ("Ringinuse", "0"),
            ("Wrapuptime", "0"),
        )

    def _free_lamp(self) -> None:
        self._lamp(f"Queue:{self._queue}_avail", "NOT_INUSE" if self.available() else "INUSE")
