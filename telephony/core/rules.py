"""Whether a command may be given now. The web asks before it writes an intent, the link again before it sends.

A refusal is a message id with arguments; `telephony.sentences` says it in the person's language.
"""

from dataclasses import dataclass, field

OVER, TAKEN, NOT_WAITING, PHONE_BUSY, WATCHES = "over", "taken", "not_waiting", "phone_busy", "watches"
OWN_CLIENT = "own_client"


@dataclass(frozen=True, slots=True)
class Refusal:
    id: str
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pick:
    """Connect the waiting caller to this extension."""

    extension: str


Command = Pick


@dataclass(frozen=True, slots=True)
class Standing:
    """How the call stands. `taken_by`: who talks with the caller, or is being connected to him; "" while he waits."""

    ended: bool
    waits_in: str  # the queue, or ""
    taken_by: str = ""
    only_at: str = ""  # his own person's extension, while it rings there before the queue


@dataclass(frozen=True, slots=True)
class Phone:
    """The telephone of who commands. `talks_to`: the other party, "" when the handset lies; ringing is not talking.
    `watches`: he listens to a conversation."""

    talks_to: str = ""
    watches: bool = False


def refusal(command: Command, call: Standing | None, phone: Phone) -> Refusal | None:
    """Why not, or None. `call` is None where the PBX knows no such call any more."""
    if call is None or call.ended:
        return Refusal(OVER)
    if call.taken_by:
        return Refusal(TAKEN, {"by": call.taken_by})
    if call.only_at and call.only_at != command.extension:
        return Refusal(OWN_CLIENT, {"by": call.only_at})
    if not call.waits_in and not call.only_at:
        return Refusal(NOT_WAITING)
    return phone_is_busy(phone)


def phone_is_busy(phone: Phone) -> Refusal | None:
    if phone.watches:
        return Refusal(WATCHES)
    return Refusal(PHONE_BUSY, {"with": phone.talks_to}) if phone.talks_to else None
