"""`bin/bench push`: 35 changes of orders a second to 200 desks of one web process, and to 1 000 desks of two.

From the commit of the change to the whole frame at the desk, for every change and every desk. The desks are one other
process with plain sockets (bench/_desks.py); half of them are Russian, half English, every tenth a supervisor's.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench._figures import Figure, finish, share
from dispatch.embedded import process, servers

ROOT = Path(__file__).resolve().parent.parent
RATE = 35.0  # changes a second, at moments that chance chooses
WARM_UP = 2.0  # seconds that are not counted
SETTLE = 3.0  # seconds in which the last change has to arrive


@dataclass(frozen=True)
class Heard:
    """`taken`: milliseconds, of every change at every desk; `lost`: changes that a desk did not get."""

    taken: Sequence[float]
    lost: int
    rate: float
    counted: Sequence[dict[str, int]]
    bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench push")
    parser.add_argument("--quick", action="store_true", help="fewer changes, under 50 seconds in all")
    quick = parser.parse_args().quick
    folder = Path(tempfile.mkdtemp(prefix="taxi-bench-"))
    folder.chmod(0o755)
    database = servers.postgres(folder, port=process.free_port(25432), durable=False)
    broker = servers.valkey(folder / "valkey", port=process.free_port(26379))
    os.environ |= {
        "DATABASE_URL": database.url, "REDIS_URL": broker.url, "SECRET_KEY": "bench" * 10, "HTTPS": "false",
        "VAR_DIR": str(folder), "LOG_LEVEL": "WARNING", "PYTHONWARNINGS": "ignore",
        "DJANGO_SETTINGS_MODULE": "dispatch.settings",
    }  # fmt: skip
    try:
        sessions = lay_out(desks=1000)
        seconds = 7.0 if quick else 30.0
        one = measure(folder, sessions[:200], processes=1, seconds=seconds)
        two = measure(folder, sessions, processes=2, seconds=seconds)
    finally:
        broker.stop()
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)
    finish([*figures("200 desks, one process", one, 300), *figures("1000 desks, two processes", two, 500)])


def figures(name: str, heard: Heard, goal: float) -> list[Figure]:
    total = {key: sum(one[key] for one in heard.counted) for key in heard.counted[0]}
    return [
        Figure(f"{name}: changes a second", heard.rate, ""),
        Figure(f"{name}: commit to desk, median", share(heard.taken, 0.5), "ms"),
        Figure(f"{name}: commit to desk, p99", share(heard.taken, 0.99), "ms", goal),
        Figure(f"{name}: changes lost", heard.lost, "", 0),
        Figure(f"{name}: reads of orders, a batch", total["reads"] / total["batches"], "", 1),
        Figure(f"{name}: drawings, a change, language and role", total["drawn"] / total["wanted"], "", 1),
        Figure(f"{name}: sent", heard.bytes / 1e6, "MB"),
    ]


def lay_out(desks: int) -> list[tuple[str, str]]:
    """A town with its open orders, and people with their sessions: (session key, language) of each."""
    import django

    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from bench import _town
    from dispatch.staff.models import Person

    call_command("migrate", verbosity=0)
    _town.build(orders=1000, clients=5000)
    people = Person.objects.bulk_create(
        Person(username=f"desk{n}", roles=["supervisor" if n % 10 == 9 else "dispatcher"], is_active=True)
        for n in range(desks)
    )
    sessions = []
    for number, person in enumerate(people):
        store = SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        sessions.append((str(store.session_key), "ru" if number % 2 else "en"))
    return sessions


def measure(folder: Path, sessions: Sequence[tuple[str, str]], *, processes: int, seconds: float) -> Heard:
    file = folder / f"heard-{processes}.json"
    counts = [folder / f"counted-{processes}-{n}.json" for n in range(processes)]
    with webs(counts) as ports:
        desks = subprocess.Popen(
            [sys.executable, "-m", "bench._desks"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert desks.stdin
        assert desks.stdout
        plan = [(ports[n % processes], key, language) for n, (key, language) in enumerate(sessions)]
        desks.stdin.write(json.dumps({"desks": plan, "file": str(file)}) + "\n")
        desks.stdin.flush()
        assert desks.stdout.readline() == "ready\n", "the desks did not all connect"
        committed = change(seconds)
        time.sleep(SETTLE)
        desks.stdin.write("end\n")
        desks.stdin.flush()
        desks.wait(30)
    said = json.loads(file.read_text())
    taken, lost = compare(said["heard"], committed)
    span = max(committed.values()) - min(committed.values())
    counted = [json.loads(count.read_text()) for count in counts]
    return Heard(taken, lost, len(committed) / span, counted, said["bytes"])


def change(seconds: float) -> dict[int, float]:
    """Open orders change, each in its own transaction; number of the change → when it was committed."""
    from django.db import connection, transaction
    from django.db.models import F

    from dispatch.live import publish
    from dispatch.live.models import Change, Topic
    from orders.models import Order

    chance = random.Random(7)  # noqa: S311
    keys = list(Order.objects.open().values_list("pk", flat=True))
    before = dict(Topic.objects.values_list("name", "last")).get("orders", 0)
    moments: list[float] = []
    began = time.monotonic()
    due = began
    while due < began + WARM_UP + seconds:
        due += chance.expovariate(RATE)
        time.sleep(max(0.0, due - time.monotonic()))
        with transaction.atomic():
            key = chance.choice(keys)
            Order.objects.filter(pk=key).update(version=F("version") + 1, price=F("price") + 10)
            publish.changed("orders", "order", key)
            moments.append(time.monotonic())  # the commit begins
    end = time.monotonic() + 10
    while Change.objects.filter(number=None).exists() and time.monotonic() < end:
        time.sleep(0.1)
    connection.close()
    counted_from = began + WARM_UP
    return {before + place: at for place, at in enumerate(moments, start=1) if at >= counted_from}


def compare(heard: Sequence[Sequence[tuple[float, int, int]]], committed: dict[int, float]) -> tuple[list[float], int]:
    taken, lost = [], 0
    for desk in heard:
        arrived: dict[int, float] = {}
        for at, first, last in desk:
            for number in range(first, last + 1):
                arrived.setdefault(number, at)
        taken += [(arrived[number] - at) * 1000 for number, at in committed.items() if number in arrived]
        lost += sum(number not in arrived for number in committed)
    return taken, lost


@contextmanager
def webs(counts: Sequence[Path]) -> Iterator[list[int]]:
    """Web processes that are ready; each writes what it counted when it ends."""
    running: list[subprocess.Popen[bytes]] = []
    ports: list[int] = []
    try:
        for count in counts:
            port = process.free_port(25800 + 50 * len(ports))
            command: list[str | Path] = [sys.executable, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port)]
            env: dict[str, Any] = {**os.environ, "COUNTED": str(count)}
            running.append(process.start([*command, "bench._counted:application"], env=env, cwd=ROOT))
            ports.append(port)
        for port in ports:
            wait_for(port)
        yield ports
    finally:
        for one in running:
            process.stop(one)


def wait_for(port: int) -> None:
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=3).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"the web process on port {port} was not ready within 40 s")


if __name__ == "__main__":
    main()
