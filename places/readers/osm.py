"""An extract of OpenStreetMap (.osm.pbf, .osm, compressed too): streets, house numbers and what people name.

The file is read twice: an extract gives streets no town, so a street belongs to the town of the nearest houses that
name it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import osmium
from osmium.filter import KeyFilter
from osmium.osm import Area, Location, Node, Way

from places import addresses, geo
from places.geo import Point
from places.models import PlaceKind
from places.records import Fault, HouseRecord, PlaceRecord, Record, StreetRecord

NEAR_M = 15_000  # a street further from all houses of its name belongs to no town that we know
DRIVEN = {"motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street"} | {
    "pedestrian",
    "service",
    "road",
}
NAMES = ("alt_name", "old_name", "short_name", "loc_name", "official_name", "int_name")  # and name:xx
KINDS: tuple[tuple[str, dict[str, PlaceKind]], ...] = (
    ("railway", {"station": PlaceKind.STATION, "halt": PlaceKind.STATION, "subway_entrance": PlaceKind.UNDERGROUND}),
    ("aeroway", {"aerodrome": PlaceKind.AIRPORT, "terminal": PlaceKind.AIRPORT}),
    (
        "amenity",
        {
            "bus_station": PlaceKind.BUS,
            **dict.fromkeys(("hospital", "clinic", "doctors", "dentist"), PlaceKind.HOSPITAL),
            "pharmacy": PlaceKind.PHARMACY,
            **dict.fromkeys(("restaurant", "cafe", "bar", "pub", "fast_food", "nightclub"), PlaceKind.FOOD),
            **dict.fromkeys(("school", "university", "college", "kindergarten"), PlaceKind.SCHOOL),
            **dict.fromkeys(("townhall", "courthouse", "police", "bank", "post_office", "embassy"), PlaceKind.OFFICE),
            **dict.fromkeys(("theatre", "cinema", "arts_centre", "library"), PlaceKind.CULTURE),
            "place_of_worship": PlaceKind.WORSHIP,
            "grave_yard": PlaceKind.PARK,
            "marketplace": PlaceKind.SHOP,
        },
    ),
    ("tourism", {"hotel": PlaceKind.HOTEL, "hostel": PlaceKind.HOTEL, "guest_house": PlaceKind.HOTEL,
                 "museum": PlaceKind.CULTURE, "gallery": PlaceKind.CULTURE, "attraction": PlaceKind.CULTURE}),
    ("leisure", {"park": PlaceKind.PARK, "stadium": PlaceKind.SPORT, "sports_centre": PlaceKind.SPORT,
                 "fitness_centre": PlaceKind.SPORT}),
    ("landuse", {"cemetery": PlaceKind.PARK}),
    ("place", {"suburb": PlaceKind.DISTRICT, "quarter": PlaceKind.DISTRICT, "neighbourhood": PlaceKind.DISTRICT}),
)  # fmt: skip
ANY_KIND = (("shop", PlaceKind.SHOP), ("office", PlaceKind.OFFICE))
ANYTHING = ("addr:housenumber", "highway", *(key for key, _kinds in KINDS), *(key for key, _kind in ANY_KIND))


def read(path: Path, *, town: str = "") -> Iterator[Record | Fault]:
    try:
        towns: dict[str, list[HouseRecord]] = {}
        for house in _houses(path):
            towns.setdefault(house.locality, []).append(house)
        own = town or _commonest(towns)
        yield from _streets(path, [house for houses in towns.values() for house in houses], own)
        for locality, houses in towns.items():
            yield from (replace(house, locality=_beside(locality, own)) for house in houses)
        yield from _places(path, own)
    except RuntimeError as error:  # what libosmium says of a file that it cannot read
        yield Fault(0, "no_extract", str(error)[:200])


def _objects(path: Path) -> Iterator[tuple[Mapping[str, str], Point]]:
    """Each node, way and area that has something to say, and where it is."""
    wanted = KeyFilter(*ANYTHING)
    return _placed(osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted))


def _ways(path: Path) -> Iterator[tuple[Mapping[str, str], Point]]:
    """What is driven on, and where it is."""
    return _placed(osmium.FileProcessor(str(path)).with_locations().with_filter(KeyFilter("highway")))


def _placed(things: Iterable[object]) -> Iterator[tuple[Mapping[str, str], Point]]:
    for thing in things:
        point = _where(thing)
        if point is not None:
            yield {tag.k: tag.v for tag in thing.tags}, point  # type: ignore[attr-defined]


def _where(thing: object) -> Point | None:
    if isinstance(thing, Node):
        return _middle([thing.location])
    if isinstance(thing, Way):
        known = [node.location for node in thing.nodes if node.location.valid()]
        is_area = thing.is_closed() and "highway" not in thing.tags
        return _middle(known if is_area else known[len(known) // 2 :][:1])
    if isinstance(thing, Area) and not thing.from_way():  # a building with a yard, a park in pieces
        outline = max(([node.location for node in ring] for ring in thing.outer_rings()), key=len)
        return _middle(outline)
    return None  # a relation is met again as the area that it encloses, where the extract has all of it


def _middle(corners: Iterable[Location]) -> Point | None:
    known = {(corner.lat, corner.lon) for corner in corners if corner.valid()}  # an outline ends where it began
    if not known:
        return None
    return Point(sum(lat for lat, _lon in known) / len(known), sum(lon for _lat, lon in known) / len(known))


def _houses(path: Path) -> Iterator[HouseRecord]:
    for tags, point in _objects(path):
        street = tags.get("addr:street") or tags.get("addr:place")
        number = tags.get("addr:housenumber", "")
        if street and number and len(street) <= 160:
            for each in number.split(";"):
                if each.strip() and addresses.house_key(each):
                    yield HouseRecord(street, each.strip()[:20], *_spot(point), tags.get("addr:city", "")[:80])


def _streets(path: Path, houses: list[HouseRecord], own: str) -> Iterator[StreetRecord]:
    """Each street once, however many pieces it is drawn in: the piece in the middle says where it is."""
    by_name: dict[str, list[HouseRecord]] = {}
    for house in houses:
        by_name.setdefault(house.street, []).append(house)
    pieces: dict[tuple[str, str], list[tuple[Point, tuple[str, ...]]]] = {}
    for tags, point in _ways(path):
        name = tags.get("name", "")
        if tags.get("highway") in DRIVEN and 0 < len(name) <= 160:
            locality = _beside(_town_of(point, by_name.get(name, [])), own)
            pieces.setdefault((name, locality), []).append((point, _aliases(tags)))
    for (name, locality), parts in pieces.items():
        middle = sorted(parts, key=lambda part: (part[0].latitude, part[0].longitude))[len(parts) // 2][0]
        aliases = tuple(dict.fromkeys(alias for _point, names in parts for alias in names))
        yield StreetRecord(name, *_spot(middle), locality, aliases)


def _places(path: Path, own: str) -> Iterator[PlaceRecord]:
    seen = set()
    for tags, point in _objects(path):
        name, kind = tags.get("name", ""), _kind(tags)
        if kind is None or not 0 < len(name) <= 160:
            continue
        address = ", ".join(filter(None, (tags.get("addr:street"), tags.get("addr:housenumber"))))[:200]
        locality = _beside(tags.get("addr:city", "")[:80], own)
        if (name, locality, address) in seen:
            continue  # the entrances of one station; a second shop of a chain that has no address
        seen.add((name, locality, address))
        yield PlaceRecord(name, *_spot(point), kind.value, address, locality, _aliases(tags))


def _kind(tags: Mapping[str, str]) -> PlaceKind | None:
    for key, kinds in KINDS:
        if tags.get(key) in kinds:
            underground = tags.get("station") == "subway"
            return PlaceKind.UNDERGROUND if underground else kinds[tags[key]]
    return next((kind for key, kind in ANY_KIND if key in tags), None)


def _aliases(tags: Mapping[str, str]) -> tuple[str, ...]:
    texts = [tags.get(key, "") for key in NAMES]
    texts += [value for key, value in sorted(tags.items()) if key.startswith("name:") and len(key) <= 8]
    every = (alias.strip()[:160] for text in texts for alias in text.split(";"))
    return tuple(dict.fromkeys(alias for alias in every if alias and alias != tags.get("name")))


def _town_of(point: Point, houses: list[HouseRecord]) -> str:
    spots = ((geo.distance_m(point, Point(h.latitude, h.longitude)), h.locality) for h in houses)
    distance, locality = min(spots, default=(NEAR_M, ""))
    return locality if distance < NEAR_M else ""


def _commonest(towns: Mapping[str, list[HouseRecord]]) -> str:
    counted = Counter({town: len(houses) for town, houses in towns.items() if town})
    return counted.most_common(1)[0][0] if counted else ""


def _beside(locality: str, own: str) -> str:
    return "" if locality.casefold() == own.casefold() else locality


def _spot(point: Point) -> tuple[float, float]:
    return round(point.latitude, 6), round(point.longitude, 6)
