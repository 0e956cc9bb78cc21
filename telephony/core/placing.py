"""A call that the desk places: first its own telephone is rung, then, lifted, it dials."""

from telephony.core import pairing
from telephony.core.call import ENDED, TALKING, Call
from telephony.core.naming import is_pair
from telephony.core.operations import DONE, Outcome
from telephony.core.rules import Refusal

TARGET_OFF, TARGET_TALKS, TARGET_REFUSES, OWN_OFF = "target_off", "target_talks", "target_dnd", "own_off"
NOT_LIFTED, NOT_DIALLED = "not_lifted", "not_dialled"
OFF = "off"  # of a telephone: none is registered there


def refusal(*, own: str, to: str) -> Refusal | None:
    """Why not. Each: what that telephone does, OFF, "ringing", TALKING or anything else; `to` "" for the street."""
    if own == OFF:
        return Refusal(OWN_OFF)
    if to == OFF:
        return Refusal(TARGET_OFF)
    return Refusal(TARGET_TALKS) if to == TALKING else None


def outcome(call: Call | None) -> Outcome | None:
    """What the call shows of the click; None: one's own telephone still rings, or one of two who are connected."""
    if call is None:
        return None
    if is_pair(call.key):
        return pairing.outcome(call.legs, ended_by=call.ended_by if call.state == ENDED else None)
    if any(leg.role != "caller" for leg in call.legs):
        return DONE
    if call.state != ENDED:
        return None
    lifted = any(leg.answered_at is not None for leg in call.legs)
    return Outcome(NOT_DIALLED if lifted else NOT_LIFTED)
