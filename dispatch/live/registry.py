"""What upper rooms register with the live push: renderers, pulses, and who may listen to what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

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

renderers: dict[str, Renderer] = {}
pulses: dict[str, Callable[[], Pulse]] = {}
doorkeepers: list[Doorkeeper] = []


def renderer(kind: str) -> Callable[[Renderer], Renderer]:
    """Register how things of `kind` are drawn: keys → HTML, or None for one that is gone for this viewer."""

    def register(function: Renderer) -> Renderer:
        renderers[kind] = function
        return function

    return register


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


def visitors(session_keys: Sequence[str]) -> dict[str, Visitor]:
    """Those of the sessions that may listen now. Nobody, as long as no doorkeeper is registered."""
    return doorkeepers[0](session_keys) if doorkeepers and session_keys else {}
