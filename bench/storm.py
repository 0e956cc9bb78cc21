"""`bin/bench storm`: 200 telephones in the browser come back after a restart of the PBX.

Each is the product's own (static/js/phone/line.js with its back-off, JsSIP) over wss at a real Asterisk, with
credentials out of the product's database. Twice: the PBX is away for as long as it takes to start, and for half a
minute, after which all wait in the longest window. `--quick`: 40 telephones, and the first of the two.
"""

import argparse
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench import _storm
from bench._figures import Figure, finish, share
from tests.conftest import FLAGS
from tests.journeys.conftest import QUICK
from tests.journeys.house import House
from tests.journeys.street import until
from tests.rig.asterisk import Pbx

FIRST_PORT = 29700
DESKS, FEW = 200, 40
FIRST_NUMBER = 1001
AWAY = 30.0  # seconds: by then all wait in the longest window
LAST = 32.0  # seconds: the longest window, and what a registration takes
MOST = 60  # connections a second: 200 telephones in the first window, of four seconds


@dataclass
class Office:
    pbx: Pbx
    page: Page

    def registered(self) -> int:
        """As the PBX has it."""
        return self.pbx.console("pjsip show contacts").count("w/sip:")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench storm")
    parser.add_argument("--quick", action="store_true", help=f"{FEW} telephones, one restart")
    quick = parser.parse_args().quick
    desks = FEW if quick else DESKS
    with office(desks) as made:
        figures = restarted(made, desks, away=0.0, said="a restart")
        if not quick:
            figures += restarted(made, desks, away=AWAY, said=f"{AWAY:.0f} s without a PBX")
        finish(figures)


def restarted(made: Office, desks: int, *, away: float, said: str) -> list[Figure]:
    _storm.forget(made.page)
    gone = time.time()
    made.pbx.kill()
    with kept(made.pbx):
        made.page.wait_for_timeout(away * 1000)
    made.pbx.restart()
    seen = _storm.await_all(made.page, gone, time.time(), 2 * LAST)
    return [
        Figure(f"{said}: {desks} telephones, not registered again", seen.stuck, "", 0),
        Figure(f"{said}: missing among the PBX's contacts", desks - made.registered(), "", 0),
        Figure(f"{said}: back, median", share(seen.seconds, 0.5), "s"),
        Figure(f"{said}: back, the last", seen.seconds[-1], "s", LAST),
        Figure(f"{said}: connections in the busiest second", seen.opened, "", MOST),
        Figure(f"{said}: REGISTERs in the busiest second", seen.registers, "", 2 * MOST),
        Figure(f"{said}: connections tried by all together", seen.tried, ""),
        Figure(f"{said}: new credentials asked for", seen.fresh, ""),
    ]


@contextmanager
def kept(pbx: Pbx) -> Iterator[None]:
    """Nobody else takes its ports meanwhile: another rig looks at all of them."""
    host, port = pbx.card["sip"].split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place:
        until(lambda: is_bound(place, host, int(port)), 10, "the killed one has left them")
        yield


def is_bound(place: socket.socket, host: str, port: int) -> bool:
    try:
        place.bind((host, port))
    except OSError:
        return False
    return True


@contextmanager
def office(desks: int) -> Iterator[Office]:
    """All are registered."""
    numbers = [str(FIRST_NUMBER + n) for n in range(desks)]
    with ExitStack() as stack:
        pbx = Pbx(f"storm-{os.getpid()}", QUICK, numbers)
        stack.callback(pbx.stop)
        folder = Path(tempfile.mkdtemp(prefix="taxi-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        house = House(
            folder,
            first_port=FIRST_PORT,
            ami=pbx.card["ami"],
            recordings=pbx.recordings,
            phone=pbx.card["secure_websocket"],
        )
        stack.callback(house.stop)
        given = json.loads(house._run("-m", "bench._lines", ",".join(numbers)))
        house.wait(lambda: len(secrets(pbx)) >= desks, 30, lambda: f"the link has told the PBX {len(secrets(pbx))}")
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path="/usr/bin/chromium", args=FLAGS
        )
        stack.callback(browser.close)
        page = browser.new_context(ignore_https_errors=True).new_page()  # its certificate is the rig's own
        page.set_default_timeout(120_000)
        page.goto(f"{house.url}/sign-in/")
        base = page.evaluate("new URL('..', document.querySelector('script[src*=\"/js/main.js\"]').src).pathname")
        _storm.begin(page, base, given)
        yield Office(pbx, page)


def secrets(pbx: Pbx) -> list[str]:
    return [line for line in pbx.console("database show desk-line").splitlines() if line.startswith("/desk-line/auth/")]


if __name__ == "__main__":
    main()
