"""What upper rooms register with the live push: renderers, pulses, and who may listen to what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Viewer:
    """For whom something is rendered; all desks with an equal viewer share one rendering."""

    language: str
    audience: str  # "dispatcher", "supervisor"
    person_id: int | None = None  # only for private topics


@dataclass(frozen=True)
class Pulse:
    """How fresh one part of the house is. `seen_at`: aware UTC, when it last gave a sign of life; None: never."""

    ok: bool
    seen_at: datetime | None
    note: str = ""


Renderer = Callable[[Sequence[str], Viewer], dict[str, str | None]]

renderers: dict[str, Renderer] = {}
pulses: dict[str, Callable[[], Pulse]] = {}


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
