"""The kill rounds of `bin/bench chaos`: a house on a real Asterisk, two screens, and the truth of the PBX itself."""

import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error as PageError
from playwright.sync_api import sync_playwright

from bench._chaos_round import Round
from bench._clicks import TimedWire
from bench.pop import CHROMIUM
from tests.journeys.conftest import QUICK
from tests.journeys.faults import BACKOFF, READY_SECONDS, RealTelephones, SturdyHouse, WatchedDesk
from tests.journeys.people import BORIS, VERA
from tests.rig.ami import Ami, Event
from tests.rig.asterisk import Pbx

FIRST_PORT = 29300
PASSING = ("desk-home", "desk-transfer", "desk-pick", "desk-after", "desk-end", "desk-join", "desk-free")
HELD = ("desk-hold", "desk-park")
NEVER = (0.0, 0.0)
UNSETTLED = ("asked", "sent", "unknown")
POST = """async ([path, fields]) => {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  const id = crypto.randomUUID();
  try { return (await fetch(path, { method: "POST", headers, body: new URLSearchParams({ ...fields, id }) })).status; }
  catch { return 0; }
}"""


class Phones(RealTelephones):
    """Petrov's and the dispatchers' telephones ring until the story lifts them."""

    def answer_if_rings(self, extension: str) -> bool:
        """Whether somebody talks there now: what rings may stop in that instant."""
        for call in self._desks[extension].ringing:
            call.lab.ask("reply", call=call.number, code=200)
            call.lab.wait(lambda call=call: call.is_up or call.is_over, 8, f"call {call.number} is answered")
            if call.is_up:
                return True
        return False

    def refuse_if_rings(self, extension: str) -> None:
        for call in self._desks[extension].ringing:
            call.refuse()

    def drop(self, extension: str) -> None:
        """Also what rings there; it may ring again."""
        self._desks[extension].hang_up_all()

    def ring_off(self, number: str) -> None:
        """Whether he is still there or not."""
        call = self._callers.pop(number, None)
        if call is not None and not call.is_over:
            call.hang_up()
            call.wait_over()


@dataclass
class Office:
    pbx: Pbx
    street: Phones
    wire: TimedWire
    house: SturdyHouse
    desks: tuple[WatchedDesk, WatchedDesk]
    tape: Ami  # what really happened, told past the wire


@contextmanager
def house() -> Iterator[Office]:
    folder = Path(tempfile.mkdtemp(prefix="taxi-chaos-"))
    folder.chmod(0o755)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with ExitStack() as closing:
        closing.callback(os.environ.pop, "DJANGO_ALLOW_ASYNC_UNSAFE", None)
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        pbx = Pbx(f"chaos-{os.getpid()}", QUICK)
        closing.callback(pbx.stop)
        street = Phones(pbx)
        wire = TimedWire(urlsplit(street.ami).port or 0, FIRST_PORT + 40)
        closing.callback(wire.close)
        ami = street.ami.rsplit(":", 1)[0] + f":{wire.port}"
        made = SturdyHouse(folder, first_port=FIRST_PORT, ami=ami, recordings=street.recordings)
        closing.callback(made.stop)
        chromium = closing.enter_context(sync_playwright()).chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        closing.callback(chromium.close)
        desks = tuple(WatchedDesk(chromium, made.url, name, made.passwords[name]) for name in (VERA, BORIS))
        for desk, extension in zip(desks, ("101", "102"), strict=True):
            desk.start_shift(extension)
            desk.watch()
        yield Office(pbx, street, wire, made, (desks[0], desks[1]), pbx.ami())


# --- the truth -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stands:
    """A client, as the PBX has him now. `place`: the context of his channel; `withs`: extensions in his bridge."""

    place: str
    withs: frozenset[str]
    owner: str  # the extension that holds him, or ""


def truth(tape: Ami, numbers: list[str]) -> dict[str, Stands]:
    channels = tape.listed("CoreShowChannels")
    by_id = {each["Uniqueid"]: each for each in channels}
    found = {}
    for each in channels:
        if not each["Channel"].startswith("PJSIP/trunk-") or each["CallerIDNum"] not in numbers:
            continue
        bridged = [o for o in channels if each["BridgeId"] and o["BridgeId"] == each["BridgeId"] and o is not each]
        owner = by_id.get(each["Exten"]) if each["Context"] == "desk-hold" else None
        withs = frozenset(_extension(o) for o in bridged) - {""}
        found[each["CallerIDNum"]] = Stands(each["Context"], withs, _extension(owner) if owner else "")
    return found


