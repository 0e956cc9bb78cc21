"""A house whose parts are killed and come back as `bin/up` would bring them, and what its desks say meanwhile."""

import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from celery import Celery
from playwright.sync_api import expect

from dispatch.embedded import process, servers
from dispatch.embedded.supervisor import BACKOFF
from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.journeys.street import ROOT, PretendStreet, RealStreet, until
from tests.live.wire import Wire
from tests.rig import instance

SAID_SECONDS = 3.0  # from the fault until every desk says what is stale
READY_SECONDS = 5.0  # from a part that is ready until every desk is right again
KILL_SECONDS = 15.0  # from the fault until every desk is right again
PARTS = ("postgres", "valkey", "web", "link", "worker")


class SturdyHouse(House):
    """Its database forgets nothing that was committed, as in production; a second link may stand by."""

    def start(self, part: str) -> None:
        if part != "postgres":
            super().start(part)
            return
        for pause in BACKOFF:
            try:
                self._parts[part] = servers.postgres(self.folder, port=self._ports[part]).process
            except RuntimeError:  # backends of the one that was killed still hold the memory
                time.sleep(pause)
            else:
                return
        raise TimeoutError("PostgreSQL does not start")

    def revive(self) -> None:
        """Start whatever a test left dead."""
        if "standby" in self._parts:
            process.stop(self._parts.pop("standby"))
        for part in PARTS:
            running = self._parts.get(part)
            if running is None or running.poll() is not None:
                self.start(part)
        self.await_ready()

    def is_ready(self, part: str) -> bool:
        """Whether the part itself could do its work, apart from what any screen says."""
        if part == "web":
            return "parts" in self.readiness()
        if part in ("link", "standby"):
            return self.has_the_lease(part)
        if part == "worker":
            return self._worker_answers()
        return True  # the engines are, when `start` returns

    def has_the_lease(self, part: str) -> bool:
        ends = f":{self._parts[part].pid}"
        fresh = "select holder from telephony_lease where renewed_at > now() - interval '2 s'"
        return any(holder.endswith(ends) for (holder,) in self.rows(fresh))

    def _worker_answers(self) -> bool:
        app = Celery(broker=self.env["REDIS_URL"], set_as_current=False)
        with app.connection_for_write() as connection:  # kombu's pool would keep one that Valkey's death has cut
            return bool(app.control.ping(timeout=0.3, connection=connection))

    def _command(self, part: str) -> list[str | Path]:
        return super()._command("link" if part == "standby" else part)


class RealTelephones(RealStreet):
    """Whose sound is listened to while parts die."""

    @property
    def is_alive(self) -> bool:
        return self._pbx.name in instance.running()

    def kill(self) -> None:
        self._pbx.kill()

    def start(self) -> None:
        self._pbx.restart()

    def plug_in(self) -> None:
        """After a restart of the PBX the phones sign in anew."""
        self._pbx.send_home()
        self._callers.clear()
        self._open()

    def listen(self, number: str, extension: str) -> None:
        """From now on: what the caller hears, and what is heard at the desk phone."""
        there = next(call for call in self._desks[extension].calls if call.is_up)
        self._listening = {"caller": self._callers[number], "desk": there}
        for call in self._listening.values():
            call.lab.ask("listen", call=call.number)

    def both_are_heard(self) -> bool:
        """Each by the other, most of the time since `listen`."""
        tones = {name: call.phone.tone for name, call in self._listening.items() if call.phone}
        heard = {
            name: call.lab.ask("heard", call=call.number, tones=sorted(tones.values()))
            for name, call in self._listening.items()
        }
        return heard == {"caller": [tones["desk"]], "desk": [tones["caller"]]}


class PretendTelephones(PretendStreet):
    """The simulator: what would be heard is only known."""

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def start(self) -> None:
        self._process = process.start(self._process.args, cwd=ROOT, stdout=subprocess.DEVNULL)
        until(lambda: self._is_up, 15, "the simulator is ready")

    def plug_in(self) -> None:
        """Its phones come with it."""

    def listen(self, number: str, extension: str) -> None:
        self._listening = extension

    def both_are_heard(self) -> bool:
        return self.talks(self._listening)

    @property
    def _is_up(self) -> bool:
        try:
            return bool(self._state())
        except OSError:
            return False


