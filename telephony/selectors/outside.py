"""The number of the street in a call: of who called, or of whom we called, in whatever writing it was dialled."""

from django.db.models import Q

from orders import numbers
from telephony.models import Call


def writings(number: str) -> set[str]:
    """How an E.164 number may stand in what was dialled."""
    digits = number.removeprefix("+")
    national = "".join(sign for sign in numbers.national(number) if sign.isdecimal())
    return {number, digits, national, f"00{digits}"}


def calls_to(number: str) -> Q:
    return Q(direction=Call.Direction.OUT, dialled__in=writings(number))


def number_of(call: Call) -> str:
    """E.164, "" for a hidden number and for a call within the house."""
    if call.direction == Call.Direction.IN:
        return call.caller_e164
    return numbers.e164(call.dialled) if call.direction == Call.Direction.OUT else ""
