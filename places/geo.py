"""Points and areas on the ground, in degrees (WGS 84). Areas are GeoJSON Polygons or MultiPolygons.

Nothing here crosses the 180th meridian: an office that works there draws two areas.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Any

EARTH_M = 6_371_008.8  # mean radius
DEGREE_M = 111_195.0  # of latitude
SMALLEST_M2 = 100.0
MOST_CORNERS = 5000

Corner = tuple[float, float]  # longitude, latitude
Ring = Sequence[Corner]


@dataclass(frozen=True, slots=True)
class Point:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Box:
    south: float
    north: float
    west: float
    east: float


def distance_m(here: Point, there: Point) -> float:
    """As the crow flies, in metres."""
    one, other = radians(here.latitude), radians(there.latitude)
    up, across = (other - one) / 2, radians(there.longitude - here.longitude) / 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(sin(up) ** 2 + cos(one) * cos(other) * sin(across) ** 2)))


def on_earth(latitude: float, longitude: float) -> bool:
    return isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180


def contains(area: Any, point: Point) -> bool:
    """Whether the area holds the point; a hole does not belong to it, its edge to either side."""
    return any(
        inside(polygon[0], point) and not any(inside(hole, point) for hole in polygon[1:]) for polygon in polygons(area)
    )


def box(area: Any) -> Box:
    """The smallest box around the area."""
    corners = [corner for polygon in polygons(area) for corner in polygon[0]]
    return Box(
        south=min(latitude for _, latitude in corners),
        north=max(latitude for _, latitude in corners),
        west=min(longitude for longitude, _ in corners),
        east=max(longitude for longitude, _ in corners),
    )


def polygons(area: Any) -> list[list[list[Corner]]]:
    """Each polygon as its rings, the outer one first. Raises ValueError for what is no Polygon or MultiPolygon."""
    try:
        parts = {"Polygon": lambda c: [c], "MultiPolygon": list}[area["type"]](area["coordinates"])
        return [[[(float(corner[0]), float(corner[1])) for corner in ring] for ring in part] for part in parts]
    except (KeyError, TypeError, IndexError, ValueError, OverflowError) as nonsense:
        raise ValueError("no area") from nonsense


def inside(ring: Ring, point: Point) -> bool:
    """By the number of edges that a ray to the east crosses."""
    odd = False
    for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
        if (y1 > point.latitude) != (y2 > point.latitude):
            crossing = x1 + (point.latitude - y1) / (y2 - y1) * (x2 - x1)
            odd ^= point.longitude < crossing
    return odd


def area_m2(ring: Ring) -> float:
    """Of the ring, in square metres; good for a town, not for a continent."""
    if not ring:
        return 0.0
    stretch = cos(radians(ring[0][1]))
    x0, y0 = ring[0]
    flat = [((x - x0) * DEGREE_M * stretch, (y - y0) * DEGREE_M) for x, y in ring]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*flat, flat[0]]))) / 2


def closed(area: Any) -> dict[str, Any]:
    """The same area as plain GeoJSON whose rings end where they begin. Raises ValueError for what is no area."""
    shut = [
        [[list(corner) for corner in (ring if ring[:1] == ring[-1:] else [*ring, ring[0]])] for ring in polygon]
        for polygon in polygons(area)
    ]
    if area["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": shut[0]}
    return {"type": "MultiPolygon", "coordinates": shut}


def fault(area: Any) -> str:
    """What is wrong with the area, as the id of a sentence (`places.wording`); empty when nothing is."""
    try:
        rings = [ring for polygon in polygons(area) for ring in polygon]
        outer = [polygon[0] for polygon in polygons(area)]
    except (ValueError, IndexError):
        return "no_area"
    if not outer:
        return "no_area"
    corners = [corner for ring in rings for corner in ring]
    if len(corners) > MOST_CORNERS:
        return "too_many_corners"
    if not all(on_earth(latitude, longitude) for longitude, latitude in corners):
        return "off_the_earth"
    if any(len(set(ring)) < 3 for ring in rings):
        return "too_few_corners"
    if any(crosses_itself(ring) for ring in rings):
        return "crosses_itself"
    if any(area_m2(ring) < SMALLEST_M2 for ring in outer):
        return "too_small"
    return ""


def crosses_itself(ring: Ring) -> bool:
    """Whether two edges of the ring that are no neighbours meet."""
    corners = [corner for corner, after in pairwise([*ring, ring[0]]) if corner != after]
    edges = list(pairwise([*corners, corners[0]]))
    last = len(edges) - 1
    for one, other in _near_each_other(edges):
        neighbours = abs(one - other) == 1 or {one, other} == {0, last}
        if neighbours:
            if _turns_back(edges[one], edges[other]):
                return True
        elif _meet(edges[one], edges[other]):
            return True
    return False


def _near_each_other(edges: list[tuple[Corner, Corner]]) -> Iterator[tuple[int, int]]:
    """Pairs of edges that overlap from west to east: all others cannot meet."""
    by_west = sorted(range(len(edges)), key=lambda number: min(edges[number][0][0], edges[number][1][0]))
    under_way: list[int] = []
    for number in by_west:
        west = min(edges[number][0][0], edges[number][1][0])
        under_way = [other for other in under_way if max(edges[other][0][0], edges[other][1][0]) >= west]
        yield from ((number, other) for other in under_way)
        under_way.append(number)


def _turns_back(edge: tuple[Corner, Corner], next_edge: tuple[Corner, Corner]) -> bool:
    shared = set(edge) & set(next_edge)
    far = [corner for corner in (*edge, *next_edge) if corner not in shared]
    if len(shared) != 1 or len(far) != 2:
        return True
    (x0, y0), (ax, ay), (bx, by) = shared.pop(), *far
    ax, ay, bx, by = ax - x0, ay - y0, bx - x0, by - y0
    return ax * by - ay * bx == 0 and ax * bx + ay * by > 0


def _meet(one: tuple[Corner, Corner], other: tuple[Corner, Corner]) -> bool:
    (a, b), (c, d) = one, other
    sides = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if sides[0] != sides[1] and sides[2] != sides[3]:
        return True
    ends = ((sides[0], a, b, c), (sides[1], a, b, d), (sides[2], c, d, a), (sides[3], c, d, b))
    return any(side == 0 and _between(start, end, corner) for side, start, end, corner in ends)


def _side(start: Corner, end: Corner, corner: Corner) -> int:
    turn = (end[0] - start[0]) * (corner[1] - start[1]) - (end[1] - start[1]) * (corner[0] - start[0])
    return (turn > 0) - (turn < 0)


def _between(start: Corner, end: Corner, corner: Corner) -> bool:
    return all(min(start[i], end[i]) <= corner[i] <= max(start[i], end[i]) for i in (0, 1))
