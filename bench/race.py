"""`bin/bench race`: fifty hands at once, a thousand times. Exactly one wins each time, by the database and not by luck.

Two races by turns: fifty dispatchers give the same driver fifty orders, and fifty drivers accept the same offer.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from bench._figures import Figure, finish, share

HANDS = 50
ROUNDS = 1000
QUICK_ROUNDS = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench race")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds of each, under a minute")
    rounds = QUICK_ROUNDS if parser.parse_args().quick else ROUNDS
    with database():
        from bench import _race

        town = _race.lay_out(HANDS)
        hands = Hands()
        wrong, taken = 0, []
        for number in range(rounds):
            for race in (town.assign_one_driver, town.accept_one_offer):
                acts, winners = race()
                began = time.monotonic()
                hands.all_at_once(acts)
                taken.append(time.monotonic() - began)
                wrong += winners() != 1
            if number % 100 == 99:
                sys.stdout.write(f"{number + 1} rounds of each, {wrong} wrong\n")
                sys.stdout.flush()
        hands.go_home()
    finish(
        [
            Figure("rounds of fifty, each of two races", rounds, ""),
            Figure("rounds without exactly one winner", wrong, "", 0),
            Figure("acts that raised anything but a refusal", hands.raised, "", 0),
            Figure("a round of fifty, median", share(taken, 0.5) * 1000, "ms"),
        ]
    )


class Hands:
    """Threads with a database connection of their own each, let loose together by a barrier."""

    def __init__(self) -> None:
        self.raised = 0
        self._acts: list[Callable[[], object]] = []
        self._start, self._end = threading.Barrier(HANDS + 1), threading.Barrier(HANDS + 1)
        self._threads = [threading.Thread(target=self._work, args=(place,), daemon=True) for place in range(HANDS)]
        for thread in self._threads:
            thread.start()

    def all_at_once(self, acts: list[Callable[[], object]]) -> None:
        self._acts = acts
        self._start.wait()
        self._end.wait()

    def go_home(self) -> None:
        self._acts = []
        self._start.wait()
        for thread in self._threads:
            thread.join(10)

    def _work(self, place: int) -> None:
        from django.db import connection

        from dispatch.staff.refusal import Refused

        while True:
            self._start.wait()
            if not self._acts:
                connection.close()
                return
            try:
                self._acts[place]()
            except Refused:
                pass
            except Exception as problem:
                self.raised += 1
                sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
            self._end.wait()


@contextmanager
def database() -> Iterator[None]:
    from dispatch.embedded import process, servers

    folder = Path(tempfile.mkdtemp(prefix="taxi-bench-"))
    folder.chmod(0o755)
    engine = servers.postgres(folder, port=process.free_port(25432))
    os.environ |= {
        "DATABASE_URL": engine.url, "SECRET_KEY": "bench" * 10, "HTTPS": "false", "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "dispatch.settings", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    try:
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield
    finally:
        from django.db import connection

        connection.close()
        engine.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
