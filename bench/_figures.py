"""The last lines of every bench: one figure a line, and whether it reaches its goal."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    goal: float | None = None  # at most; None: for information

    @property
    def reached(self) -> bool:
        return self.goal is None or self.value <= self.goal

    def __str__(self) -> str:
        said = f"{self.name}: {self.value:.4g} {self.unit}".rstrip()
        if self.goal is None:
            return f"{said}, goal none"
        return f"{said}, goal ≤ {self.goal:.4g}{'' if self.reached else '   MISSED'}"


def finish(figures: Sequence[Figure]) -> None:
    """Print the figures and exit: 1 where a goal is missed."""
    for figure in figures:
        sys.stdout.write(f"{figure}\n")
    sys.exit(0 if all(figure.reached for figure in figures) else 1)


def share(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0…1) of all values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
