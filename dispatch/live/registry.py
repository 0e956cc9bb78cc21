"""What upper rooms register with the live push: renderers, pulses, and who may listen to what."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils.functional import Promise


@dataclass(frozen=True)
class Viewer:
    """For whom something is rendered; all desks with an equal viewer share one rendering."""

    language: str
    audience: str  # "dispatcher", "supervisor", "driver"
    person_id: int | None = None  # only for private topics


@dataclass(frozen=True)
class Pulse:
    """How fresh one part of the house is. `seen_at`: aware UTC, when it last gave a sign of life; None: never.

    `note` may be a lazy translation: it is written anew in the language of each desk.
    """

    ok: bool
    seen_at: datetime | None
    note: str | Promise = ""


@dataclass(frozen=True)
class Visitor:
    """Who stands behind a session that may listen."""

    person_id: int
    audience: str


Renderer = Callable[[Sequence[str], Viewer], dict[str, str | None]]
Doorkeeper = Callable[[Sequence[str]], dict[str, Visitor]]
Attendant = Callable[[Sequence[str]], None]

T = TypeVar("T")

renderers: dict[str, Renderer] = {}
companions: dict[str, tuple[str, str]] = {}
pulses: dict[str, Callable[[], Pulse]] = {}
doorkeepers: list[Doorkeeper] = []
attendants: list[Attendant] = []


@dataclass(frozen=True)
class Reading:
    """What a batch is about, kind → keys, for whomever they are; and what was read for it."""

    keys: Mapping[str, Collection[str]]
    answers: dict[Hashable, Any] = field(default_factory=dict)


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


def renderer(kind: str, *, beside: str = "") -> Callable[[Renderer], Renderer]:
    """Register how things of `kind` are drawn: keys → HTML, or None for one that is gone for this viewer.

    `beside`: another kind; whenever a batch tells of things of that kind, the one thing "all" of this kind is drawn
    with it, once, and needs no change of its own.
    """

    def register(function: Renderer) -> Renderer:
        renderers[kind] = function
        if beside:
            companions[beside] = (kind, "all")
        return function

    return register


@contextmanager
def one_reading(keys: Mapping[str, Collection[str]]) -> Iterator[None]:
    """Within it, `once` asks each question once: a batch is read once and drawn for every viewer."""
    token = _reading.set(Reading(keys))
    try:
        yield
    finally:
        _reading.reset(token)


def once(name: Hashable, question: Callable[[], T]) -> T:
    """The answer to a question that is the same for all viewers; a renderer asks the database by it."""
    reading = _reading.get()
    if reading is None:
        return question()
    if name not in reading.answers:
        reading.answers[name] = question()
    return reading.answers[name]  # type: ignore[no-any-return]


def together(kind: str, keys: Collection[str]) -> tuple[str, ...]:
    """`keys`, and all others of that kind in the batch: what is told to each person apart is read for all at once."""
    reading = _reading.get()
    return tuple(sorted({*keys, *(reading.keys.get(kind, ()) if reading else ())}))


def pulse(name: str) -> Callable[[Callable[[], Pulse]], Callable[[], Pulse]]:
    """Register a sign of life, asked once a second in each web process: cheap, and it never raises for long."""

    def register(function: Callable[[], Pulse]) -> Callable[[], Pulse]:
        pulses[name] = function
        return function

    return register


def doorkeeper(function: Doorkeeper) -> Doorkeeper:
    """Register who may listen: session keys → those of them that may. Asked on connect and every few seconds."""
    doorkeepers[:] = [function]
    return function


def attendant(function: Attendant) -> Attendant:
    """Register who keeps a list of what is open where: told every few seconds, by each web process, which tabs listen
    to it. A tab that nobody names any more is gone."""
    attendants.append(function)
    return function


def visitors(session_keys: Sequence[str]) -> dict[str, Visitor]:
    """Those of the sessions that may listen now. Nobody, as long as no doorkeeper is registered."""
    return doorkeepers[0](session_keys) if doorkeepers and session_keys else {}
