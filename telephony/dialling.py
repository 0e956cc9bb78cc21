"""How a number is dialled: told the rules, and how a typed number reads in E.164. No Django, nothing here raises."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

AS_TYPED = re.compile(r"[0-9+]+")
DIALLED = re.compile(r"[0-9*]{1,30}")  # what our contexts take; a # would end it on some telephones
NOT_DIALLED = re.compile(r"[\s().\-‐-―−⁠­‎‏‪-‮⁦-⁩]")


@dataclass(frozen=True, slots=True)
class Beginning:
    """An E.164 number that begins with `number` ("+7495") is dialled with `dialled` ("") in its place."""

    number: str
    dialled: str


@dataclass(frozen=True, slots=True)
class Rules:
    """`outside`: what opens a line to the street. `untouched`: short and emergency numbers, always dialled as they are.

    Without a fitting beginning the digits of E.164 are dialled.
    """

    outside: str = ""
    beginnings: tuple[Beginning, ...] = ()
    untouched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dialled:
    """`number`: what the PBX is given. `e164`: what is stored and shown, "" for a number that is dialled as it is."""

    number: str
    e164: str = ""


def dialled(typed: str, rules: Rules, e164: Callable[[str], str]) -> Dialled | None:
    """`typed` as the PBX is to dial it, or None for what is no number to be dialled outside. Extensions are not asked.

    A control character within is no slip of the finger, and is refused.
    """
    if any(sign < " " or sign == "\x7f" for sign in typed):
        return None
    bare = NOT_DIALLED.sub("", typed)
    if bare in rules.untouched:
        return Dialled(bare) if DIALLED.fullmatch(bare) else None
    number = e164(bare) if AS_TYPED.fullmatch(bare) else ""
    made = rules.outside + _in_place(number, rules.beginnings) if number else ""
    return Dialled(made, number) if DIALLED.fullmatch(made) else None


def read_back(number: str, rules: Rules, e164: Callable[[str], str]) -> str:
    """The E.164 of a number that these rules have made, "" for any other: it goes out by the rules, and comes back by
    them. Where two could have made it, the one that dials more in place of the beginning has."""
    for rule in sorted((*rules.beginnings, Beginning("+", "")), key=lambda rule: len(rule.dialled), reverse=True):
        opening = rules.outside + rule.dialled
        if not number.startswith(opening):
            continue
        meant = dialled(rule.number + number.removeprefix(opening), rules, e164)
        if meant is not None and meant.e164 and meant.number == number:
            return meant.e164
    return ""


def _in_place(number: str, beginnings: Sequence[Beginning]) -> str:
    fitting = [rule for rule in beginnings if number.startswith(rule.number)]
    rule = max(fitting, key=lambda rule: len(rule.number), default=Beginning("+", ""))
    return rule.dialled + number.removeprefix(rule.number)
