"""The web process of the push tests: the product's own, with one more thing that is drawn, and one that breaks."""

import time
from collections.abc import Sequence

from dispatch.asgi import application
from dispatch.live import registry
from dispatch.live.models import Topic

SLOW_SECONDS = 2.0

__all__ = ["application"]


@registry.renderer("note")
def draw_notes(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    list(Topic.objects.all()[:1])  # as real renderers do, it needs the database
    whose = f"{viewer.language} {viewer.audience} {viewer.person_id or 'all'}"
    return {key: None if key.startswith("gone") else f"<li>{key.partition(':')[0]} {whose}</li>" for key in keys}


@registry.renderer("bulky")
def draw_bulky(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    return dict.fromkeys(keys, "x" * 200_000)


@registry.renderer("slow")
def draw_slowly(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    time.sleep(SLOW_SECONDS)
    return dict.fromkeys(keys, "<li></li>")


@registry.renderer("broken")
def draw_broken(keys: Sequence[str], viewer: registry.Viewer) -> dict[str, str | None]:
    raise RuntimeError("this thing cannot be drawn")
