from dataclasses import dataclass

from orders.models import Order


@dataclass(frozen=True)
class Concern:
    """Something to be confirmed before the order is taken: `name` comes back among the accepted ones. `order`: the one
    that the sentence speaks of, to be looked at."""

    name: str
    sentence: str
    order: Order | None = None
