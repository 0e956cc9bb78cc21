"""The doctor's own calls are none of the office's: their channels are known by their names."""

from telephony.core.pbx import Chan

NAMED = "doctor"
CONTEXT = "desk-doctor"  # of our dialplan: where they end


def name(key: int, end: int) -> str:
    """The Uniqueid of one end of a call. `key`: of the examination."""
    return f"{NAMED}{key}.{end}"


def is_doctor(seen: Chan) -> bool:
    return seen.uniqueid.startswith(NAMED)
