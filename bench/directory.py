"""`bin/bench directory`: what one keystroke in an address field costs with 200 000 houses.

The town is made up of syllables, always the same; addresses are typed letter by letter, some with a slip of the hand,
some on the wrong keyboard, some in Latin letters. Each keystroke is one call of the search, as the web makes it.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench._figures import Figure, finish

STREETS, HOUSES, PLACES = 6_000, 200_000, 10_000
BEGINNINGS = re.findall(
    r"\w+", "ле ло ка ко кра бе бо ве во га го до ду за зо ми мо на но пе по про ра ро са со ста то фе"
)
MIDDLES = re.findall(r"\w+", "ни ра ло мо ва ти го ри бо сте пе ли ко ре се де ба ку зо ма хо не")
ENDS = re.findall(r"\w+", "на ская вская евский нская ова ева инский ной ина")
KINDS = ("улица {}", "{} улица", "проспект {}", "{} переулок", "{} шоссе", "{} проезд", "{} бульвар")
THINGS = ("школа", "аптека", "гостиница", "кафе", "магазин", "поликлиника", "станция")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench directory")
    parser.add_argument("--quick", action="store_true", help="fewer addresses typed")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taxi-bench-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        from dispatch.embedded import process, servers

        database = servers.postgres(path, port=process.free_port(34000), durable=False)
        try:
            os.environ |= {"DATABASE_URL": database.url, "SECRET_KEY": "bench" * 12, "HTTPS": "false"}
            finish(measure(addresses=60 if chosen.quick else 300))
        finally:
            database.stop()


def measure(addresses: int) -> list[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    chance = Random(17)  # noqa: S311
    names = lay_out(chance)
    from places.selectors import directory

    taken: list[float] = []
    found = whole = 0
    for meant, typed in typing(chance, names, addresses):
        for length in range(2, len(typed) + 1):
            started = time.perf_counter()
            answers = directory.search(typed[:length])
            taken.append((time.perf_counter() - started) * 1000)
        whole += 1
        found += any(answer.label == meant for answer in answers)
    taken.sort()
    sys.stdout.write(f"{STREETS} streets, {HOUSES} houses, {PLACES} places; {len(taken)} keystrokes\n")
    return [
        Figure("keystroke, median", statistics.median(taken), "ms"),
        Figure("keystroke, p95", taken[int(len(taken) * 0.95)], "ms", 50),
        Figure("keystroke, p99", taken[int(len(taken) * 0.99)], "ms"),
        Figure("not among the eight offered when typed to the end", 1 - found / whole, "", 0.05),
    ]


def lay_out(chance: Random) -> list[tuple[str, str]]:
    """Fill the directory; answers (street, number) of each house."""
    from django.db import connection

    from places.addresses import house_key
    from places.models import House, Name, Place, Street

    def point() -> dict[str, float]:
        return {"latitude": 55.5 + chance.random() / 2, "longitude": 37.3 + chance.random() / 2}

    streets: dict[str, Street] = {}
    while len(streets) < STREETS:
        name = chance.choice(KINDS).format(a_name(chance))
        streets.setdefault(name, Street(name=name, **point()))
    made = Street.objects.bulk_create(streets.values(), batch_size=2000)
    Name.objects.bulk_create((Name.of_street(one, one.name, is_main=True) for one in made), batch_size=2000)
    each = HOUSES // STREETS + 1
    houses = [
        House(street=one, number=str(n), search=house_key(str(n)), **point())
        for one in made
        for n in range(1, each + 1)
    ]
    House.objects.bulk_create(houses[:HOUSES], batch_size=5000)
    places = {f"{chance.choice(THINGS)} {a_name(chance)} {number}": number for number in range(PLACES)}
    known = Place.objects.bulk_create((Place(name=name, **point()) for name in places), batch_size=2000)
    Name.objects.bulk_create((Name.of_place(one, one.name, is_main=True) for one in known), batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return [(house.street.name, house.number) for house in houses[:HOUSES]]


def a_name(chance: Random) -> str:
    middles = "".join(chance.choice(MIDDLES) for _ in range(chance.choice((1, 1, 2))))
    return (chance.choice(BEGINNINGS) + middles + chance.choice(ENDS)).title()


def typing(chance: Random, names: list[tuple[str, str]], count: int) -> Iterator[tuple[str, str]]:
    """What is meant, and what is typed for it."""
    from places import folding

    english = dict(zip(folding.KEYBOARDS["ru"], folding.KEYBOARDS["en"], strict=True))
    for number in range(count):
        street, house = chance.choice(names)
        typed = f"{street} {house}".lower()
        if number % 4 == 1:  # a slip: one letter left out
            at = chance.randrange(2, len(street) - 1)
            typed = typed[:at] + typed[at + 1 :]
        elif number % 4 == 2:
            typed = "".join(english.get(letter, letter) for letter in typed)
        elif number % 4 == 3:
            typed = typed.translate(folding.TO_LATIN)
        yield f"{street}, {house}", typed


if __name__ == "__main__":
    main()
