"""`bin/bench chaos --load N`: so many callers at once, each taken by a dispatcher of his own, who asks a colleague and
connects the two; meanwhile others ring, and a desk in Chromium shows it all. As in `bin/bench pop`, two call in each
second; and two of those who talk are passed on in each."""

import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
from playwright.sync_api import sync_playwright

from bench._chaos import FIRST_PORT, truth
from bench._figures import Figure, share
from bench.pop import CHROMIUM, PAUSE, ROOT, WATCH
from tests.journeys.conftest import QUICK
from tests.journeys.faults import WatchedDesk
from tests.journeys.house import House
from tests.journeys.people import VERA
from tests.rig.ami import Ami
from tests.rig.asterisk import TONES, Pbx
from tests.rig.hearing import tones_in
from tests.rig.phones import PORTS, Lab, Phone

FIRST_DESK, FIRST_COLLEAGUE, MOST = 110, 150, 40
SOUND = 14000  # the first port of the phones' sound: there are more of them than an instance of the rig has
IN_ONE_LAB, AT_DESKS = 4, 2  # phones: a lab carries four calls, and at a desk it may ring twice for a moment
REACTION = 1.0  # seconds until somebody who sees a caller clicks
FURTHER = 8  # callers who come while all talk, and wait
SPOKEN = 1.5  # seconds of each conversation
PATIENCE = 15.0  # seconds for what should take one
PAINTED_MS = 300
ELSEWHERE = 15  # niceness of the telephones: in an office they are no part of this machine
LOOK = 0.05  # seconds between two looks at the rows
TOOK = "select 1000 * extract(epoch from resolved_at - asked_at) from telephony_intent where resolved_at is not null"
TOLD = (
    "select c.caller_raw, min(l.at) from telephony_call c join live_change l on l.kind = 'call' and l.key = c.id::text"
    " group by 1"
)
CALLS = "select caller_raw, id, state, result, talking_to, handling from telephony_call"


@dataclass(frozen=True)
class Row:
    """Of a call, as the database has it now."""

    pk: int
    state: str
    result: str
    talking_to: list[str]
    handling: dict[str, Any]

    @property
    def second(self) -> str:
        """How the one stands who is asked."""
        return str((self.handling.get("second") or {}).get("state", ""))


