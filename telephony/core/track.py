"""What the board remembers of one call and of its transfers. Mutable, and known to the board's rooms only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from telephony.core.call import Call, Handling
from telephony.core.channel import Channel, Dial

ATTENDED, BLIND, PARK, TAKEN = "attended", "blind", "park", "taken"
BORN = re.compile(r"(\d+)\.(\d+)$")  # Uniqueid: [system name-]seconds.counter


@dataclass(slots=True, eq=False)
class Handover:
    """A transfer under way, or done."""

    kind: str
    by: str  # the party that hands over
    at: float | None
    movers: set[Channel]  # the channels of that party: two where it consults on a second line
    held: set[Channel]  # who is handed over
    sources: set[Channel]  # whose dials ring the target
    exten: str = ""  # where it went, in case nobody was dialled
    dials: list[Dial] = field(default_factory=list)
    confirmed: bool = False  # the PBX said that the attended transfer was made
    redirected: bool = False  # concluded from what happened: the PBX reports no Redirect
    returned: bool = False  # the one who handed over is rung again
    to_queue: bool = False
    space: str = ""
    taken_by: Channel | None = None
    completed: bool = False
    why: str = ""
    ended: bool = False

    def end(self, why: str) -> None:
        self.ended, self.completed, self.why = True, not why, why


@dataclass(slots=True, eq=False)
class Track:
    key: str
    order: int
    started_at: float | None
    caller: Channel | None = None
    originated: bool = False  # placed by the PBX: the first phone that it rings is the caller's
    dialled: str = ""
    live: dict[str, Channel] = field(default_factory=dict)  # all channels that exist
    legs: dict[str, Channel] = field(default_factory=dict)  # phones, also those that are gone
    answerers: list[Channel] = field(default_factory=list)
    answered_by: list[str] = field(default_factory=list)
    answered_at: float | None = None
    handovers: list[Handover] = field(default_factory=list)
    queue: str = ""
    waiting: Channel | None = None  # in the queue
    place: int | None = None
    left_queue_at: float | None = None  # by what the PBX calls abandoning: also a time-out
    left_queue: bool = False
    abandoned: bool = False
    talked: bool = False
    closer: Channel | None = None  # who hung up the last conversation
    breaker: Channel | None = None  # who was first to leave it
    ended_at: float | None = None
    lost: str = ""
    visible: bool = False
    aliases: set[str] = field(default_factory=set)  # Linkedids under which its channels are born
    handling: Handling | None = None  # as it was shown last
    shown: Call | None = None

    @property
    def open_handovers(self) -> list[Handover]:
        return [each for each in self.handovers if not each.ended]

    def older_than(self, other: Track) -> bool:
        mine, theirs = BORN.search(self.key), BORN.search(other.key)
        if mine and theirs:
            return [int(each) for each in mine.groups()] < [int(each) for each in theirs.groups()]
        return self.order < other.order

    def main(self) -> Channel | None:
        """The channel that the call is about: the caller's, or who stayed when the caller handed over."""
        if self.caller and not self.caller.gone:
            return self.caller
        for handover in reversed(self.handovers):
            for channel in handover.held:
                if not channel.gone:
                    return channel
        for channel in self.answerers:
            if not channel.gone:
                return channel
        return next((each for each in self.live.values() if not each.local), self.caller)

    def resume(self) -> None:
        """The call goes on: whoever hung up before did not end it."""
        self.closer = self.breaker = None
