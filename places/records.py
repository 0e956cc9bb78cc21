"""What a file of places says, line by line: the readers write these, the import takes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreetRecord:
    name: str
    latitude: float
    longitude: float
    locality: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseRecord:
    street: str
    number: str
    latitude: float
    longitude: float
    locality: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    name: str
    latitude: float
    longitude: float
    kind: str = "other"  # models.PlaceKind
    address: str = ""
    locality: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be taken. `reason` is the id of a sentence in `places.wording`; `line` 0: the whole file."""

    line: int
    reason: str
    value: str = ""


Record = StreetRecord | HouseRecord | PlaceRecord
