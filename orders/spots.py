"""An address in a form: what was typed, and where that is once it was chosen from the directory."""

import re
from dataclasses import dataclass
from math import isfinite

from places.geo import Point, on_earth
from places.selectors import directory

LONGEST = 250  # characters of an address
_MARK = re.compile(r"^(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?) (.+)$", re.DOTALL)


@dataclass(frozen=True)
class Spot:
    """`point` None: not one of the directory, and nobody knows where it is but the driver."""

    address: str
    point: Point | None = None

    @property
    def latitude(self) -> float | None:
        return self.point.latitude if self.point else None

    @property
    def longitude(self) -> float | None:
        return self.point.longitude if self.point else None


NOWHERE = Spot("")


def at(address: str, latitude: float | None, longitude: float | None) -> Spot:
    known = latitude is not None and longitude is not None
    return Spot(address, Point(latitude, longitude)) if known else Spot(address)  # type: ignore[arg-type]


def read(text: str, mark: str) -> Spot:
    """`mark` says which text it was chosen for: who goes on typing has another address, with or without a script."""
    address = " ".join(text.split())
    match = _MARK.match(mark)
    if not match or " ".join(match[3].split()) != address:
        return Spot(address)
    latitude, longitude = float(match[1]), float(match[2])
    fits = isfinite(latitude) and on_earth(latitude, longitude)
    return Spot(address, Point(latitude, longitude)) if fits else Spot(address)


def mark(spot: Spot) -> str:
    """What `read` finds the place by again."""
    return f"{spot.point.latitude:.6f},{spot.point.longitude:.6f} {spot.address}" if spot.point else ""


def located(spot: Spot) -> Spot:
    """With its place, when the text names exactly one thing of the directory. At most two queries."""
    if spot.point or not spot.address:
        return spot
    found = directory.resolve(spot.address)
    return Spot(spot.address, found.point) if found else spot
