"""A small town for the tests, in a few alphabets."""

from places.addresses import house_key
from places.models import House, Name, Place, Street


def street(name: str, *numbers: str, aliases: tuple[str, ...] = (), locality: str = "", at=(55.75, 37.61)) -> Street:
    made = Street.objects.create(name=name, locality=locality, latitude=at[0], longitude=at[1])
    Name.of_street(made, name, is_main=True).save()
    for alias in aliases:
        Name.of_street(made, alias).save()
    House.objects.bulk_create(
        House(street=made, number=number, search=house_key(number), latitude=at[0] + place / 1000, longitude=at[1])
        for place, number in enumerate(numbers)
    )
    return made


def place(name: str, kind: str = "other", *aliases: str, at=(55.76, 37.62), **fields: str) -> Place:
    made = Place.objects.create(name=name, kind=kind, latitude=at[0], longitude=at[1], **fields)
    Name.of_place(made, name, is_main=True).save()
    for alias in aliases:
        Name.of_place(made, alias).save()
    return made
