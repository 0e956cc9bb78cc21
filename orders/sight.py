"""Who sees a client's whole number, and when. The table is docs' and `staff.access`'s; here it is asked."""

from enum import StrEnum
from typing import Any

from dispatch.staff.access import may
from orders import numbers, phones


class Sight(StrEnum):
    WHOLE = "whole"
    WHILE_LIVE = "while_live"  # of an open order or a call in progress; masked after
    MASKED = "masked"


def of_person(person: Any) -> Sight:
    if may(person, "numbers.whole"):
        return Sight.WHOLE
    return Sight.WHILE_LIVE if may(person, "numbers.whole_while_live") else Sight.MASKED


def of_audience(audience: str) -> Sight:
    """For the live push, which draws once for all who may see the same."""
    return {"supervisor": Sight.WHOLE, "dispatcher": Sight.WHILE_LIVE}.get(audience, Sight.MASKED)


def sees_whole(sight: Sight, *, is_open: bool) -> bool:
    return sight is Sight.WHOLE or (is_open and sight is Sight.WHILE_LIVE)


def live_number(number: str, sight: Sight) -> str:
    """The number of an open order, as this eye may see it."""
    return phones.masked(number) if sight is Sight.MASKED else numbers.national(number)


def resting_number(number: str, sight: Sight) -> str:
    """The number of a closed order or of a client's card."""
    return numbers.national(number) if sight is Sight.WHOLE else phones.masked(number)
