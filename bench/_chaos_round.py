"""What one round of `bin/bench chaos` found."""

from dataclasses import dataclass, field


@dataclass
class Round:
    """`name`: what makes it again. `wrong`: sentences of what differed from the truth; none: it was right."""

    name: str
    wrong: list[str] = field(default_factory=list)
    calls: int = 0
    conversations: int = 0
    clicks: int = 0  # that the web took
    refused: int = 0  # or there was no web
    right_after: float | None = None  # seconds after the part was ready, of the slower screen
