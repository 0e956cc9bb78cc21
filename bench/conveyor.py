"""`bin/bench conveyor`: the list at five million orders against five thousand, by turns in one run.

The same office, 4 500 orders a day: for a day, and for three years. A page is what the desk asks for: found, read and
drawn. The large database is asked for as many rows as the small one has to show, so that the ratio is of finding them.
`--quick`: two hundred thousand orders.
"""

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench._figures import Figure, finish
from dispatch.embedded import process, servers

SMALL = 5_000
TURNS = 7
LARGEST = 5_000_000
ME = 4  # who asks: the primary key of one of the dispatchers


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench conveyor")
    parser.add_argument("--quick", action="store_true", help="200 thousand orders, under 50 seconds in all")
    parser.add_argument("--orders", type=int, default=0, help="instead of five million")
    given = parser.parse_args()
    size = given.orders or (200_000 if given.quick else LARGEST)
    folder = Path(tempfile.mkdtemp(prefix="taxi-bench-"))
    folder.chmod(0o755)
    database = servers.postgres(folder, port=process.free_port(25432), durable=False)
    os.environ |= {
        "DATABASE_URL": database.url, "REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "bench" * 10,
        "HTTPS": "false", "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "dispatch.settings",
    }  # fmt: skip
    try:
        import django

        django.setup()
        finish(measure(size, turns=3, each=5) if given.quick else measure(size, turns=TURNS, each=12))
    finally:
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(size: int, turns: int, each: int) -> list[Figure]:
    from django.conf import settings

    from bench import _town

    settings.ALLOWED_HOSTS = ["*"]
    make_databases()
    for name, orders in (("small", SMALL), ("large", size)):
        began = time.monotonic()
        with at(name):
            _town.build(orders, clients=max(orders, SMALL))
        sys.stderr.write(f"{orders} orders and clients written in {time.monotonic() - began:.0f} s\n")
    return [*views(turns), *combinations(turns, each), *anything(), *recognition()]


def views(turns: int) -> list[Figure]:
    """What a dispatcher looks at all day."""
    asked = {
        "live: all open": "",
        "live: unassigned": "state=unassigned",
        "live: problems": "state=problem",
        "live: a text": "q=ленина",
        "mine": "by=me",
        "today": "state=all&period=today",
        "closed": "state=closed",
        "a driver's": "state=all&driver=17",
        "a client's": "state=all&client=4321",
    }
    figures = [Figure(f"{name}, large/small", ratio(query, turns), "×", 1.3) for name, query in asked.items()]
    figures.append(Figure("the desk's whole state, large/small", by_turns(whole_state, turns), "×", 1.3))
    figures.append(Figure("counts, large/small", by_turns(counted(""), turns), "×", 1.3))
    return figures


def combinations(turns: int, each: int) -> list[Figure]:
    """Any two or three conditions over the live states, and over 31 days; those by which the small office, too, has
    something to show. Beside the ratio of the same page the time of a whole one, of a hundred rows."""
    chance = random.Random(17)  # noqa: S311
    conditions = {
        "class": ("comfort", "business", "minivan"), "tariff": ("1", "4", "7"), "zone": ("1", "9", "25"),
        "fleet": ("1", "2"), "by": ("me", "9"), "channel": ("phone", "api", "recurring"),
        "payment": ("cash", "card", "account"), "clients": ("vip", "corporate", "new", "blacklisted"),
        "q": ("ленина", "ktybyf", "мира 7", "0004321"),
    }  # fmt: skip
    figures = []
    for name, scope in (("live states", ""), ("31 days", "state=all&period=month&")):
        ratios: list[tuple[float, str]] = []
        whole: list[tuple[float, str]] = []
        for _ in range(10 * each):
            chosen = chance.sample(sorted(conditions), chance.choice((2, 2, 3)))
            query = scope + "&".join(f"{one}={chance.choice(conditions[one])}" for one in chosen)
            with at("small"):
                has_some = page(query, 1)
            with at("large"):
                whole.append((shortest(lambda query=query: page(query, listing().PAGE), 2) * 1000, query))  # type: ignore[misc]
            if has_some and len(ratios) < each:
                ratios.append((ratio(query, turns), query))
            if len(ratios) == each:
                break
        worst, slowest = max(ratios), max(whole)
        sys.stderr.write(f"{name}: worst {worst[1]} {worst[0]:.2f}, slowest page {slowest[1]} {slowest[0]:.0f} ms\n")
        figures += [
            Figure(f"combinations over {name}, median large/small", statistics.median(r for r, _q in ratios), "×", 2),
            Figure(f"combinations over {name}, worst large/small", worst[0], "×", 2),
            Figure(f"combinations over {name}, slowest whole page", slowest[0], "ms", 1000),
        ]
    return figures


