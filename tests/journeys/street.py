"""The telephones around a desk, the same for the real PBX and the pretend one."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from dispatch.embedded import process
from tests.journeys.people import KONSTANTIN, STRANGER
from tests.rig.ami import Ami
from tests.rig.asterisk import TONES, Pbx
from tests.rig.hearing import tones_in
from tests.rig.network import BadNetwork
from tests.rig.phones import Call, Phone, hear_at_last

ROOT = Path(__file__).resolve().parents[2]


class Street(Protocol):
    ami: str
    recordings: Path
    phone: str  # where a telephone in the browser finds it; "": nowhere

    def ring(self, number: str) -> None:
        """Somebody calls the city number."""

    def give_up(self, number: str) -> None:
        """The caller hangs up."""

    def lift(self, extension: str) -> None:
        """Answer what rings at this desk phone."""

    def refuse(self, extension: str) -> None:
        """Decline what rings at this desk phone."""

    def put_down(self, extension: str) -> None:
        """Hang up at this desk phone."""

    def rings(self, extension: str) -> bool: ...

    def talks(self, extension: str) -> bool: ...

    def is_called(self, number: str) -> bool:
        """Whether the telephone of that number outside rings."""

    def lift_outside(self, number: str) -> None: ...

    def refuse_outside(self, number: str) -> None: ...

    def put_down_outside(self, number: str) -> None: ...

    def restart(self) -> None:
        """The whole PBX, in the middle of everything."""

    def reset(self) -> None:
        """Nobody calls, nobody talks."""

    def stop(self) -> None: ...


def until(seen: Callable[[], Any], seconds: float, what: str) -> Any:
    end = time.monotonic() + seconds
    while not (result := seen()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.03)
    return result


class RealStreet:
    """SIP phones at a real Asterisk."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self.ami = pbx.card["ami"]
        self.recordings = pbx.recordings
        self.phone = pbx.card["websocket"]
        self._callers: dict[str, Call] = {}
        self._open()

    def _open(self) -> None:
        outside, desks = self._pbx.lab(), self._pbx.lab()
        self._free = [self._pbx.trunk(outside, name) for name in ("client", "second client", "third client")]
        tones = {STRANGER: TONES["client"], KONSTANTIN: TONES["second client"]}
        self._town = self._pbx.trunk(self._pbx.lab(), "mobile", listens=True, tones=tones)
        self._called: dict[str, Call] = {}
        self._unplugged: set[str] = set()
        self._desks: dict[str, Phone] = {n: self._pbx.desk_phone(n, desks) for n in ("101", "102", "103")}

    def ring(self, number: str) -> None:
        phone = next(phone for phone in self._free if not phone.calls)
        self._callers[number] = phone.dial(self._pbx.card["city_number"], caller=number).wait_up()

    def give_up(self, number: str) -> None:
        call = self._callers.pop(number)
        call.hang_up()
        call.wait_over()

    def lift(self, extension: str) -> None:
        self._desks[extension].incoming().answer()

    def refuse(self, extension: str) -> None:
        self._desks[extension].incoming().refuse(603)

    def answer_when(self, extension: str, when: str) -> None:
        """`when`: never, or asked by a header, as usual."""
        self._desks[extension].answer_when(when)

    def freeze(self) -> None:
        """The PBX says not a word more, and hangs up nothing."""
        os.kill(self._pbx.card["pid"], signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._pbx.card["pid"], signal.SIGCONT)

    def unplug(self, extension: str) -> None:
        self._desks[extension].unregister()
        until(lambda: not self.contacts(extension), 5, f"{extension} is gone")
        self._unplugged.add(extension)

    def heard_by(self, number: str, expected: set[str], tones: dict[str, int]) -> set[str]:
        """Whom the caller of that number, or who was called there, hears at last."""
        call = self._callers.get(number) or self._called[number]
        return hear_at_last({"he": call}, tones, {"he": expected})["he"]

    def put_down(self, extension: str) -> None:
        self._desks[extension].hang_up_all()
        self._desks[extension].quiet()
        until(lambda: not self._is_in_use(extension), 5, f"the queue knows that {extension} is free")

    def await_ready(self, phone: str) -> None:
        """The queue would ring "101" or "101w": one that has just registered does not count before it has answered the
        PBX's question if it is there."""
        ready = re.compile(rf"\(PJSIP/{phone}\).*not in use", re.IGNORECASE)
        until(lambda: ready.search(self._pbx.console("queue show dispatch")), 8, f"the queue can ring {phone}")

    def _is_in_use(self, extension: str) -> bool:
        shown = self._pbx.console("queue show dispatch")
        return re.search(rf"PJSIP/{extension}\b.*\((in use|in call|busy)", shown, re.IGNORECASE) is not None

    def rings(self, extension: str) -> bool:
        return bool(self._desks[extension].ringing)

    def talks(self, extension: str) -> bool:
        return any(call.is_up for call in self._desks[extension].calls)

    def is_called(self, number: str) -> bool:
        return any(call.called == number for call in self._town.ringing)

    def lift_outside(self, number: str) -> None:
        self._called[number] = self._town.called_at(number).answer()

    def refuse_outside(self, number: str) -> None:
        self._town.called_at(number).refuse(603)

    def put_down_outside(self, number: str) -> None:
        call = self._called.pop(number)
        call.hang_up()
        call.wait_over()

    def restart(self) -> None:
        self._pbx.restart()
        self._pbx.send_home()
        self._callers.clear()
        self._open()

    def reset(self) -> None:
        for phone in (*self._free, *self._desks.values(), self._town):
            phone.hang_up_all()
        self._callers.clear()
        while self._unplugged:
            self._desks[self._unplugged.pop()].register()
        self._pbx.await_quiet()

    def telephone(self, extension: str) -> Phone:
        return self._desks[extension]

    def await_quiet(self) -> None:
        self._pbx.await_quiet()

    def far_away(self) -> BadNetwork:
        return self._pbx.far_away()

    def contacts(self, phone: str) -> int:
        """How many are registered as "101" or "101w"."""
        return self._pbx.console(f"pjsip show aor {phone}").count(f"Contact:  {phone}/")

    def answers(self, phone: str) -> bool:
        """Whether one of them has answered when the PBX last asked if it is there."""
        lines = self._pbx.console(f"pjsip show aor {phone}").splitlines()
        return any(f"Contact:  {phone}/" in line and " Avail " in line for line in lines)

    def paused(self, phone: str) -> set[str]:
        """Who is paused in the queue, once this one is; nobody before."""
        lines = self._pbx.console("queue show dispatch").splitlines()
        found = {re.search(r"PJSIP/\w+", line)[0] for line in lines if "(paused" in line}  # type: ignore[index]
        return found if f"PJSIP/{phone}" in found else set()

    def events(self) -> Ami:
        """All that the PBX says from now on."""
        return self._pbx.ami("ami_tape")

    @property
    def card(self) -> dict[str, Any]:
        return self._pbx.card

    def heard_in(self, path: Path) -> set[str]:
        """Who speaks in a recording."""
        found = tones_in(path, TONES.values())
        return {name for name, tone in TONES.items() if tone in found}

    def stop(self) -> None:
        self._pbx.send_home()


