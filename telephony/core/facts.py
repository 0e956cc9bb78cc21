"""What the board concludes from a report. A fact carries all that its reader needs: no second question."""

from dataclasses import dataclass

from telephony.core.call import Call


@dataclass(frozen=True, slots=True)
class CallChanged:
    key: str
    what: str  # started, ringing, answered, changed, ended
    call: Call  # the whole state after the change


@dataclass(frozen=True, slots=True)
class CallJoined:
    """What looked like a call of its own was part of another: a consultation, a pick-up, a parked call taken back.

    Its row, if there is one, belongs to `into`; "" when it was no call at all (a supervisor listening).
    """

    key: str
    into: str


@dataclass(frozen=True, slots=True)
class Said:
    """A UserEvent of the dialplan: `fields` without the envelope."""

    name: str
    fields: dict[str, str]
    at: float | None


@dataclass(frozen=True, slots=True)
class MemberChanged:
    queue: str
    interface: str
    name: str
    status: int | None
    paused: bool
    reason: str
    gone: bool
    at: float | None


@dataclass(frozen=True, slots=True)
class PhoneChanged:
    """`is_off`: no telephone is registered at the extension (any more)."""

    extension: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class WatcherGone:
    """A supervisor's telephone, called to watch or to take over, rings no more, was not lifted, or hung up."""

    uniqueid: str


@dataclass(frozen=True, slots=True)
class Booted:
    at: float | None


@dataclass(frozen=True, slots=True)
class ShuttingDown:
    at: float | None


Fact = CallChanged | CallJoined | Said | MemberChanged | PhoneChanged | WatcherGone | Booted | ShuttingDown