def anything() -> list[Figure]:
    """Over all years, whatever is asked: in milliseconds, the large one only."""
    asked = (
        "state=all", "state=no_show", "state=closed&q=ленина 77", "state=closed&q=lenana", "state=closed&q=zzzyyyxxx",
        "state=closed&q=5550123", "state=closed&class=minivan&channel=recurring&payment=account&zone=28",
        "state=closed&clients=blacklisted&payment=account", "state=unfulfilled&clients=vip&class=business",
        "state=closed&sort=price", "state=closed&sort=-client", "state=all&sort=way", "state=all&sort=price",
        "state=all&sort=time", "state=closed&period=month&sort=-price", "state=closed&by=9&zone=3",
    )  # fmt: skip
    with at("large"):
        taken = {query: shortest(listed(query), 2) * 1000 for query in asked}
        slowest = max(taken, key=lambda query: taken[query])
        sys.stderr.write(f"slowest of anything: {slowest}\n")
        counts = max(shortest(counted(query), 2) for query in asked) * 1000
    return [
        Figure("anything over all years, median", statistics.median(taken.values()), "ms", 1000),
        Figure("anything over all years, slowest", taken[slowest], "ms", 1000),
        Figure("counts of anything, slowest", counts, "ms", 1000),
    ]


def recognition() -> list[Figure]:
    """Who is at a number, against one indexed SELECT of the same row."""
    from orders.models import ClientPhone
    from telephony.recognition import recognise

    with at("large"):
        numbers = [f"+79{n:09}" for n in range(1, 4_000, 17)]

        def known() -> None:
            for number in numbers:
                recognise(number)

        def selected() -> None:
            for number in numbers:
                list(ClientPhone.objects.filter(e164=number).values_list("client_id"))

        known()
        selected()
        pairs = [(once(known), once(selected)) for _ in range(9)]
    ours, floor = (statistics.median(one[part] for one in pairs) / len(numbers) * 1000 for part in (0, 1))
    return [
        Figure("one indexed SELECT", floor, "ms"),
        Figure("recognition of a number", ours, "ms"),
        Figure("recognition / SELECT", statistics.median(a / b for a, b in pairs), "×", 2),
    ]


def ratio(query: str, turns: int) -> float:
    """How much longer the same page takes on the large database."""
    with at("small"):
        rows = max(1, page(query, listing().PAGE))
    return by_turns(lambda: page(query, rows), turns)


def by_turns(act: Callable[[], object], turns: int) -> float:
    """The median time on the large database over that on the small one, measured by turns."""
    taken: dict[str, list[float]] = {"small": [], "large": []}
    for turn in range(turns):
        for name in ("small", "large") if turn % 2 else ("large", "small"):
            with at(name):
                act()
                taken[name] += [once(act) for _ in range(2)]
    return statistics.median(taken["large"]) / statistics.median(taken["small"])


def once(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def shortest(act: Callable[[], object], times: int) -> float:
    return min(once(act) for _ in range(times))


def listing() -> Any:
    from orders.selectors import listing

    return listing


def page(query: str, size: int) -> int:
    """Found, read and drawn, as `orders.views.listing.rows` does; returns how many rows there are."""
    from django.http import QueryDict
    from django.template.loader import render_to_string

    from orders import sight
    from orders.filters import Filter

    found = listing().page(Filter.read(QueryDict(query)), person_id=ME, size=size)
    render_to_string("orders/_rows.html", {"page": found, "sight": sight.Sight.WHOLE, "may_act": True})
    return len(found.orders)


def listed(query: str) -> Callable[[], object]:
    return lambda: get(f"/orders/list/?{query}")


def counted(query: str) -> Callable[[], object]:
    return lambda: get(f"/orders/counts/?{query}")


def whole_state() -> None:
    get("/desk/state/")


browsers: dict[str, object] = {}


def get(address: str) -> None:
    from django.db import connection
    from django.test import Client

    name = connection.settings_dict["NAME"]
    if name not in browsers:
        browsers[name] = signed_in()
    browser = browsers[name]
    assert isinstance(browser, Client)
    answer = browser.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200, (address, answer.status_code, answer.content[:300])


def signed_in() -> object:
    from django.test import Client
    from django.utils import timezone

    from dispatch.staff.models import Person, Shift

    person = Person.objects.get(pk=ME)
    Shift.objects.create(person=person, extension="101", started_at=timezone.now())
    browser = Client()
    browser.force_login(person)
    return browser


def make_databases() -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("create database small")
    with at("small"):
        call_command("migrate", verbosity=0)
    open_ones.pop("small").close()
    with connection.cursor() as cursor:
        cursor.execute("create database large template small")


@contextmanager
def at(name: str) -> Iterator[None]:
    """The default connection leads to that database meanwhile; what was open stays open for the next turn."""
    from django.db import connections

    before = connections["default"]
    if name not in open_ones:
        open_ones[name] = before.copy()
        open_ones[name].settings_dict = {**before.settings_dict, "NAME": name, "CONN_MAX_AGE": None}
    connections["default"] = open_ones[name]
    try:
        yield
    finally:
        connections["default"] = before


open_ones: dict[str, Any] = {}


if __name__ == "__main__":
    main()