# Every sentence of the banner, with the time at which it was shown; "" when it is hidden.
NOTE = """() => {
  const banner = document.querySelector(".stale");
  const said = window.said = [];
  const note = () => {
    const words = banner.hidden ? "" : banner.textContent.trim();
    if (said.at(-1)?.words !== words) said.push({ at: Date.now() / 1000, words });
  };
  new MutationObserver(note).observe(banner, { attributes: true, childList: true, characterData: true, subtree: true });
  note();
}"""
SHOWN = """() => ({
  stale: document.querySelector(".stale:not([hidden])")?.textContent.trim()
    ?? document.body.matches("[data-stale-all], [data-stale-phone]"),
  talks: [...document.querySelectorAll("[data-live=talk] .talk")].map((one) => Number(one.dataset.call)),
  calls: Object.fromEntries([...document.querySelectorAll("[data-live=call] .call")]
    .map((one) => [Number(one.id.split("-")[1]), one.dataset.state])),
  orders: Object.fromEntries([...document.querySelectorAll("[data-live=order] tr[data-kind=order]")]
    .map((one) => [Number(one.id.split("-")[1]), one.dataset.state])),
  people: document.querySelectorAll("[data-live=person] .person:not([data-absent])").length,
})"""


class WatchedDesk(Desk):
    """It is opened once, and never reloaded by a test unless that says so."""

    def watch(self) -> None:
        self.page.evaluate(NOTE)

    @property
    def is_unbroken(self) -> bool:
        """Whether the page is the one that was opened."""
        return self.page.evaluate("() => Array.isArray(window.said)")

    def said(self, since: float) -> list[tuple[float, str]]:
        """(seconds after `since`, sentence); the first one is what stood there then."""
        every = [(line["at"] - since, line["words"]) for line in self.page.evaluate("() => window.said")]
        before = [line for line in every if line[0] < 0]
        return before[-1:] + [line for line in every if line[0] >= 0]

    def shown(self) -> dict[str, Any]:
        shown = self.page.evaluate(SHOWN)
        for kind in ("calls", "orders"):
            shown[kind] = {int(key): state for key, state in shown[kind].items()}
        return shown

    @property
    def toast(self) -> Any:
        return self.page.locator(".toast").last

    def click_answer(self, number: str) -> None:
        self.card(number).get_by_role("button", name="Answer").click()

    def take_order(self, number: str, pickup: str) -> int:
        """Its number; it is then open in the pane."""
        self.page.evaluate("() => document.querySelector('#pane').firstElementChild.classList.add('former')")
        self.page.get_by_role("button", name="New order").click()
        expect(self.pane.locator(".former")).to_have_count(0)
        expect(self.pane.locator("[name=phone]")).to_be_focused()  # the form listens
        self.pane.locator("[name=phone]").fill(number)
        self.pane.locator("[name=pickup]").fill(pickup)
        self.page.keyboard.press("Control+Enter")
        expect(self.orders.filter(has_text=pickup)).to_be_visible()
        expect(self.pane.get_by_label("Assign driver")).to_be_visible()
        return int(self.orders.filter(has_text=pickup).locator("th").inner_text())


@dataclass
class Fault:
    """One part that died, and what became of the desks; times in seconds."""

    part: str
    at: float = field(default_factory=time.time)
    said: float | None = None  # after the fault: the slower desk says what is stale
    ready: float | None = None  # after the fault: the part itself could work again
    right: float | None = None  # after the fault: the slower desk is right again

    def figures(self) -> str:
        def told(seconds: float | None) -> str:
            return "  --  " if seconds is None else f"{seconds:5.2f} s"

        after = None if self.right is None or self.ready is None else self.right - self.ready
        return (
            f"{self.part:<16} said after {told(self.said)}   ready after {told(self.ready)}"
            f"   right again {told(after)} later, {told(self.right)} after the fault"
        )


