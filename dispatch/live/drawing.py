"""From numbered changes to frames: each thing drawn once per viewer, each frame encoded once."""

import json
import logging
from collections.abc import Collection, Mapping, Sequence

from django.conf import settings
from django.utils import translation

from dispatch.live import numbers, registry
from dispatch.live.numbers import Told
from dispatch.live.reading import AWAY
from dispatch.live.registry import Viewer

Frames = dict[tuple[str, Viewer], str]

REHEARSED = 100  # changes in which every kind of thing is likely to be

log = logging.getLogger(__name__)


def frames(waiting: Mapping[str, Sequence[Told]], viewers: Mapping[str, Collection[Viewer]]) -> Frames:
    """A batch per topic and viewer. None is made where drawing failed: the gap makes the desk read the whole state.

    Queries: those of one renderer call per kind and viewer, however many changes and desks; what renderers ask
    `registry.once` is read once for all viewers, `registry.together` for all topics. Raises when the database is away.
    """
    made: Frames = {}
    keys: dict[str, set[str]] = {}
    for told in (told for changes in waiting.values() for told in changes):
        keys.setdefault(told.kind, set()).add(told.key)
    with registry.one_reading(keys):
        for topic, changes in waiting.items():
            for viewer in viewers[topic]:
                try:
                    made[topic, viewer] = _batch(topic, changes, viewer)
                except AWAY:
                    raise
                except Exception:
                    log.exception("drawing %s for %s failed", topic, viewer)
    return made


def rehearse() -> None:
    """Draw what changed last, one of each kind, and send it to nobody: templates and catalogues are at hand then."""
    viewers = [Viewer(language, audience) for language, _name in settings.LANGUAGES for audience in numbers.AT_A_DESK]
    waiting: dict[str, list[Told]] = {}
    for told in {told.kind: told for told in reversed(numbers.newest(REHEARSED))}.values():
        waiting.setdefault(told.topic, []).append(told)
    frames(waiting, dict.fromkeys(waiting, viewers))


def _batch(topic: str, changes: Sequence[Told], viewer: Viewer) -> str:
    latest = {(change.kind, change.key): None for change in changes}
    latest |= {registry.companions[kind]: None for kind, _key in latest if kind in registry.companions}
    drawn: dict[tuple[str, str], str | None] = {}
    with translation.override(viewer.language):
        for kind in {kind for kind, _key in latest}:
            keys = [key for of_kind, key in latest if of_kind == kind]
            html = registry.renderers[kind](keys, viewer)
            drawn |= {(kind, key): html.get(key) for key in keys}
    return json.dumps(
        {
            "type": "batch",
            "topic": topic,
            "from": changes[0].number,
            "to": changes[-1].number,
            "changes": [{"kind": kind, "key": key, "html": drawn[kind, key]} for kind, key in latest],
        },
        ensure_ascii=False,
    )
