"""Reading files of places: `read(path, town=)` by what the file is."""

from collections.abc import Iterator
from pathlib import Path

from places.readers import osm, table
from places.records import Fault, Record

OSM = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")


def is_osm(name: str) -> bool:
    return name.lower().endswith(OSM)


def read(path: Path, *, name: str = "", town: str = "") -> Iterator[Record | Fault]:
    """Records and faults of the file, which is called `name` where it is kept under another. `town`: the office's own,
    whose name an address need not have; found out from an OpenStreetMap extract when it is empty."""
    return osm.read(path, town=town) if is_osm(name or path.name) else table.read(path, town=town)
