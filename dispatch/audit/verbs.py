"""How verbs ("shift.started") and things ("shift") of the journal are said to a person. Each room registers its own."""

from collections.abc import Mapping
from typing import Any

names: dict[str, Any] = {}  # "shift.started", "shift" → lazy translated words


def register(words: Mapping[str, Any]) -> None:
    names.update(words)


def say(name: str) -> str:
    """The verb or thing in the reader's language; as it is written when no room has given it words."""
    return str(names.get(name, name))
