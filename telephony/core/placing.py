"""A call that the desk places: first its own telephone is rung, then, lifted, it dials.

The click makes the name of the call (its first channel's Uniqueid), so that the PBX places it once, and whoever comes
late knows whose click it was.
"""

import re

from telephony.core.call import ENDED, TALKING, Call
from telephony.core.operations import DONE, Outcome
from telephony.core.rules import Refusal

CALL = "call"
TARGET_OFF, TARGET_TALKS, OWN_OFF = "target_off", "target_talks", "own_off"
NOT_LIFTED, NOT_DIALLED = "not_lifted", "not_dialled"
NAME = re.compile(r"desk([0-9a-f]{32})-\d+\.1(?:-|\Z)")
OFF = "off"  # of a telephone: none is registered there


def name(click: str, at: float) -> str:
    """`click`: 32 hexadecimal digits; `at`: when, in seconds since the epoch. It reads as a Uniqueid of that moment."""
    return f"desk{click}-{at:.0f}.1"


def click_of(key: str) -> str:
    """The click that placed the call of this name; "" where none has."""
    found = NAME.match(key)
    return found[1] if found else ""


def refusal(*, own: str, to: str) -> Refusal | None:
    """Why not. Each: what that telephone does, OFF, "ringing", TALKING or anything else; `to` "" for the street."""
    if own == OFF:
        return Refusal(OWN_OFF)
    if to == OFF:
        return Refusal(TARGET_OFF)
    return Refusal(TARGET_TALKS) if to == TALKING else None


def outcome(call: Call | None) -> Outcome | None:
    """What the call shows of the click; None: one's own telephone still rings."""
    if call is None:
        return None
    if any(leg.role != "caller" for leg in call.legs):
        return DONE
    if call.state != ENDED:
        return None
    lifted = any(leg.answered_at is not None for leg in call.legs)
    return Outcome(NOT_DIALLED if lifted else NOT_LIFTED)