def _extension(channel: Event) -> str:
    name = channel["Channel"].removeprefix("PJSIP/").rpartition("-")[0]
    return name if name.isdigit() else ""


@dataclass
class Talked:
    """Somebody of the house was in a bridge with the client, in seconds since the epoch."""

    extension: str
    since: float
    until: float


def talks(events: list[Event], uniqueid: str) -> list[Talked]:
    inside: dict[str, dict[str, float]] = {}
    found = []
    for event in events:
        if event.get("Event") not in ("BridgeEnter", "BridgeLeave"):
            continue
        members = inside.setdefault(event["BridgeUniqueid"], {})
        before = {who for who in members if who == uniqueid or _is_desk(who)}
        at = float(event.get("Timestamp", 0))
        who = uniqueid if event["Uniqueid"] == uniqueid else _extension(event)
        if not who:
            continue
        if event["Event"] == "BridgeEnter":
            members[who] = at
        elif uniqueid in before and (who == uniqueid or who in before):
            left = before - {uniqueid} if who == uniqueid else {who}
            found += [Talked(each, max(members[each], members[uniqueid]), at) for each in left]
            members.pop(who, None)
        else:
            members.pop(who, None)
    return found


def _is_desk(who: str) -> bool:
    return who.isdigit() and len(who) == 3


# --- one round -------------------------------------------------------------------------------------------------------


