"""How the verbs of the journal are said to a person. Each room registers its own."""

from collections.abc import Mapping
from typing import Any

names: dict[str, Any] = {}  # "shift.started" → lazy translated words


def register(words: Mapping[str, Any]) -> None:
    names.update(words)


def say(verb: str) -> str:
    """The verb in the reader's language; as it is written when no room has given it words."""
    return str(names.get(verb, verb))
