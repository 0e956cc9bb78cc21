"""An outline as people hand it over: GeoJSON, or a list of corners, "latitude, longitude" a line. No Django here."""

import json
import re
from dataclasses import dataclass
from typing import Any

from places import geo

NUMBER = r"[-+]?\d+(?:\.\d+)?"
CORNER = re.compile(rf"^\s*({NUMBER})\s*[,;\s]\s*({NUMBER})\s*$")


@dataclass(frozen=True, slots=True)
class Drawing:
    name: str  # as the file says it; empty where it says none
    area: dict[str, Any]  # GeoJSON


class Unreadable(Exception):
    """`reason` is the id of a sentence in `places.wording`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read(text: str) -> list[Drawing]:
    """The areas of the text, each sound and closed. Raises Unreadable."""
    return _sound(_areas(_json(text)) if text.lstrip().startswith(("{", "[")) else [Drawing("", _corners(text))])


def taken(data: Any) -> list[Drawing]:
    """The areas of GeoJSON that is parsed already, each sound and closed. Raises Unreadable."""
    return _sound(_areas(data))


def _sound(found: list[Drawing]) -> list[Drawing]:
    if not found:
        raise Unreadable("no_area")
    for drawing in found:
        if reason := geo.fault(drawing.area):
            raise Unreadable(reason)
    return [Drawing(drawing.name, geo.closed(drawing.area)) for drawing in found]


def written(area: dict[str, Any]) -> str:
    """A plain outline as a list of corners; what has holes or parts as GeoJSON."""
    polygons = geo.polygons(area)
    if len(polygons) > 1 or len(polygons[0]) > 1:
        return json.dumps(area)
    return "\n".join(f"{latitude}, {longitude}" for longitude, latitude in polygons[0][0][:-1])


def _corners(text: str) -> dict[str, Any]:
    matches = [CORNER.match(line) for line in text.splitlines() if line.strip()]
    corners = [[float(match[2]), float(match[1])] for match in matches if match]
    if not corners or len(corners) != len(matches):
        raise Unreadable("no_corners")
    return {"type": "Polygon", "coordinates": [corners]}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("no_area") from None


def _areas(data: Any) -> list[Drawing]:
    if not isinstance(data, dict):
        raise Unreadable("no_area")
    features = data.get("features") if data.get("type") == "FeatureCollection" else [data]
    return [_drawing(feature) for feature in features] if isinstance(features, list) else []


def _drawing(feature: Any) -> Drawing:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Drawing("", feature)
    properties = feature.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    return Drawing(str(name or "").strip()[:80], feature.get("geometry"))  # type: ignore[arg-type]
