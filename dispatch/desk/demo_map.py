"""The map of the demo town: streets with houses, places that people name, zones and stands."""

import json
from collections.abc import Iterator
from itertools import pairwise
from math import cos, radians, sin
from pathlib import Path
from typing import Any

from places import geo
from places.geo import Point
from places.models import Place, Stand, Street, Zone
from places.records import HouseRecord, PlaceRecord, Record, StreetRecord
from places.selectors import zones
from places.services import importing

FILE = Path(__file__).with_name("town_map.json")
DEGREE_KM = 111.2
TO_ONE_SIDE = 0.0002  # degrees: even numbers stand on the other side of the street
STEP = 10  # degrees between two corners of a round zone


def lay_out() -> None:
    """Make what is not there yet; an office that has a directory or zones of its own keeps them."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    if not Street.objects.exists() and not Place.objects.exists():
        importing.take(records(data), actor=None, source=FILE.name)
    if not Zone.objects.exists():
        Zone.objects.bulk_create(_zone(name, shape, rank, data["centre"]) for name, shape, rank in data["zones"])
    if not Stand.objects.exists():
        Stand.objects.bulk_create(_stand(name, *spot) for name, spot in data["stands"])


def records(data: dict[str, Any]) -> Iterator[Record]:
    for name, way, last, aliases in data["streets"]:
        middle = _along(way, 0.5)
        yield StreetRecord(name, round(middle.latitude, 6), round(middle.longitude, 6), aliases=tuple(aliases))
        for number in range(1, last + 1):
            spot = _along(way, number / last)
            side = TO_ONE_SIDE if number % 2 else -TO_ONE_SIDE
            yield HouseRecord(name, str(number), round(spot.latitude + side, 6), round(spot.longitude + side, 6))
    for name, kind, (latitude, longitude), address, aliases in data["places"]:
        yield PlaceRecord(name, latitude, longitude, kind=kind, address=address, aliases=tuple(aliases))


def _along(way: list[list[float]], part: float) -> Point:
    """The point at `part` (0…1) of the way."""
    corners = [Point(*corner) for corner in way]
    left = part * sum(geo.distance_m(here, there) for here, there in pairwise(corners))
    for here, there in pairwise(corners):
        length = geo.distance_m(here, there)
        if left <= length:
            share = left / length
            return Point(
                here.latitude + (there.latitude - here.latitude) * share,
                here.longitude + (there.longitude - here.longitude) * share,
            )
        left -= length
    return corners[-1]


def _zone(name: str, shape: dict[str, Any], rank: int, centre: list[float]) -> Zone:
    ring = shape["corners"] if "corners" in shape else _sector(Point(*centre), **_ring(shape))
    corners = [[round(longitude, 6), round(latitude, 6)] for latitude, longitude in ring]
    area = geo.closed({"type": "Polygon", "coordinates": [corners]})
    box = geo.box(area)
    return Zone(name=name, area=area, rank=rank, south=box.south, north=box.north, west=box.west, east=box.east)


def _ring(shape: dict[str, Any]) -> dict[str, float]:
    inner, outer = shape["ring"]
    return {"inner_km": inner, "outer_km": outer, "start": shape.get("from", 0), "end": shape.get("to", 360)}


def _sector(centre: Point, *, inner_km: float, outer_km: float, start: float, end: float) -> list[tuple[float, float]]:
    """Corners of a slice of a ring; angles in degrees, clockwise from the north."""
    steps = max(1, round((end - start) / STEP))
    angles = [start + (end - start) * step / steps for step in range(steps + 1)]
    outer = [_towards(centre, outer_km, angle) for angle in angles]
    if end - start >= 360:
        return outer[:-1]
    return outer + [_towards(centre, inner_km, angle) for angle in reversed(angles)]


def _towards(centre: Point, kilometres: float, angle: float) -> tuple[float, float]:
    up, across = kilometres * cos(radians(angle)), kilometres * sin(radians(angle))
    return (
        centre.latitude + up / DEGREE_KM,
        centre.longitude + across / (DEGREE_KM * cos(radians(centre.latitude))),
    )


def _stand(name: str, latitude: float, longitude: float) -> Stand:
    return Stand(name=name, latitude=latitude, longitude=longitude, zone=zones.at(Point(latitude, longitude)))
