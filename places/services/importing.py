"""Taking streets, houses and places into the directory. What is already there is corrected, never doubled."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction

from dispatch.audit import journal
from dispatch.staff.models import Person
from places import addresses
from places.models import House, Name, Place, Street
from places.records import Fault, HouseRecord, PlaceRecord, Record, StreetRecord

BATCH = 2000  # records of one transaction
FAULTS_KEPT = 500
SAME_SPOT = 1e-6  # degrees, a tenth of a metre

Identity = tuple[str, str, frozenset[str]]  # of a street: its town, its words, its kind


@dataclass
class Tally:
    """`added`, `changed`, `same`: how many "street", "house", "place"."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0

    def count(self, what: dict[str, int], kind: str) -> None:
        what[kind] = what.get(kind, 0) + 1

    @property
    def taken(self) -> int:
        return sum(self.added.values()) + sum(self.changed.values()) + sum(self.same.values())


def take(
    records: Iterable[Record | Fault],
    *,
    actor: Person | None,
    source: str,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Add what is new and correct what has changed, in batches: what was taken stays, whatever comes after it.

    `source`: the file's name, for the journal. `progress` is called after each batch.
    """
    tally = _take(records, progress)
    journal.record(
        actor, "directory.imported", file=source, added=tally.added, changed=tally.changed, faults=tally.faulty
    )
    return tally


def preview(records: Iterable[Record | Fault], progress: Callable[[Tally], None] = lambda tally: None) -> Tally:
    """What `take` would do: it is done and taken back."""
    with transaction.atomic():
        tally = _take(records, progress)
        transaction.set_rollback(True)
    return tally


def _take(records: Iterable[Record | Fault], progress: Callable[[Tally], None]) -> Tally:
    tally, every = Tally(), iter(records)
    while batch := list(islice(every, BATCH)):
        faults = [record for record in batch if isinstance(record, Fault)]
        tally.faulty += len(faults)
        tally.faults += faults[: max(0, FAULTS_KEPT - len(tally.faults))]
        with transaction.atomic():
            streets = _take_streets([r for r in batch if isinstance(r, StreetRecord | HouseRecord)], tally)
            _take_houses([r for r in batch if isinstance(r, HouseRecord)], streets, tally)
            _take_places([r for r in batch if isinstance(r, PlaceRecord)], tally)
        progress(tally)
    return tally


def identity(name: str, locality: str) -> Identity:
    """Two writings of one street have the same: "ул. Ленина" and "улица Ленина"."""
    words, kinds = addresses.split(name)
    return locality.casefold(), " ".join(words), kinds


def _take_streets(records: Sequence[StreetRecord | HouseRecord], tally: Tally) -> dict[Identity, Street]:
    wanted: dict[Identity, StreetRecord] = {}
    for record in records:
        if isinstance(record, StreetRecord):
            wanted[identity(record.name, record.locality)] = record
    by_its_houses = {
        identity(r.street, r.locality): StreetRecord(r.street, r.latitude, r.longitude, r.locality)
        for r in records
        if isinstance(r, HouseRecord)
    }
    known = _known_streets({*wanted, *by_its_houses})
    new = {
        who: Street(name=r.name, locality=r.locality, latitude=r.latitude, longitude=r.longitude)
        for who, r in {**by_its_houses, **wanted}.items()
        if who not in known
    }
    moved = []
    for who, record in wanted.items():
        street = known.get(who)
        if street and _moved(street, record):
            street.latitude, street.longitude = record.latitude, record.longitude
            moved.append(street)
        tally.count(
            tally.same if street and street not in moved else tally.changed if street else tally.added, "street"
        )
    for _who in new.keys() - wanted.keys():
        tally.count(tally.added, "street")
    Street.objects.bulk_create(new.values())
    Street.objects.bulk_update(moved, ["latitude", "longitude"])
    streets = known | new
    names = [Name.of_street(street, street.name, is_main=True) for street in new.values()]
    for who, record in wanted.items():
        names += [Name.of_street(streets[who], alias) for alias in record.aliases if alias != streets[who].name]
    Name.objects.bulk_create(names, ignore_conflicts=True)
    return streets


def _known_streets(identities: set[Identity]) -> dict[Identity, Street]:
    names = Name.objects.filter(is_main=True, street__isnull=False, search__in={who[1][:200] for who in identities})
    streets = (name.street for name in names.select_related("street") if name.street)
    return {who: street for street in streets if (who := identity(street.name, street.locality)) in identities}


def _take_houses(records: Sequence[HouseRecord], streets: dict[Identity, Street], tally: Tally) -> None:
    wanted = {(streets[identity(r.street, r.locality)].pk, addresses.house_key(r.number)[:24]): r for r in records}
    of_streets = House.objects.filter(street_id__in={street for street, _number in wanted})
    known = {(house.street_id, house.search): house for house in of_streets}
    new, moved = [], []
    for (street, search), record in wanted.items():
        house = known.get((street, search))
        if house is None:
            new.append(
                House(
                    street_id=street,
                    number=record.number[:20],
                    search=search,
                    latitude=record.latitude,
                    longitude=record.longitude,
                )
            )
            tally.count(tally.added, "house")
        elif _moved(house, record):
            house.latitude, house.longitude = record.latitude, record.longitude
            moved.append(house)
            tally.count(tally.changed, "house")
        else:
            tally.count(tally.same, "house")
    House.objects.bulk_create(new)
    House.objects.bulk_update(moved, ["latitude", "longitude"])


def _take_places(records: Sequence[PlaceRecord], tally: Tally) -> None:
    wanted = {(r.name, r.locality, r.address): r for r in records}
    same_names = Place.objects.filter(name__in={r.name for r in records})
    known = {(place.name, place.locality, place.address): place for place in same_names}
    changed = []
    for who, record in wanted.items():
        place = known.get(who)
        if place is None:
            tally.count(tally.added, "place")
        elif _moved(place, record) or place.kind != record.kind:
            place.latitude, place.longitude, place.kind = record.latitude, record.longitude, record.kind
            changed.append(place)
            tally.count(tally.changed, "place")
        else:
            tally.count(tally.same, "place")
    new = {
        who: Place(
            name=r.name, kind=r.kind, address=r.address, locality=r.locality, latitude=r.latitude, longitude=r.longitude
        )
        for who, r in wanted.items()
        if who not in known
    }
    Place.objects.bulk_create(new.values())
    Place.objects.bulk_update(changed, ["latitude", "longitude", "kind"])
    names = [Name.of_place(place, place.name, is_main=True) for place in new.values()]
    names += list(_aliases(wanted, known | new))
    Name.objects.bulk_create(names, ignore_conflicts=True)


def _aliases(
    wanted: dict[tuple[str, str, str], PlaceRecord], places: dict[tuple[str, str, str], Place]
) -> Iterator[Name]:
    for who, record in wanted.items():
        yield from (Name.of_place(places[who], alias) for alias in record.aliases if alias != record.name)


def _moved(thing: Street | House | Place, record: Record) -> bool:
    return abs(thing.latitude - record.latitude) > SAME_SPOT or abs(thing.longitude - record.longitude) > SAME_SPOT
