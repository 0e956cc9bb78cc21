"""The web process of `bin/bench push`, with its reads and drawings of orders counted. Written when it ends."""

import atexit
import json
import os
from pathlib import Path
from typing import Any

from dispatch.asgi import application
from dispatch.live import drawing, registry
from orders.selectors import listing

counted = {"batches": 0, "changes": 0, "wanted": 0, "reads": 0, "drawn": 0}
frames, by_keys, draw = drawing.frames, listing.by_keys, registry.renderers["order"]


def counted_frames(waiting: Any, viewers: Any) -> Any:
    keys = {told.key for told in waiting.get("orders", ()) if told.kind == "order"}
    if keys:
        counted["batches"] += 1
        counted["changes"] += len(keys)
        counted["wanted"] += len(keys) * len(viewers["orders"])
    return frames(waiting, viewers)


def counted_reads(keys: Any) -> Any:
    counted["reads"] += 1
    return by_keys(keys)


def counted_drawings(keys: Any, viewer: Any) -> Any:
    counted["drawn"] += len(keys)
    return draw(keys, viewer)


drawing.frames = counted_frames
listing.by_keys = counted_reads
registry.renderers["order"] = counted_drawings
atexit.register(lambda: Path(os.environ["COUNTED"]).write_text(json.dumps(counted)))
__all__ = ["application"]
