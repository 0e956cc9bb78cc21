"""What a doctor examines, in this order, and what he may find."""

from dataclasses import dataclass, field
from typing import Any

OK, WARN, FAIL, NOT = "ok", "warn", "fail", "not"  # not: it was not checked, and the sentence says why

LINK, CONNECTION, VERSION, CLOCK, MAY, DIALPLAN, SETTINGS, QUEUE, PARKING, FEATURES, PHONES, BROWSERS, WIRE = (
    "link", "connection", "version", "clock", "may", "dialplan", "settings", "queue", "parking", "features", "phones",
    "browsers", "wire",
)  # fmt: skip
CALL, HEARS, MUSIC, RECORDING, TELEPHONES = "call", "hears", "music", "recording", "telephones"
CHECKS = (
    LINK, CONNECTION, VERSION, CLOCK, MAY, DIALPLAN, SETTINGS, QUEUE, PARKING, FEATURES, PHONES, BROWSERS, WIRE,
    CALL, HEARS, MUSIC, RECORDING, TELEPHONES,
)  # fmt: skip
BADNESS = {OK: 0, NOT: 1, WARN: 2, FAIL: 3}


@dataclass(frozen=True)
class Finding:
    """`said`: the id of a sentence of telephony.doctor.words, with its arguments."""

    state: str
    said: str
    args: dict[str, Any] = field(default_factory=dict)


def ok(said: str, **args: Any) -> Finding:
    return Finding(OK, said, args)


def warn(said: str, **args: Any) -> Finding:
    return Finding(WARN, said, args)


def fail(said: str, **args: Any) -> Finding:
    return Finding(FAIL, said, args)


def unchecked(said: str, **args: Any) -> Finding:
    return Finding(NOT, said, args)
