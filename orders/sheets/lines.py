"""One line of a spreadsheet on its way in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _

from dispatch.staff.models import Person


class Result(StrEnum):
    """The names of the counters of `models.Import`."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(frozen=True)
class Line:
    """`number`: as the spreadsheet counts, the heading is 1. `cells`: by the name of the column."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Outcome:
    line: Line
    result: Result
    sentence: str = ""


class Faulty(Exception):
    """Why a line is not taken, for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Seen:
    """What earlier lines of the same file were about."""

    lines: dict[str, int] = field(default_factory=dict)

    def note(self, line: Line, keys: Iterable[str]) -> None:
        """Raises Faulty: an earlier line is about the same."""
        keys = list(keys)
        for key in keys:
            if key in self.lines:
                raise Faulty(_("Line %(line)s is about the same already.") % {"line": self.lines[key]})
        self.lines |= dict.fromkeys(keys, line.number)


class Kind(Protocol):
    def keys(self, line: Line) -> Sequence[str]:
        """What the line is about; empty when that cannot be read."""

    def take(self, lines: Sequence[Line], seen: Seen, actor: Person) -> list[Outcome]:
        """In the caller's transaction, one outcome for each line. What is taken twice is taken once."""


def fits(text: str, longest: int, label: str) -> str:
    """Raises Faulty: longer than the column."""
    if len(text) > longest:
        raise Faulty(_("%(column)s: longer than %(longest)s characters.") % {"column": label, "longest": longest})
    return text