class PretendStreet:
    """The simulator, steered from its page."""

    phone = ""

    def __init__(self, folder: Path, *, first_port: int) -> None:
        self.recordings = folder / "recordings"
        self.recordings.mkdir(parents=True)
        secret = "journey-secret"
        ports = process.free_port(first_port), process.free_port(first_port + 10)
        self.ami = f"ami://desk:{secret}@127.0.0.1:{ports[0]}"
        self._page = f"http://127.0.0.1:{ports[1]}"
        command = [sys.executable, "-m", "telephony.sim", "--port", str(ports[0]), "--page-port", str(ports[1]),
                   "--user", "desk", "--secret", secret, "--recordings", str(self.recordings),
                   "--no-timetable", "--mobiles-by-hand"]  # fmt: skip
        self._process = process.start(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        process.wait_until(lambda: _listens(ports[1]), process=self._process, seconds=15, what="the simulator")

    def ring(self, number: str) -> None:
        self._post("ring", number=number)

    def give_up(self, number: str) -> None:
        self._post("hang-up", who=number)

    def lift(self, extension: str) -> None:
        until(lambda: self.rings(extension), 8, f"{extension} rings")
        self._post("answer", phone=extension)

    def refuse(self, extension: str) -> None:
        until(lambda: self.rings(extension), 8, f"{extension} rings")
        self._post("refuse", phone=extension)

    def is_called(self, number: str) -> bool:
        return any(
            channel["dialled"] == number and channel["state"] == "Ringing" for channel in self._state()["channels"]
        )

    def lift_outside(self, number: str) -> None:
        until(lambda: self.is_called(number), 8, f"{number} rings")
        self._post("answer", phone=number)

    def refuse_outside(self, number: str) -> None:
        until(lambda: self.is_called(number), 8, f"{number} rings")
        self._post("refuse", phone=number)

    def put_down_outside(self, number: str) -> None:
        self._post("hang-up", who=number)

    def put_down(self, extension: str) -> None:
        self._post("hang-up", who=extension)

    def rings(self, extension: str) -> bool:
        return "Ringing" in self._states(extension)

    def talks(self, extension: str) -> bool:
        return "Up" in self._states(extension)

    def restart(self) -> None:
        self._post("restart")

    def reset(self) -> None:
        for channel in self._state()["channels"]:
            try:
                self._post("hang-up", who=channel["uniqueid"])
            except urllib.error.HTTPError:
                continue  # it went with the other end
        until(lambda: not self._state()["channels"], 8, "no channel is left")

    def stop(self) -> None:
        process.stop(self._process)

    def _states(self, extension: str) -> set[str]:
        name = f"PJSIP/{extension}-"
        return {channel["state"] for channel in self._state()["channels"] if channel["name"].startswith(name)}

    def _state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._page}/state.json", timeout=3) as answer:
            return json.load(answer)

    def _post(self, order: str, **fields: str) -> None:
        asked = urllib.request.Request(
            f"{self._page}/{order}",
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Accept": "application/json"},
        )
        urllib.request.urlopen(asked, timeout=5).close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
