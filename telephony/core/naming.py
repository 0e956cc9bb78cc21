"""The names of calls that the desk places.

The click makes the name (the Uniqueid of the call's first channel), so that the PBX places it once, and whoever comes
late knows whose click it was.
"""

import re

CALL, PAIR = "call", "pair"  # one's own telephone calls somebody; two people outside are connected
PLACING = (CALL, PAIR)
PREFIX = {CALL: "desk", PAIR: "pair"}
NAME = re.compile(r"(desk|pair)([0-9a-f]{32})-\d+\.1(?:-|\Z)")


def name(click: str, at: float, verb: str = CALL) -> str:
    """`click`: 32 hexadecimal digits; `at`: when, in seconds since the epoch. It reads as a Uniqueid of that moment."""
    return f"{beginning(click, verb)}{at:.0f}.1"


def beginning(click: str, verb: str = CALL) -> str:
    """With what that name begins, whenever it is."""
    return f"{PREFIX[verb]}{click}-"


def click_of(key: str) -> str:
    """The click that placed the call of this name; "" where none has."""
    found = NAME.match(key)
    return found[2] if found else ""


def is_pair(key: str) -> bool:
    """Whether two people outside are connected in the call of this name: nobody of the house talks in it."""
    return key.startswith(PREFIX[PAIR]) and NAME.match(key) is not None
