"""Who does something to an order: a kind for the state machine, a person for history, and the occasion."""

from dataclasses import dataclass

from dispatch.staff.access import may
from dispatch.staff.models import Person
from orders.flow import ActorKind


@dataclass(frozen=True)
class Actor:
    """`person` is None for the system, and for a client who did it himself. `source` is the occasion: "call:731", or
    empty."""

    kind: ActorKind
    person: Person | None = None
    source: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)


def staff(person: Person, source: str = "") -> Actor:
    """One who works at the desk: a supervisor if he is one, else a dispatcher."""
    kind = ActorKind.SUPERVISOR if may(person, "orders.correct") else ActorKind.DISPATCHER
    return Actor(kind, person, source)


def integration(person: Person, source: str = "") -> Actor:
    """Another system, which acts by the API under the name of `person`."""
    return Actor(ActorKind.INTEGRATION, person, source)


def driver(person: Person) -> Actor:
    return Actor(ActorKind.DRIVER, person)