@dataclass
class Story:
    """What happens to one or two callers, drawn by chance; each step does what it still can."""

    office: Office
    chance: random.Random
    numbers: list[str]
    happened: list[str] = field(default_factory=list)
    taken: int = 0  # clicks that the web took
    not_taken: int = 0  # refused, or there was no web

    def steps(self) -> list[Callable[[], object]]:
        first, *more = self.numbers
        wanted: list[Callable[[], object]] = self.chance.choice(
            [
                [self.hold, self.back],
                [self.ask, self.lift_petrov, self.connect],
                [self.ask, self.lift_petrov, self.back],
                [self.ask, self.refuse_petrov],
                [self.transfer, self.lift_petrov],
                [self.transfer, self.refuse_petrov, self.lift_vera],
                [self.park],
                [self.hold],
                [self.give_up],
                [],
            ]
        )
        steps: list[Callable[[], object]] = [partial(self.ring, first), partial(self.take, first), *wanted]
        if more:
            steps.insert(self.chance.randrange(1, len(steps) + 1), partial(self.ring, more[0]))
            steps.append(partial(self.office.street.answer_if_rings, "102"))
        return steps

    def shows(self, what: str) -> None:
        """A person clicks at what the screen shows, as long as it shows anything new."""
        asked = f"select 1 from telephony_call where caller_raw = %s and {what}"  # noqa: S608
        self.wait(lambda: self.office.house.rows(asked, self.numbers[0]), 1.5)

    def row(self, number: str) -> int | None:
        rows = self.office.house.rows("select id from telephony_call where caller_raw = %s", number)
        return rows[0][0] if rows else None

    def ring(self, number: str) -> None:
        self.happened.append(f"{number} calls")
        self.office.street.ring(number)

    def take(self, number: str) -> None:
        if self.chance.random() < 0.5 and (row := self.row(number)):
            self.click(row, "pick")
            if self.wait(lambda: self.office.street.talks("101"), 2):
                self.shows("state = 'talking'")
                return
        self.happened.append("Vera lifts")
        self.wait(lambda: self.office.street.answer_if_rings("101"), 3)
        self.wait(lambda: self.office.street.talks("101"), 2)
        self.shows("state = 'talking'")

    def click(self, row: int, verb: str, **fields: str) -> None:
        try:
            status = self.office.desks[0].page.evaluate(POST, [f"/calls/{row}/{verb}/", fields])
        except PageError as error:
            status = str(error)[:60]
        self.happened.append(f"Vera clicks {verb}: {status}")
        self.taken += status == 202
        self.not_taken += status != 202
        time.sleep(self.chance.uniform(0.05, 0.8))

    def on_first(self, verb: str, **fields: str) -> None:
        if row := self.row(self.numbers[0]):
            self.click(row, verb, **fields)

    def hold(self) -> None:
        self.on_first("hold")

    def back(self) -> None:
        self.on_first("back")

    def ask(self) -> None:
        self.on_first("consult", to="103")

    def connect(self) -> None:
        self.on_first("connect")

    def transfer(self) -> None:
        self.on_first("transfer", to="103")

    def park(self) -> None:
        self.on_first("park")

    def lift_petrov(self) -> None:
        self.happened.append("Petrov lifts, if it rings there")
        self.wait(lambda: self.office.street.answer_if_rings("103"), 1.5)
        self.shows("handling -> 'second' ->> 'state' = 'talking'")

    def refuse_petrov(self) -> None:
        self.happened.append("Petrov refuses, if it rings there")
        self.wait(lambda: self.office.street.rings("103"), 1.5)
        self.office.street.refuse_if_rings("103")

    def lift_vera(self) -> None:
        self.wait(lambda: self.office.street.answer_if_rings("101"), 2)

    def give_up(self) -> None:
        self.happened.append(f"{self.numbers[0]} rings off")
        self.office.street.ring_off(self.numbers[0])

    def wait(self, seen: Callable[[], Any], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if seen():
                return True
            time.sleep(0.03)
        return False


def play(office: Office, part: str, *, seed: int, number: int) -> Round:
    chance = random.Random(f"{seed} {part} {number}")  # noqa: S311
    numbers = [f"7916{'lwa'.index(part[0])}{number % 10000:04}{n}{seed % 10}" for n in range(chance.choice((1, 2)))]
    story = Story(office, chance, numbers)
    found = Round(f"--only {part} --seed {seed} --from {number} --rounds 1")
    mark = office.tape.mark()
    try:
        _play(office, part, story, found, mark)
    except (TimeoutError, AssertionError, RuntimeError, PageError) as fault:
        found.wrong.append(f"the round did not go on: {type(fault).__name__}: {fault}")
    finally:
        _tidy(office)
    if found.wrong:
        found.wrong.append("what happened: " + "; ".join(story.happened))
    had = f"{found.calls} calls, {found.conversations} conversations, {found.clicks} clicks taken, {found.refused} not"
    after = "" if found.right_after is None else f", screens right after {found.right_after:.2f} s"
    sys.stdout.write(f"{found.name}: {'WRONG: ' + ' | '.join(found.wrong) if found.wrong else 'right'}, {had}{after}\n")
    sys.stdout.flush()
    return found


def _play(office: Office, part: str, story: Story, found: Round, mark: int) -> None:
    steps = story.steps()
    fatal = story.chance.randrange(len(steps))
    down: tuple[float, float] | None = None
    for place, step in enumerate(steps):
        step()
        if place == fatal:
            time.sleep(story.chance.uniform(0, 0.5))
            story.happened.append(f"{part} dies")
            began = time.time()
            office.wire.cut() if part == "ami" else office.house.kill(part)
        if place == fatal and place + 1 < len(steps) and story.chance.random() < 0.5:
            steps[place + 1]()  # while it is dead
            steps[place + 1] = lambda: None
        if place == fatal:
            time.sleep(max(0.0, began + BACKOFF[0] - time.time()))
            if part == "ami":
                office.wire.mend()
            else:
                office.house.start(part)
                office.house.wait(lambda: office.house.is_ready(part), 15, f"{part} is ready")
            down = (began, time.time())
            story.happened.append(f"{part} is ready")
            _screens(office, story, found)
    assert down is not None
    _screens(office, story, Round(""), into=found)
    _end(office, story, found)
    _history(office, story, found, mark, NEVER if part == "web" else down)


def _screens(office: Office, story: Story, found: Round, into: Round | None = None) -> None:
    """Both screens are right, in time."""
    began, wrong = time.monotonic(), ["?"]
    while wrong and time.monotonic() - began < READY_SECONDS + 3:
        wrong = _differences(office, story)
        time.sleep(0.05)
    after = time.monotonic() - began
    found.right_after = after
    if wrong:
        (into or found).wrong.append(f"screens {after:.1f} s after the part was ready: {'; '.join(wrong)}")


def _differences(office: Office, story: Story) -> list[str]:
    real = truth(office.tape, story.numbers)
    shown = [desk.shown() for desk in office.desks]
    if truth(office.tape, story.numbers) != real:
        return ["the PBX moved just then"]
    rows = {number: story.row(number) for number in real}
    wrong = []
    for name, extension, screen in zip(("Vera", "Boris"), ("101", "102"), shown, strict=True):
        if screen["stale"]:
            wrong.append(f"{name}'s says that it is stale")
        if set(screen["calls"]) != set(rows.values()):
            wrong.append(f"{name}'s list has {screen['calls']}, the PBX {rows} {real}")
            continue
        for number, one in real.items():
            state = screen["calls"][rows[number]]
            talking = bool(one.withs) or one.place in HELD
            if (one.withs or one.place not in PASSING) and (state == "talking") != talking:
                wrong.append(f"{name}'s list says {state} of {number}, who is {one}")
            mine = extension in one.withs or (not one.withs and one.owner == extension)
            if mine and rows[number] not in screen["talks"]:
                wrong.append(f"{name}'s own card of {number} is missing, who is {one}")
            silent = not office.street.talks(extension) and not office.street.rings(extension)
            if rows[number] in screen["talks"] and silent:
                wrong.append(f"{name} has a card of {number}, and her telephone is silent")
    return wrong


def _end(office: Office, story: Story, found: Round) -> None:
    """In one half the desks hang up first: no client is left on hold."""
    if story.chance.random() < 0.5:
        story.happened.append("all desks hang up")
        for extension in ("103", "101", "102"):
            office.street.drop(extension)

        def alone() -> list[str]:
            real = truth(office.tape, story.numbers)
            return [f"{number} is {one}" for number, one in real.items() if one.place == "desk-hold" and not one.withs]

        if not story.wait(lambda: not alone(), 8):
            found.wrong.append(f"left on hold: {alone()}")
    for number in story.numbers:
        office.street.ring_off(number)
    for extension in ("101", "102", "103"):
        office.street.put_down(extension)
    office.pbx.await_quiet()


LIVE = "select caller_raw, state from telephony_call where state <> 'ended'"
ROWS = "select id, caller_raw, result, ended_at from telephony_call where caller_raw = any(%s)"
SPOKE = "select party from telephony_leg where call_id = %s and answered_at is not null"
CLICKS = "select verb, state from telephony_intent where state = any(%s)"
NOBODY = {"abandoned", "noanswer"}


def _history(office: Office, story: Story, found: Round, mark: int, down: tuple[float, float]) -> None:
    house = office.house
    if not story.wait(lambda: not house.rows(LIVE), 5):
        found.wrong.append(f"still alive in the history: {house.rows(LIVE)}")
    story.wait(lambda: not _left(office.tape.events[mark:], story.numbers), 2)
    events = office.tape.events[mark:]
    came = _came(events, story.numbers)
    rows = house.rows(ROWS, story.numbers)
    if sorted(row[1] for row in rows) != sorted(came):
        found.wrong.append(f"the history has {[row[1] for row in rows]}, called have {sorted(came)}")
    found.calls, found.clicks, found.refused = len(came), story.taken, story.not_taken
    for pk, number, result, ended in rows:
        spoke, gone = talks(events, came[number]), _gone(events, came[number])
        found.conversations += len(spoke)
        unseen = down[0] - 0.1 <= gone <= down[1] + 1
        seen = [each for each in spoke if not down[0] - 0.3 <= each.since <= each.until <= down[1] + 1]
        expected = {"answered"} if seen else {"answered", *NOBODY} if spoke else NOBODY
        if result not in expected | ({"lost_link"} if unseen else set()):
            found.wrong.append(f"{number} is {result} in the history, and spoke {spoke}")
        if abs(ended.timestamp() - gone) > (down[1] - down[0] + 1 if unseen else 1):
            found.wrong.append(f"{number} ended at {ended.timestamp():.1f} in the history, really at {gone:.1f}")
        said = {party for (party,) in house.rows(SPOKE, pk)}
        if missing := {each.extension for each in seen} - said:
            found.wrong.append(f"{number} spoke with {sorted(missing)}, which his call does not say: {spoke}")
    if not story.wait(lambda: not house.rows(CLICKS, list(UNSETTLED)), 12):
        found.wrong.append(f"clicks whose outcome nobody knows: {house.rows(CLICKS, list(UNSETTLED))}")


def _came(events: list[Event], numbers: list[str]) -> dict[str, str]:
    """Number → channel."""
    new = (each for each in events if each["Event"] == "Newchannel" and each["CallerIDNum"] in numbers)
    return {each["CallerIDNum"]: each["Uniqueid"] for each in new}


def _left(events: list[Event], numbers: list[str]) -> set[str]:
    """Channels whose end the PBX has not told yet."""
    return set(_came(events, numbers).values()) - {e["Uniqueid"] for e in events if e["Event"] == "Hangup"}


def _gone(events: list[Event], uniqueid: str) -> float:
    return next(float(e["Timestamp"]) for e in events if e["Event"] == "Hangup" and e["Uniqueid"] == uniqueid)


def _tidy(office: Office) -> None:
    office.wire.mend()
    office.house.revive()
    for _ in range(3):
        try:
            office.street.reset()
            break
        except TimeoutError:
            continue
    office.house.wait(lambda: not office.house.rows(LIVE), 15, "nobody is in a call")
    office.tape.events.clear()
