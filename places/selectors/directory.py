"""Looking an address up in our own directory, at each key that is typed. Two queries, however much there is to find."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import F, Value, Window
from django.db.models.functions import Length, RowNumber
from django.utils.translation import gettext as _

from places import addresses, folding, geo
from places.addresses import Reading
from places.geo import Point
from places.models import House, PlaceKind

SHORTEST = 2  # letters; before that everything would be found
CANDIDATES = 100  # names for each way of reading what was typed
STREETS = 12  # of which houses are looked for
WELL_ENOUGH, SURE = 0.5, 0.8
OTHER_KEYBOARD = 0.08  # so much less likely
MISSING_HOUSE, LONGER_HOUSE = 0.1, 0.06  # so much behind the house itself
FURTHEST = 0.05  # what 25 km and more from `near` cost

NAMES = """
select a.question, n.text, n.is_main, coalesce(n.street_id, 0), coalesce(n.place_id, 0),
       coalesce(s.name, p.name), coalesce(s.locality, p.locality), coalesce(s.latitude, p.latitude),
       coalesce(s.longitude, p.longitude), coalesce(p.kind, ''), coalesce(p.address, '')
from places_alike(%s, %s) a
join places_name n on n.id = a.name_id
left join places_street s on s.id = n.street_id
left join places_place p on p.id = n.place_id
where p.is_closed is not true
"""


@dataclass(frozen=True, slots=True)
class Found:
    """`kind` is house, street (its middle; the house is not in the directory, or none was named) or place."""

    label: str  # what goes into the form
    detail: str  # what tells it from others of that name, in the reader's language
    latitude: float
    longitude: float
    kind: str
    key: str  # "house:731", "street:5", "street:5:99" (its house 99 is not known), "place:7"
    street_id: int = 0  # of a house and of a street
    is_sure: bool = False  # so near to what was typed that Enter may take it

    @property
    def wants_house(self) -> bool:
        return self.kind == "street" and self.key.count(":") == 1

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class _Named:
    """A street or a place under one of its names."""

    question: int
    text: str
    is_main: bool
    street_id: int  # 0: a place
    place_id: int  # 0: a street
    name: str
    locality: str
    latitude: float
    longitude: float
    kind: str
    address: str

    @property
    def key(self) -> str:
        return f"place:{self.place_id}" if self.place_id else f"street:{self.street_id}"


@dataclass(frozen=True, slots=True)
class _Hit:
    named: _Named
    reading: Reading
    score: float


def search(text: str, *, near: Point | None = None, limit: int = 8) -> list[Found]:
    """What may be meant by the text, the likeliest first; of equals the nearest to `near`. At most two queries."""
    questions = _questions([text, *folding.retyped(text)])
    hits = _best(_hits(questions))
    scored = [*_houses(hits), *((hit.score, _found(hit.named)) for hit in hits if not _has_house(hit))]
    scored.sort(key=lambda pair: (-pair[0] + _far(pair[1], near), len(pair[1].label), pair[1].label))
    return [replace(found, is_sure=score >= SURE) for score, found in scored[:limit]]


def resolve(text: str) -> Found | None:
    """The one thing that the text names, letter for letter but for marks, alphabet, case and the kind of street; None
    when it names nothing in the directory, or several. At most two queries."""
    exact = [
        hit
        for hit in _hits(_questions([text]))
        if _is_exact(hit.reading, hit.named) and (hit.named.street_id or not hit.reading.house)
    ]
    places = [hit for hit in exact if hit.named.place_id]
    streets = [hit for hit in exact if hit.named.street_id and not hit.reading.house]
    houses = [hit for hit in exact if hit.reading.house]
    found = {item.key: item for item in (_found(hit.named) for hit in (*places, *streets))}
    if not found:
        found = {item.key: item for item in _numbered(houses) if item.kind == "house"}
    return next(iter(found.values())) if len(found) == 1 else None


def _is_exact(reading: Reading, named: _Named) -> bool:
    words, kinds = addresses.split(named.text)
    beside = addresses.split(named.locality)[0] if named.locality else ()
    typed = [word for word in reading.words if word not in beside or word in words]
    same_kind = not reading.kinds or not kinds or not reading.kinds.isdisjoint(kinds)
    return same_kind and sorted(typed) == sorted(words)


def _numbered(hits: Sequence[_Hit]) -> Iterator[Found]:
    by_street = {hit.named.street_id: hit for hit in hits}
    for house in House.objects.filter(
        street_id__in=by_street, search__in={hit.reading.house for hit in hits}, is_closed=False
    ).select_related("street"):
        hit = by_street[house.street_id]
        if house.search == hit.reading.house:
            yield _at_house(house, hit.named)


def _questions(texts: Iterable[str]) -> list[tuple[str, list[Reading]]]:
    """What to ask for, and how to understand what comes back for it."""
    questions: dict[str, list[Reading]] = {}
    for text in texts:
        for reading in addresses.readings(text):
            spoken = " ".join(word for word in reading.words if word.isalpha()) or " ".join(reading.words)
            if len(spoken) >= SHORTEST:
                questions.setdefault(spoken, []).append(reading)
    return list(questions.items())


def _hits(questions: Sequence[tuple[str, list[Reading]]]) -> Iterator[_Hit]:
    if not questions:
        return
    for named in _names([spoken for spoken, _readings in questions]):
        words, kinds = addresses.split(named.text)
        beside = addresses.split(named.locality)[0] if named.locality else ()
        later = OTHER_KEYBOARD if named.question > 1 else 0.0
        for reading in questions[named.question - 1][1]:
            score = addresses.fits(reading, words, kinds, beside)
            if score >= WELL_ENOUGH:
                yield _Hit(named, reading, score - later)


def _names(spoken: Sequence[str]) -> list[_Named]:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [list(spoken), CANDIDATES])
        return [_Named(*row) for row in cursor.fetchall()]


def _best(hits: Iterable[_Hit]) -> list[_Hit]:
    """Of each street and place its best name and reading, the best first."""
    best: dict[str, _Hit] = {}
    for hit in hits:
        before = best.get(hit.named.key)
        if before is None or (hit.score, hit.named.is_main) > (before.score, before.named.is_main):
            best[hit.named.key] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)


def _has_house(hit: _Hit) -> bool:
    return bool(hit.reading.house and hit.named.street_id)


def _houses(hits: Sequence[_Hit]) -> Iterator[tuple[float, Found]]:
    """The houses that begin with the typed number; where the number itself is not known, the street under it."""
    asked = [hit for hit in hits if _has_house(hit)][:STREETS]
    if not asked:
        return
    known = _houses_of(asked)
    for hit in asked:
        houses = known.get(hit.named.street_id, [])
        for place, house in enumerate(houses):
            behind = 0.0 if house.search == hit.reading.house else LONGER_HOUSE + place / 1000
            yield hit.score - behind, _at_house(house, hit.named)
        if not any(house.search == hit.reading.house for house in houses):
            yield hit.score - MISSING_HOUSE, _without_house(hit)


def _houses_of(hits: Sequence[_Hit]) -> dict[int, list[House]]:
    """By street, the shortest numbers first."""
    begins = {hit.reading.house for hit in hits}
    wanted = {hit.named.street_id: hit.reading.house for hit in hits}
    houses = House.objects.none()
    for number in begins:
        streets = [street for street, house in wanted.items() if house == number]
        houses |= House.objects.filter(street_id__in=streets, search__startswith=number, is_closed=False)
    order = Window(RowNumber(), partition_by=F("street_id"), order_by=[Length("search"), F("search")])
    by_street: dict[int, list[House]] = {}
    for house in houses.annotate(place=order).filter(place__lte=Value(8)).order_by("place"):
        by_street.setdefault(house.street_id, []).append(house)
    return by_street


def _at_house(house: House, named: _Named) -> Found:
    found = _found(named)
    return replace(
        found,
        label=f"{named.name}, {house.number}",
        latitude=house.latitude,
        longitude=house.longitude,
        kind="house",
        key=f"house:{house.pk}",
    )


def _without_house(hit: _Hit) -> Found:
    found = _found(hit.named)
    unknown = _("this house is not in the directory")
    detail = " · ".join(filter(None, [found.detail, unknown]))
    label, key = f"{hit.named.name}, {hit.reading.typed_house}", f"{found.key}:{hit.reading.house}"
    return replace(found, label=label, detail=detail, key=key)


def _found(named: _Named) -> Found:
    kind: Any = PlaceKind(named.kind).label if named.kind else ""
    alias = "" if named.is_main else named.text
    detail = " · ".join(filter(None, [alias, str(kind), named.address, named.locality]))
    label = named.name
    kind = "place" if named.place_id else "street"
    return Found(label, detail, named.latitude, named.longitude, kind, named.key, named.street_id)


def _far(found: Found, near: Point | None) -> float:
    return min(FURTHEST, geo.distance_m(found.point, near) / 500_000) if near else 0.0
