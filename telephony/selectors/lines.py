"""Whose city number a caller dialled."""

from collections.abc import Sequence

from orders import numbers
from orders.models import Fleet
from orders.selectors import fleets as reading
from telephony.models import Call


def fleets(calls: Sequence[Call]) -> dict[int, Fleet]:
    """The fleet that was called, by primary key of the call, where one was. One query at most."""
    called = {call.pk: numbers.e164(call.dialled) for call in calls if call.direction == Call.Direction.IN}
    found = reading.by_numbers(called.values())
    return {pk: found[number] for pk, number in called.items() if number in found}


def fleet(call: Call) -> Fleet | None:
    """One query at most."""
    return fleets([call]).get(call.pk)