@dataclass
class Office:
    """Vera at 101 and Boris at 102, in front of desks that are never reloaded."""

    house: SturdyHouse
    street: RealTelephones | PretendTelephones
    wire: Wire
    vera: WatchedDesk
    boris: WatchedDesk
    faults: list[Fault] = field(default_factory=list)

    @property
    def desks(self) -> tuple[WatchedDesk, WatchedDesk]:
        return (self.vera, self.boris)

    # --- what breaks, and comes back ------------------------------------------------------------------------------

    def kill(self, part: str) -> Fault:
        fault = self._began(part)
        if part == "asterisk":
            self.street.kill()
        else:
            self.house.kill(part)
        return fault

    def revive(self) -> None:
        """Whatever a test left dead or frozen lives, and nobody calls."""
        self.wire.mend()
        if not self.street.is_alive:
            self.street.start()
            self.street.plug_in()
        self.house.revive()
        self.street.reset()
        for desk in self.desks:
            expect(desk.page.locator(":is([data-live=call], [data-live=talk]) > li")).to_have_count(0)

    def freeze_ami(self) -> Fault:
        fault = self._began("frozen AMI")
        self.wire.freeze()
        return fault

    def _began(self, part: str) -> Fault:
        self.faults.append(Fault(part))
        return self.faults[-1]

    def mend(self, fault: Fault, *, by: str = "") -> None:
        """As the supervisor does, not sooner than its pause after the death; until the part is ready.

        `by`: the part that takes over, when the dead one stays dead.
        """
        time.sleep(max(0.0, fault.at + BACKOFF[0] - time.time()))
        if fault.part == "frozen AMI":
            self.wire.mend()
        elif fault.part == "asterisk":
            self.street.start()
        elif not by:
            self.house.start(fault.part)
        if fault.part not in ("frozen AMI", "asterisk"):
            self.house.wait(lambda: self.house.is_ready(by or fault.part), 15, f"{by or fault.part} is ready")
        fault.ready = time.time() - fault.at

    # --- what the desks say ---------------------------------------------------------------------------------------

    def say(self, fault: Fault, sentence: str) -> None:
        """Both desks say it (a pattern, with the age as its first group), in time, and with an age that is true."""
        for desk in self.desks:
            expect(desk.page.locator(".stale")).to_contain_text(re.compile(sentence), timeout=8000)
        first = [self._first(desk, fault, sentence) for desk in self.desks]
        fault.said = max(at for at, _ in first)
        assert fault.said <= SAID_SECONDS, fault.figures()
        for at, age in first:
            assert abs(age - at) <= 2, f"{age} s old, {at:.1f} s after the fault"

    def _first(self, desk: WatchedDesk, fault: Fault, sentence: str) -> tuple[float, int]:
        for at, words in desk.said(fault.at):
            if at >= 0 and (found := re.search(sentence, words)):
                return at, int(found[1])
        raise AssertionError(desk.said(fault.at))

    def refuse_to_answer(self, number: str, sentence: str) -> None:
        """A click is refused at once, with a sentence."""
        self.boris.click_answer(number)
        expect(self.boris.toast).to_contain_text(re.compile(sentence), timeout=1000)
        expect(self.boris.card(number)).to_have_attribute("data-state", "ringing")

    def right_again(
        self, fault: Fault, *, calls: dict[int, str], talks: tuple[list[int], list[int]], orders: dict[int, str]
    ) -> None:
        """Both desks, without a reload: nothing is stale, and what they show is so. `talks`: Vera's, Boris's."""
        everybodys = {"stale": False, "calls": calls, "orders": orders, "people": 2}
        wanted = [everybodys | {"talks": own} for own in talks]
        seen: list[dict[str, Any]] = []

        def right() -> bool:
            seen[:] = [desk.shown() for desk in self.desks]
            return seen == wanted

        self.house.wait(right, KILL_SECONDS + 5, lambda: f"right again: {wanted}; shown: {seen}")
        fault.right = time.time() - fault.at
        assert all(desk.is_unbroken for desk in self.desks), "a desk was reloaded"
        assert fault.right <= KILL_SECONDS, fault.figures()
        assert fault.ready is not None
        assert fault.right - fault.ready <= READY_SECONDS, fault.figures()
