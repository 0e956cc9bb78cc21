"""Whose city number a caller dials now. A call keeps the answer: the number may be another fleet's later."""

from orders import numbers
from orders.selectors import fleets


def fleet_called(dialled: str) -> int | None:
    """The primary key of the fleet; None: it is no fleet's number. One query at most."""
    number = numbers.e164(dialled)
    found = fleets.by_numbers([number]).get(number)
    return found.pk if found else None
