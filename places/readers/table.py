"""A table as a spreadsheet saves it (CSV): one street, house or place a line.

Columns, in any order: latitude, longitude and at least one of street and place; besides, house, kind, address, locality
and aliases (several parted by |). Parted by comma, semicolon or tab; UTF-8, else Windows-1251.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from places import geo
from places.models import PlaceKind
from places.records import Fault, HouseRecord, PlaceRecord, Record, StreetRecord

COLUMNS = ("street", "house", "place", "kind", "address", "locality", "latitude", "longitude", "aliases")
LONGEST = {"street": 160, "house": 20, "place": 160, "address": 200, "locality": 80}
NULL = "\x00"


def read(path: Path, *, town: str = "") -> Iterator[Record | Fault]:
    text = _text(path.read_bytes()).replace(NULL, "")
    head = text[:4096].partition("\n")[0]
    lines = csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count))
    columns = [name.strip().lower() for name in next(lines, [])]
    if not {"latitude", "longitude"} <= set(columns) or not {"street", "place"} & set(columns):
        yield Fault(0, "columns", ", ".join(COLUMNS))
        return
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
                yield _record(row, lines.line_num, town)
    except csv.Error as error:
        yield Fault(lines.line_num, "no_table", str(error))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _record(row: Mapping[str, str], line: int, town: str) -> Record | Fault:
    get = row.get
    try:
        latitude, longitude = (float((get(name) or "").replace(",", ".")) for name in ("latitude", "longitude"))
    except ValueError:
        return Fault(line, "no_number", f"{get('latitude') or ''} {get('longitude') or ''}".strip())
    if not geo.on_earth(latitude, longitude):
        return Fault(line, "off_the_earth", f"{latitude}, {longitude}")
    too_long = next((name for name, most in LONGEST.items() if len(get(name) or "") > most), None)
    if too_long:
        return Fault(line, "too_long", too_long)
    street, house, place = (get(name) or "" for name in ("street", "house", "place"))
    locality = "" if (get("locality") or "").casefold() == town.casefold() else get("locality") or ""
    aliases = tuple(alias.strip()[:160] for alias in (get("aliases") or "").split("|") if alias.strip())
    if place:
        kind = get("kind") or PlaceKind.OTHER.value
        if kind not in PlaceKind.values:
            return Fault(line, "no_kind", kind)
        address = get("address") or ", ".join(filter(None, (street, house)))
        return PlaceRecord(place, latitude, longitude, kind, address[:200], locality, aliases)
    if not street:
        return Fault(line, "nameless")
    if house:
        return HouseRecord(street, house, latitude, longitude, locality)
    return StreetRecord(street, latitude, longitude, locality, aliases)