class Rows:
    """One who looks for all, so that the looking costs little."""

    def __init__(self, url: str) -> None:
        self._now: dict[str, Row] = {}
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(url,), daemon=True)
        self._thread.start()

    def of(self, number: str) -> Row | None:
        return self._now.get(number)

    def wait(self, number: str, seen: Callable[[Row], bool], what: str) -> Row:
        """Raises TimeoutError."""
        end = time.monotonic() + PATIENCE
        with self._changed:
            while True:
                row = self._now.get(number)
                if row is not None and seen(row):
                    return row
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"not within {PATIENCE} s: {what}; {row}")
                self._changed.wait(left)

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)

    def _look(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not self._over.wait(LOOK):
                now = {number: Row(*row) for number, *row in connection.execute(CALLS).fetchall()}
                with self._changed:
                    self._now = now
                    self._changed.notify_all()


@dataclass
class Pair:
    """A caller, the dispatcher who takes him, and the colleague who gets him."""

    number: str
    desk: str
    colleague: str
    caller: Phone
    key: str  # of the dispatcher's session
    wrong: list[str] = field(default_factory=list)
    clicks: list[str] = field(default_factory=list)


@dataclass
class Office:
    pbx: Pbx
    house: House
    tape: Ami
    vera: WatchedDesk
    rows: Rows
    pairs: list[Pair]
    further: list[Phone]


def measure(count: int, seed: int) -> list[Figure]:
    count = min(count, MOST)
    with _office(count) as office:
        office.vera.page.evaluate(WATCH, '[data-live="call"]')
        began = time.time()
        load = _Load(office, random.Random(seed))  # noqa: S311
        load.play()
        painted = office.vera.page.evaluate("window.painted")
        wrong = [f"{pair.number}: {fault}" for pair in office.pairs for fault in pair.wrong] + load.wrong
        states = dict(office.house.rows("select state, count(*) from telephony_intent group by state"))
        took = [float(milliseconds) for (milliseconds,) in office.house.rows(TOOK)]
        told = {number: at.timestamp() for number, at in office.house.rows(TOLD)}
        rang = _rang(office.tape)
        seconds = time.time() - began
        said = [line for line in office.house.log("link").splitlines() if " INFO " not in line][-MOST:] if wrong else []
    cards = [painted[number[1:]] - at * 1000 for number, at in rang.items() if painted.get(number[1:])]
    written = [(told[number] - at) * 1000 for number, at in rang.items() if number in told]
    if wrong:
        sys.stdout.write("\n".join([*wrong, *said]) + "\n")
    asked = sum(states.values())
    return [
        Figure("calls at once, each passed on with a consultation", count, ""),
        Figure("seconds in all", seconds, "s"),
        Figure("what was wrong in history, recordings, cards or at the PBX", len(wrong), "", 0),
        Figure("clicks", asked, ""),
        Figure("clicks that were lost, refused or late", asked - states.get("confirmed", 0), "", 0),
        Figure("from a click to its outcome, median", share(took, 0.5), "ms"),
        Figure("from a click to its outcome, 95 of 100", share(took, 0.95), "ms"),
        Figure("cards that did not come", len(rang) - len(cards), "", 0),
        Figure("event to row, median", share(written, 0.5), "ms"),
        Figure("event to row, 95 of 100", share(written, 0.95), "ms"),
        Figure("event to painted card, median", share(cards, 0.5), "ms"),
        Figure("event to painted card, 95 of 100", share(cards, 0.95), "ms", PAINTED_MS),
    ]


class _Load:
    def __init__(self, office: Office, chance: random.Random) -> None:
        self._office = office
        self._chance = chance
        self.wrong: list[str] = []
        self._talk = threading.Barrier(len(office.pairs) + 1)
        self._met = threading.Barrier(len(office.pairs) + 1)
        self._leave = threading.Event()

    def play(self) -> None:
        office = self._office
        threads = [
            threading.Thread(
                target=self._one, args=(pair, self._chance.uniform(0, PAUSE * len(office.pairs))), daemon=True
            )
            for pair in office.pairs
        ]
        for pair, thread in zip(office.pairs, threads, strict=True):
            pair.caller.dial(office.pbx.card["city_number"], caller=pair.number)
            thread.start()
            time.sleep(PAUSE)
        self._talk.wait(4 * PATIENCE)
        waiting = [f"7926{place:07}" for place in range(len(office.further))]
        for number, phone in zip(waiting, office.further, strict=True):
            phone.dial(office.pbx.card["city_number"], caller=number)
            time.sleep(PAUSE)
        self._met.wait(4 * PATIENCE)
        self._compare(waiting)
        for phone in office.further:
            phone.hang_up_all()
        self._leave.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
        self._end()

    def _one(self, pair: Pair, pause: float) -> None:
        rows, web = self._office.rows, _Web(self._office.house.url, pair)
        steps: list[tuple[threading.Barrier | None, Callable[[], object]]] = [
            (None, lambda: rows.wait(pair.number, lambda row: row.state == "ringing", "he waits")),
            (None, lambda: time.sleep(REACTION)),
            (None, lambda: web.click(rows, "pick")),
            (
                self._talk,
                lambda: rows.wait(pair.number, lambda row: row.talking_to == [pair.desk], f"he talks to {pair.desk}"),
            ),
            (None, lambda: time.sleep(pause)),
            (None, lambda: web.click(rows, "consult", to=pair.colleague)),
            (None, lambda: rows.wait(pair.number, lambda row: row.second == "talking", "the colleague answers")),
            (None, lambda: time.sleep(SPOKEN)),
            (None, lambda: web.click(rows, "connect")),
            (
                self._met,
                lambda: rows.wait(
                    pair.number,
                    lambda row: row.talking_to == [pair.colleague] and not row.handling,
                    f"he talks to {pair.colleague}",
                ),
            ),
        ]
        for barrier, step in steps:
            if not pair.wrong:
                try:
                    step()
                except (TimeoutError, OSError, http.client.HTTPException, RuntimeError) as fault:
                    pair.wrong.append(f"{type(fault).__name__}: {fault}")
            if barrier is not None:
                barrier.wait(4 * PATIENCE)
        self._leave.wait(4 * PATIENCE)
        pair.caller.hang_up_all()

    def _compare(self, waiting: list[str]) -> None:
        """All are connected: the PBX, the rows and the screen say the same of each."""
        time.sleep(SPOKEN)
        office = self._office
        numbers = [*(pair.number for pair in office.pairs), *waiting]
        real = truth(office.tape, numbers)
        for pair in office.pairs:
            stands = real.get(pair.number)
            if stands is None or stands.withs != {pair.colleague}:
                self.wrong.append(f"{pair.number} should be with {pair.colleague}, and is {stands}")
        wanted = {row.pk: row.state for number in real if (row := office.rows.of(number))}
        if len(wanted) != len(numbers):
            self.wrong.append(f"{len(numbers)} called, the PBX and the rows know {len(wanted)}")
        if any(row.state != "ringing" for number in waiting if (row := office.rows.of(number))):
            self.wrong.append("one of the further callers does not wait")
        shown: dict[str, Any] = {}
        end = time.monotonic() + 5
        while (shown := office.vera.shown())["calls"] != wanted and time.monotonic() < end:
            time.sleep(LOOK)
        if shown["calls"] != wanted or shown["stale"]:
            differs = set(shown["calls"].items()) ^ set(wanted.items())
            self.wrong.append(f"the screen is wrong in {differs}; stale: {shown['stale']}")

    def _end(self) -> None:
        """What stays: the history, the clicks and the sound."""
        office = self._office
        for pair in office.pairs:
            try:
                row = office.rows.wait(pair.number, lambda row: row.state == "ended", "it has ended")
            except TimeoutError as fault:
                pair.wrong.append(str(fault))
                continue
            if row.result != "answered":
                pair.wrong.append(f"the history says {row.result}")
            spoke = (
                "select party from telephony_leg where call_id = %s and answered_at is not null order by answered_at"
            )
            parties = [party for (party,) in office.house.rows(spoke, row.pk)]
            if [party for party in parties if party in (pair.desk, pair.colleague)] != [pair.desk, pair.colleague]:
                pair.wrong.append(f"the history says that he spoke with {parties}")
            clicks = office.house.rows(
                "select verb, state, reason from telephony_intent where call_id = %s order by asked_at", row.pk
            )
            if clicks != [(verb, "confirmed", "") for verb in ("pick", "consult", "connect")]:
                pair.wrong.append(f"his clicks are {clicks}")
            pair.wrong += _heard(office, row.pk)


def _heard(office: Office, pk: int) -> list[str]:
    """The first segment has client and dispatcher, the last one client and colleague."""
    files = [
        office.pbx.recordings / name
        for (name,) in office.house.rows(
            "select file from telephony_recording where call_id = %s order by started_at", pk
        )
    ]
    if missing := [file.name for file in files if not file.exists()]:
        return [f"no sound of {missing}"]
    names = ("client", "101", "103")
    heard = [{name for name in names if TONES[name] in tones_in(file, TONES.values())} for file in files]
    wanted = [{"client", "101"}, {"client", "103"}]
    return [] if len(heard) > 1 and [heard[0], heard[-1]] == wanted else [f"in its recordings are heard {heard}"]


class _Web:
    """A dispatcher's page, as far as clicks go."""

    def __init__(self, url: str, pair: Pair) -> None:
        self._pair = pair
        self._web = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port or 80, timeout=PATIENCE)
        token = "t" * 32
        self._head = {
            "Cookie": f"sessionid={pair.key}; csrftoken={token}",
            "X-CSRFToken": token,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def click(self, rows: Rows, verb: str, **fields: str) -> None:
        """Raises RuntimeError: it was not taken."""
        row = rows.of(self._pair.number)
        assert row is not None
        body = urlencode({"id": str(uuid.uuid4()), **fields})
        self._web.request("POST", f"/calls/{row.pk}/{verb}/", body, self._head)
        answer = self._web.getresponse()
        said = answer.read().decode(errors="replace")
        if answer.status != 202:
            raise RuntimeError(f"{verb}: {answer.status} {said[:200]}")


def _rang(tape: Ami) -> dict[str, float]:
    """Number → seconds since the epoch at which the PBX told of his channel."""
    return {
        each["CallerIDNum"]: float(each["Timestamp"])
        for each in reversed(tape.events)
        if each.get("Event") == "Newchannel" and each["Channel"].startswith("PJSIP/trunk-")
    }


# --- the house -------------------------------------------------------------------------------------------------------


@contextmanager
def _office(count: int) -> Iterator[Office]:
    folder = Path(tempfile.mkdtemp(prefix="taxi-load-"))
    folder.chmod(0o755)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    desks = [str(FIRST_DESK + place) for place in range(count)]
    colleagues = [str(FIRST_COLLEAGUE + place) for place in range(count)]
    with ExitStack() as closing:
        closing.callback(os.environ.pop, "DJANGO_ALLOW_ASYNC_UNSAFE", None)
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        pbx = Pbx(f"load-{os.getpid()}", QUICK, ["101", *desks, *colleagues])
        closing.callback(pbx.stop)
        house = House(folder, first_port=FIRST_PORT + 60, ami=pbx.card["ami"], recordings=pbx.recordings)
        closing.callback(house.stop)
        keys = json.loads(house._run("-m", "bench._crew", ",".join(desks), ",".join(colleagues)))
        closing.enter_context(_sockets(folder, house, list(keys.values())))
        phones = _Phones(pbx, closing)
        for number in desks:
            phones.at_desk(number, TONES["101"], AT_DESKS, "asked")
        for number in colleagues:
            phones.at_desk(number, TONES["103"], IN_ONE_LAB, "always")
        callers = [phones.outside() for _ in range(count + FURTHER)]
        chromium = closing.enter_context(sync_playwright()).chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        closing.callback(chromium.close)
        vera = WatchedDesk(chromium, house.url, VERA, house.passwords[VERA])
        vera.start_shift("101")
        vera.watch()
        tape = pbx.ami()
        house.wait(lambda: len(_members(tape)) >= count, 20, "the queue knows the whole crew")
        rows = Rows(house.env["DATABASE_URL"])
        closing.callback(rows.close)
        pairs = [
            Pair(f"7916{place:07}", desks[place], colleagues[place], callers[place], keys[desks[place]])
            for place in range(count)
        ]
        yield Office(pbx, house, tape, vera, rows, pairs, callers[count:])


def _members(tape: Ami) -> list[str]:
    listed = tape.listed("QueueStatus", Queue="dispatch")
    return [each["Location"] for each in listed if each["Event"] == "QueueMember"]


@contextmanager
def _sockets(folder: Path, house: House, keys: list[str]) -> Iterator[None]:
    """Each of the crew listens, as her desk would."""
    desks = subprocess.Popen(
        [sys.executable, "-m", "bench._desks"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert desks.stdin
    assert desks.stdout
    plan = [(house.port, key, ("en", "ru")[place % 2]) for place, key in enumerate(keys)]
    desks.stdin.write(json.dumps({"desks": plan, "file": str(folder / "heard.json")}) + "\n")
    desks.stdin.flush()
    try:
        assert desks.stdout.readline() == "ready\n", "the desks did not all connect"
        yield
    finally:
        desks.kill()
        desks.wait(5)
        desks.stdin.close()
        desks.stdout.close()


class _Phones:
    """As many labs as they need."""

    def __init__(self, pbx: Pbx, closing: ExitStack) -> None:
        self._pbx = pbx
        self._closing = closing
        self._labs: dict[str, Lab] = {}
        self._made = 0

    def at_desk(self, number: str, tone: int, in_one: int, answers: str) -> Phone:
        password = self._pbx.card["extensions"][number]["password"]
        lab = self._lab(answers, in_one)
        phone = lab.phone(number, server=self._pbx.card["sip"], password=password, tone=tone, answers=answers)
        return phone.registered()

    def outside(self) -> Phone:
        host = self._pbx.card["trunk_listens"].split(":")[0]
        lab = self._lab("outside", IN_ONE_LAB)
        return lab.phone(f"client-{len(lab.phones)}", server=self._pbx.card["sip"], tone=TONES["client"], bind=host)

    def _lab(self, kind: str, in_one: int) -> Lab:
        lab = self._labs.get(kind)
        if lab is None or len(lab.phones) == in_one:
            lab = self._labs[kind] = self._closing.enter_context(
                Lab(rtp=SOUND + PORTS * IN_ONE_LAB * self._made, nice=ELSEWHERE)
            )
            self._made += 1
        return lab
