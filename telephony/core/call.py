"""A call, as the board tells it: what the screens and the history need. Plain values, made anew at each change.

Parties are numbers as on the wire, or names where there is no number. Times are seconds since the epoch, or None.
"""

from dataclasses import dataclass

IN, OUT, INTERNAL = "in", "out", "internal"
RINGING, TALKING, ENDED = "ringing", "talking", "ended"


@dataclass(frozen=True, slots=True)
class Leg:
    """One phone in a call; Local channels are wires between legs, not legs."""

    uniqueid: str
    channel: str
    party: str
    name: str
    role: str  # caller, called, target, consult, own (his own person, rung before the queue)
    outcome: str  # answered, busy, noanswer, rejected, cancelled, failed, or "" while it rings
    started_at: float | None
    answered_at: float | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class Transfer:
    kind: str  # attended, blind, park, taken (by a supervisor)
    by: str
    to: tuple[str, ...]
    completed: bool
    why: str  # busy, noanswer, rejected, cancelled, caller_gone, target_gone, failed, or ""
    at: float | None
    ended: bool  # its outcome is known


HOLD, ALL, TRANSFER, HOME, PARK, OWN = "hold", "all", "transfer", "home", "park", "own"
SPOKEN = (HOLD, ALL, PARK)  # somebody has talked with him, also where nobody saw it
QUEUE = "queue"  # the target of a transfer that is no telephone
CALLED, RUNG, WITH, ASIDE = "called", "ringing", "talking", "held"


@dataclass(frozen=True, slots=True)
class Second:
    """Whom the desk calls, or talks to, while its client waits; or who waits while it talks to the client."""

    party: str
    uniqueid: str  # "" until his phone is rung
    state: str  # called, ringing, talking, held; or why it came to nothing: busy, noanswer, rejected, failed, cancelled


@dataclass(frozen=True, slots=True)
class Handling:
    """What the desk does with its client now. Without a phase they simply talk: `leg` is one side, `client` the other.

    hold: he hears music, the desk's leg waits for him; all: a conference; transfer: he is on the way to `to`;
    home: that failed, or who held him is lost (`to` says why), and `by` is rung, or he goes to the queue;
    park: he waits in slot `to`; own: before the queue his own person at `to` is rung, or another instead (`by`).
    """

    phase: str
    by: str  # the party of the desk that holds, sends or parks him, or that he talks to
    client: str  # uniqueids
    leg: str  # "" where the desk has none in this
    client_party: str
    to: str = ""
    second: Second | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    """A supervisor at the conversation: no leg of it. `of`: the leg that he listens to."""

    uniqueid: str
    by: str  # his party
    mode: str  # listen, whisper, join
    of: str


@dataclass(frozen=True, slots=True)
class Call:
    key: str  # Uniqueid of its first channel: stays, whatever happens to channels and to Linkedid
    direction: str  # in, out, internal
    state: str  # ringing, talking, ended
    result: str  # answered, abandoned, busy, noanswer, rejected, failed, lost_link, lost_pbx, or "" while it lives
    caller: str
    caller_name: str
    caller_uniqueid: str
    caller_channel: str  # the channel's name now; the queue's actions want it
    dialled: str
    queue: str
    place: int | None  # in the queue, while waiting there
    ringing: tuple[str, ...]  # parties whose phones ring now
    talking_to: tuple[str, ...]  # parties in conversation with the caller now; after a transfer, with who stayed
    answered_by: tuple[str, ...]  # who answered the call itself, not targets of transfers
    ended_by: str  # caller, answerer, target, system, or ""
    abandoned: bool  # the caller hung up while waiting in a queue
    started_at: float | None
    answered_at: float | None
    ended_at: float | None
    legs: tuple[Leg, ...]
    transfers: tuple[Transfer, ...]
    handling: Handling | None = None  # None while nobody talks to him, but for OWN
    watchers: tuple[Watcher, ...] = ()
    held_by: tuple[str, ...] = ()  # parties whose telephone itself holds the other side: the PBX's hold is `handling`
