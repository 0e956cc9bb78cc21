"""Scripted SIP phones for tests: dial, answer, hang up, and hear who speaks.

    with Lab(rtp=29000) as lab:
        vera = lab.phone("101", server="127.0.0.1:28060", password="…", tone=700)
        vera.registered()
        call = vera.incoming()
        call.answer()
        call.wait_up()

A Lab is a process of its own and carries at most four calls at once; take more labs for more calls.
"""

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PORTS = 20  # for the sound of one phone
ROOT = Path(__file__).resolve().parents[2]


class Lab:
    """A process with phones; `rtp`: the first of the ports for their sound; `nice`: how far others go before it."""

    def __init__(self, *, rtp: int, nice: int = 0) -> None:
        self.rtp = rtp
        self.phones: list[Phone] = []
        self.changed = threading.Condition()
        self._answers: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._calls: dict[int, Call] = {}
        self._asked = 0
        self._process = subprocess.Popen(
            ["nice", "-n", str(nice), sys.executable, "-m", "tests.rig.softphone"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._ready = threading.Event()
        self._reader.start()
        if not self._ready.wait(20):
            raise RuntimeError("the phones' process did not start")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def phone(
        self,
        user: str,
        *,
        server: str,
        tone: int,
        password: str = "",
        bind: str = "127.0.0.1",
        port: int = 0,
        answers: str = "never",
        tones: Mapping[str, int] | None = None,
    ) -> "Phone":
        """`answers`: never, always, asked: when the call asks for it by a header, as office phones do, or told: when a
        NOTIFY says so while it rings. `tones`: of those who are called at it, by their numbers."""
        want = {"user": user, "server": server, "password": password, "bind": bind, "port": port, "tone": tone}
        rtp = self.rtp + PORTS * len(self.phones)
        self.ask("phone", **want, answers=answers, rtp=rtp, tones=dict(tones or {}))
        phone = Phone(self, user, tone)
        self.phones.append(phone)
        return phone

    def ask(self, verb: str, **arguments: Any) -> Any:
        self._asked += 1
        number = self._asked
        box = self._answers[number] = queue.SimpleQueue()
        line = json.dumps({"id": number, "do": verb, **arguments})
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()
        answer = box.get(timeout=20)
        if "error" in answer:
            raise RuntimeError(f"{verb} {arguments}: {answer['error']}")
        return answer["answer"]

    def calls_of(self, phone: "Phone") -> list["Call"]:
        with self.changed:
            return [call for call in self._calls.values() if call.phone is phone and call.state != "DISCONNECTED"]

    def call(self, number: int) -> "Call":
        with self.changed:
            return self._calls.setdefault(number, Call(self, number))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
        self._reader.join(5)
        self._process.stdout.close()

    def kill(self) -> None:
        """Its phones die without a word, as when the power fails."""
        self._process.kill()
        self._process.wait(5)
        with self.changed:
            self._calls.clear()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "id" in said:
                self._answers.pop(said["id"]).put(said)
            elif "ready" in said:
                self._ready.set()
            else:
                self._note(said)

    def _note(self, said: dict[str, Any]) -> None:
        with self.changed:
            call = self._calls.setdefault(said["call"], Call(self, said["call"]))
            call.phone = next((phone for phone in self.phones if phone.user == said["phone"]), None)
            call.state, call.code, call.heard = said["state"], said["code"], said["heard"]
            call.is_incoming, call.called, call.caller = said["incoming"], said["called"], said["caller"]
            call.states.append(call.state)
            self.changed.notify_all()

    def wait(self, seen: Callable[[], Any], seconds: float, what: str) -> Any:
        end = time.monotonic() + seconds
        with self.changed:
            while not (result := seen()):
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    if result := seen():
                        break
                    states = {call.number: call.states for call in self._calls.values()}
                    raise TimeoutError(f"{what}: not within {seconds} s; calls {states}")
            return result


class Phone:
    def __init__(self, lab: Lab, user: str, tone: int) -> None:
        self.lab, self.user, self.tone = lab, user, tone

    def registered(self, seconds: float = 5) -> Self:
        end = time.monotonic() + seconds
        while not self.lab.ask("registered", user=self.user):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.user} did not register within {seconds} s")
            time.sleep(0.02)
        return self

    def unregister(self) -> None:
        self.lab.ask("unregister", user=self.user)

    def register(self) -> Self:
        """Again, after `unregister`."""
        self.lab.ask("register", user=self.user)
        return self.registered()

    def answer_when(self, when: str) -> None:
        """`when`: never, always, asked."""
        self.lab.ask("answers", user=self.user, when=when)

    def dial(self, number: str, *, caller: str = "") -> "Call":
        """`caller`: the number to show, or a whole `"Name" <sip:number@host>`."""
        call = self.lab.call(self.lab.ask("dial", user=self.user, to=number, caller=caller))
        call.phone = self
        return call

    @property
    def calls(self) -> list["Call"]:
        return self.lab.calls_of(self)

    @property
    def ringing(self) -> list["Call"]:
        return [call for call in self.calls if call.is_ringing]

    def incoming(self, seconds: float = 10, *, other_than: "Call | None" = None) -> "Call":
        def ring() -> "Call | None":
            return next((call for call in self.ringing if call is not other_than), None)

        return self.lab.wait(ring, seconds, f"{self.user} rings")

    def called_at(self, number: str, seconds: float = 10) -> "Call":
        """The call that rings here for that number."""

        def ring() -> "Call | None":
            return next((call for call in self.ringing if call.called == number), None)

        return self.lab.wait(ring, seconds, f"{number} rings")

    def quiet(self, seconds: float = 10) -> None:
        self.lab.wait(lambda: not self.calls, seconds, f"{self.user} has no call")

    def hang_up_all(self) -> None:
        for call in self.calls:
            call.hang_up()


class Call:
    def __init__(self, lab: Lab, number: int) -> None:
        self.lab, self.number = lab, number
        self.phone: Phone | None = None
        self.state, self.code, self.heard, self.states = "NEW", 0, False, []
        self.is_incoming, self.called, self.caller = False, "", ""

    @property
    def is_ringing(self) -> bool:
        return self.is_incoming and self.state in ("INCOMING", "EARLY")

    @property
    def is_up(self) -> bool:
        return self.state == "CONFIRMED" and self.heard

    @property
    def is_over(self) -> bool:
        return self.state == "DISCONNECTED"

    @property
    def head(self) -> str:
        """The whole INVITE."""
        return self.lab.ask("head", call=self.number)

    def answer(self) -> Self:
        self.lab.ask("reply", call=self.number, code=200)
        return self.wait_up()

    def refuse(self, code: int = 486) -> None:
        self.lab.ask("reply", call=self.number, code=code)

    def hang_up(self, code: int = 0) -> None:
        self.lab.ask("hangup", call=self.number, code=code)

    def hold(self) -> None:
        self.lab.ask("hold", call=self.number)

    def resume(self) -> None:
        self.lab.ask("resume", call=self.number)

    def press(self, keys: str) -> None:
        self.lab.ask("keys", call=self.number, keys=keys)

    def refer(self, number: str) -> None:
        """A blind transfer made on the phone."""
        self.lab.ask("refer", call=self.number, to=number)

    def refer_to(self, other: "Call") -> None:
        """An attended transfer made on the phone."""
        self.lab.ask("refer_to", call=self.number, other=other.number)

    def wait_up(self, seconds: float = 8) -> Self:
        self.lab.wait(lambda: self.is_up, seconds, f"call {self.number} is answered")
        return self

    def wait_over(self, seconds: float = 8) -> Self:
        self.lab.wait(lambda: self.is_over, seconds, f"call {self.number} ends")
        return self


def hear(calls: Mapping[str, Call], tones: Mapping[str, int], *, seconds: float = 1.2) -> dict[str, set[str]]:
    """Who hears whom: all listen at the same time; names of `calls` → names of `tones`."""
    for call in calls.values():
        call.lab.ask("listen", call=call.number)
    time.sleep(seconds)
    names = {tone: name for name, tone in tones.items()}
    wanted = sorted(names)
    return {
        who: {names[tone] for tone in call.lab.ask("heard", call=call.number, tones=wanted)}
        for who, call in calls.items()
    }


def hear_at_last(
    calls: Mapping[str, Call], tones: Mapping[str, int], expected: Mapping[str, set[str]], *, patience: float = 6.0
) -> dict[str, set[str]]:
    """Listen until it sounds as expected: the sound follows the PBX's events by a moment. What was heard last."""
    end = time.monotonic() + patience
    while (heard := hear(calls, tones)) != expected and time.monotonic() < end:
        pass
    return heard
