"""Calls as the board would tell them."""

from dataclasses import replace
from typing import Any

from telephony.core.call import Call, Leg, Transfer
from telephony.core.facts import CallChanged, CallJoined, Said

BEGAN = 1795420800.0  # 2026-11-23 08:00 UTC


def leg(uniqueid: str, party: str, role: str = "called", **fields: Any) -> Leg:
    given = {"channel": f"PJSIP/{party}-0000000a", "name": "", "outcome": "", "started_at": BEGAN, "answered_at": None}
    return Leg(**{"uniqueid": uniqueid, "party": party, "role": role, "ended_at": None, **given, **fields})


def ringing(caller: str = "79269998877", key: str = "1795420800.1", **fields: Any) -> Call:
    """A stranger waits in the queue; 101 and 102 ring."""
    given: dict[str, Any] = {
        "key": key,
        "direction": "in",
        "state": "ringing",
        "result": "",
        "caller": caller,
        "caller_name": "",
        "caller_uniqueid": key,
        "caller_channel": f"PJSIP/trunk-{key[-1] * 8}",
        "dialled": "74951234567",
        "queue": "dispatch",
        "place": 1,
        "ringing": ("101", "102"),
        "talking_to": (),
        "answered_by": (),
        "ended_by": "",
        "abandoned": False,
        "started_at": BEGAN,
        "answered_at": None,
        "ended_at": None,
        "legs": (leg(key, caller, "caller"), leg(f"{key}1", "101"), leg(f"{key}2", "102")),
        "transfers": (),
    }
    return Call(**{**given, **fields})


def talking(call: Call, to: str = "101", **fields: Any) -> Call:
    answered = {"outcome": "answered", "answered_at": BEGAN + 9}
    legs = tuple(
        replace(each, **(answered if each.party == to else {"outcome": "cancelled", "ended_at": BEGAN + 9}))
        if each.role == "called"
        else each
        for each in call.legs
    )
    given = {"ringing": (), "talking_to": (to,), "answered_by": (to,), "answered_at": BEGAN + 9, "legs": legs}
    return replace(call, state="talking", place=None, **{**given, **fields})


def ended(call: Call, **fields: Any) -> Call:
    result = "answered" if call.answered_by else "abandoned"
    given = {"result": result, "ended_by": "caller", "ended_at": BEGAN + 60, "ringing": (), "talking_to": ()}
    legs = tuple(replace(each, ended_at=each.ended_at or BEGAN + 60) for each in call.legs)
    return replace(call, state="ended", place=None, legs=legs, **{**given, **fields})


def transfer(to: str = "103", **fields: Any) -> Transfer:
    given = {"kind": "blind", "by": "101", "completed": True, "why": "", "at": BEGAN + 20, "ended": True}
    return Transfer(to=(to,), **{**given, **fields})


def changed(call: Call, what: str = "changed") -> CallChanged:
    return CallChanged(call.key, what, call)


def joined(key: str, into: str) -> CallJoined:
    return CallJoined(key, into)


def recorded(client: str, file: str) -> Said:
    return Said("DeskRecord", {"Client": client, "Leg": client, "File": file}, BEGAN + 9)
