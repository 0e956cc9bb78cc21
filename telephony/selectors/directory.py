"""Whom one can call besides colleagues: clients, the people of companies, drivers, and a number that was typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orders import numbers
from orders.models import Client, Driver, Employee
from orders.selectors import accounts, cards
from telephony import dialling
from telephony.models import Extension
from telephony.recognition import is_short
from telephony.services import dial_plan

MOST = 5  # of each kind
LONGEST = 60  # characters
NUMBER = re.compile(r"[+\d][\d\s().*\-]*")


@dataclass(frozen=True)
class Typed:
    """`text` as typed, `dialled` as the PBX gets it, `shown` as people write it."""

    text: str
    dialled: str
    shown: str


@dataclass(frozen=True)
class Found:
    typed: Typed | None = None
    clients: Sequence[Client] = ()
    employees: Sequence[Employee] = ()
    drivers: Sequence[Driver] = ()


def search(text: str) -> Found:
    """By a part of a name, a call sign, a company, or a whole number in any writing; whatever keyboard layout was on.
    At most ten queries."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if len(text) < 2:
        return Found()
    return Found(
        _typed(text),
        cards.clients(text=text)[:MOST],
        list(accounts.people_of(text)[:MOST]),
        [driver for driver in cards.drivers(text=text)[:MOST] if driver.phones.all()],
    )


def _typed(text: str) -> Typed | None:
    if not NUMBER.fullmatch(text):
        return None
    plan = dial_plan.current()
    if is_short(text) and text not in plan.untouched:
        there = Extension.objects.filter(number=text, is_active=True).exists()
        return Typed(text, text, text) if there else None
    made = dialling.dialled(text, plan.rules, numbers.e164)
    if made is None:
        return None
    return Typed(text, made.number, numbers.national(made.e164) if made.e164 else made.number)
