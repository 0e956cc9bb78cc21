"""What the pages of places show. Each a fixed number of queries."""

from dataclasses import dataclass
from math import cos, radians

from django.db.models import Max, Min

from places import geo
from places.models import Stand, Street, Zone

WIDTH = 900.0  # of the drawing, in its own units
LARGEST_HEIGHT = 900.0
MARGIN = 0.06  # of the ground, at each side
STREETS_DRAWN = 1500


@dataclass(frozen=True, slots=True)
class Spot:
    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Outline:
    pk: int
    name: str
    points: tuple[str, ...]  # of each ring, as SVG writes them
    label: Spot


@dataclass(frozen=True, slots=True)
class Chart:
    """A flat drawing of the ground: x = (longitude − west) · across, y = (north − latitude) · down."""

    west: float
    north: float
    across: float
    down: float
    width: int
    height: int
    zones: tuple[Outline, ...]
    stands: tuple[Spot, ...]
    streets: tuple[Spot, ...]


def zones() -> list[Zone]:
    return list(Zone.objects.order_by("-is_active", "-rank", "name").prefetch_related("stands"))


def stands() -> list[Stand]:
    return list(Stand.objects.select_related("zone").order_by("-is_active", "name"))


def chart(shown: list[Zone], waiting: list[Stand]) -> Chart | None:
    """None: nothing is known yet whose place could be drawn. Two queries."""
    ground = _ground(shown, waiting)
    if ground is None:
        return None
    stretch = cos(radians((ground.south + ground.north) / 2))
    across = WIDTH / ((ground.east - ground.west) or 1)
    down = across / stretch
    if (height := down * (ground.north - ground.south)) > LARGEST_HEIGHT:
        across, down = across * LARGEST_HEIGHT / height, down * LARGEST_HEIGHT / height

    def spot(name: str, latitude: float, longitude: float) -> Spot:
        return Spot(name, round((longitude - ground.west) * across, 1), round((ground.north - latitude) * down, 1))

    def outline(zone: Zone) -> Outline:
        rings = [ring for polygon in geo.polygons(zone.area) for ring in polygon]
        drawn = [[spot("", latitude, longitude) for longitude, latitude in ring] for ring in rings]
        points = tuple(" ".join(f"{each.x},{each.y}" for each in ring) for ring in drawn)
        return Outline(
            zone.pk, zone.name, points, spot(zone.name, (zone.south + zone.north) / 2, (zone.west + zone.east) / 2)
        )

    streets = Street.objects.order_by("pk").values_list("name", "latitude", "longitude")[:STREETS_DRAWN]
    return Chart(
        west=ground.west,
        north=ground.north,
        across=across,
        down=down,
        width=round((ground.east - ground.west) * across),
        height=round((ground.north - ground.south) * down),
        zones=tuple(outline(zone) for zone in shown if zone.is_active),
        stands=tuple(spot(stand.name, stand.latitude, stand.longitude) for stand in waiting if stand.is_active),
        streets=tuple(spot(*street) for street in streets),
    )


def _ground(shown: list[Zone], waiting: list[Stand]) -> geo.Box | None:
    sides = Street.objects.aggregate(
        south=Min("latitude"), north=Max("latitude"), west=Min("longitude"), east=Max("longitude")
    )
    boxes = [geo.Box(**sides)] if sides["south"] is not None else []
    boxes += [geo.Box(zone.south, zone.north, zone.west, zone.east) for zone in shown]
    boxes += [geo.Box(stand.latitude, stand.latitude, stand.longitude, stand.longitude) for stand in waiting]
    if not boxes:
        return None
    south, north = min(box.south for box in boxes), max(box.north for box in boxes)
    west, east = min(box.west for box in boxes), max(box.east for box in boxes)
    beside = max(north - south, east - west, 0.02) * MARGIN
    return geo.Box(south - beside, north + beside, west - beside, east + beside)
