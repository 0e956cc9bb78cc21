from dataclasses import dataclass


@dataclass(frozen=True)
class Concern:
    """Something to be confirmed before the order is taken: `name` comes back among the accepted ones."""

    name: str
    sentence: str
