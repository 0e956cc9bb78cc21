"""Correcting the directory by hand."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from places import addresses
from places.models import House, Name, Place, Street


def save_place(*, place: Place, actor: Person) -> Place:
    """A new place or a corrected one. Raises Refused where there is one of that name at that address."""
    verb = "changed" if place.pk else "added"
    with transaction.atomic():
        try:
            with transaction.atomic():
                place.save()
        except IntegrityError:
            raise Refused(_("There is a place of this name at this address already.")) from None
        _rename(Name.of_place(place, place.name, is_main=True), Name.objects.filter(place=place))
        journal.record(actor, f"place.{verb}", place, name=place.name)
    return place


def save_street(*, street: Street, actor: Person) -> Street:
    """A new street or a corrected one. Raises Refused where the town has one of that name."""
    verb = "changed" if street.pk else "added"
    with transaction.atomic():
        try:
            with transaction.atomic():
                street.save()
        except IntegrityError:
            raise Refused(_("There is a street of this name already.")) from None
        _rename(Name.of_street(street, street.name, is_main=True), Name.objects.filter(street=street))
        journal.record(actor, f"street.{verb}", street, name=street.name)
    return street


def save_house(*, house: House, actor: Person) -> House:
    """A new house of its street or a corrected one. Raises Refused where the street has one of that number."""
    verb = "changed" if house.pk else "added"
    house.search = addresses.house_key(house.number)
    with transaction.atomic():
        before = House.objects.select_for_update().get(pk=house.pk) if house.pk else House()
        try:
            with transaction.atomic():
                house.save()
        except IntegrityError:
            raise Refused(_("There is a house of this number in this street already.")) from None
        journal.record(actor, f"house.{verb}", house, name=str(house), changes=_changes(before, house))
    return house


def add_alias(*, thing: Street | Place, text: str, actor: Person) -> Name:
    """Another name under which the street or the place is found. Raises Refused."""
    text = " ".join(text.split())
    name = Name.of_street(thing, text) if isinstance(thing, Street) else Name.of_place(thing, text)
    if not name.search:
        raise Refused(_("Write a name with letters or digits in it."))
    with transaction.atomic():
        if thing.names.filter(text=text).exists():
            raise Refused(_("It has this name already."))
        name.save()
        journal.record(actor, "alias.added", thing, name=str(thing), alias=text)
    return name


def remove_alias(*, name: Name, actor: Person) -> None:
    """The main name stays: it goes only with the thing itself. Raises Refused."""
    thing = name.street or name.place
    if name.is_main:
        raise Refused(_("This is the main name; change it instead."))
    with transaction.atomic():
        name.delete()
        journal.record(actor, "alias.removed", thing, name=str(thing), alias=name.text)


def _changes(before: House, after: House) -> dict[str, list[str]]:
    told = {
        "number": (before.number, after.number),
        "spot": (_spot(before), _spot(after)),
        "is_closed": ("yes" if before.is_closed else "", "yes" if after.is_closed else ""),
    }
    return {name: [was, now] for name, (was, now) in told.items() if was != now}


def _spot(house: House) -> str:
    return "" if house.latitude is None else f"{house.latitude:.6f}, {house.longitude:.6f}"


def _rename(main: Name, names: QuerySet[Name]) -> None:
    """The main name is the one on the card; an alias that says the same is one too many."""
    names.filter(is_main=True).exclude(text=main.text).delete()
    if not names.filter(text=main.text).update(is_main=True, search=main.search):
        main.save()
