"""Reading the outbox: how far each topic has come, and what it told."""

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.live.models import Change, Topic

DRIVER = "driver"  # the audience of a driver's own page
AT_A_DESK = ("dispatcher", "supervisor")  # the audiences of the desk
CALLS = "calls"
TOPICS = (CALLS, "orders", "staff")  # for every desk; beside them each person has a private one


@dataclass(frozen=True)
class Told:
    """One numbered change."""

    topic: str
    number: int
    kind: str
    key: str


def private(person_id: int) -> str:
    """The topic that only this person's own desks hear."""
    return f"person.{person_id}"


def heard_by(person_id: int, audience: str) -> tuple[str, ...]:
    """A driver hears what concerns himself and nothing else."""
    return (private(person_id),) if audience == DRIVER else (*TOPICS, private(person_id))


def current(topics: Iterable[str] | None = None) -> dict[str, int]:
    """Topic → its last number. Read it before the state that it stands for. One query."""
    rows = Topic.objects.values_list("name", "last")
    if topics is None:
        return dict(rows)
    wanted = tuple(topics)
    return dict.fromkeys(wanted, 0) | dict(rows.filter(name__in=wanted))


def newest(most: int) -> list[Told]:
    """The last changes for every desk, the newest first. One query."""
    rows = Change.objects.filter(topic__in=TOPICS).exclude(number=None).order_by("-pk")[:most]
    return [
        Told(topic, number or 0, kind, key)
        for topic, number, kind, key in rows.values_list("topic", "number", "kind", "key")
    ]


def between(topic: str, after: int, upto: int) -> list[Told]:
    """The changes numbered after+1 … upto that the outbox still has, in order. One query."""
    rows = Change.objects.filter(topic=topic, number__gt=after, number__lte=upto).order_by("number")
    return [Told(topic, number or 0, kind, key) for number, kind, key in rows.values_list("number", "kind", "key")]
