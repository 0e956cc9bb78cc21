"""A raw AMI client for tests: every event kept in order, every byte kept for a tape."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

Event = dict[str, str]


class Ami:
    """`url`: ami://user:secret@host:port. A header that comes twice holds both values, a line each."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.raw = b""
        self.events: list[Event] = []
        self.changed = threading.Condition()
        self._answers: dict[str, Event] = {}
        self._asked = 0
        self._socket = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5038), timeout=10)
        self._socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        answer = self.act("Login", Username=parts.username or "", Secret=parts.password or "")
        if answer.get("Response") != "Success":
            raise RuntimeError(f"AMI sign-in: {answer}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(5)
        self._socket.close()

    def send(self, action: str, **headers: str) -> str:
        """Send without waiting; returns the ActionID."""
        self._asked += 1
        number = f"t{self._asked}"
        lines = [f"Action: {action}", f"ActionID: {number}", *(f"{key}: {value}" for key, value in headers.items())]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        return number

    def answer(self, number: str, seconds: float = 5) -> Event:
        return self.wait_for(lambda: self._answers.pop(number, None), seconds, f"answer to {number}")

    def act(self, action: str, **headers: str) -> Event:
        return self.answer(self.send(action, **headers))

    def listed(self, action: str, **headers: str) -> list[Event]:
        """The events of a list action, without the one that ends it."""
        number = self.send(action, **headers)
        if self.answer(number).get("Response") == "Error":
            return []  # Asterisk's way of saying that a list is empty

        def whole() -> list[Event] | None:
            mine = [event for event in self.events if event.get("ActionID") == number]
            return mine if mine and "Complete" in mine[-1].get("EventList", "") else None

        return self.wait_for(whole, 5, action)[:-1]

    def mark(self) -> int:
        return len(self.events)

    def since(self, mark: int, name: str = "", **match: str) -> list[Event]:
        return [
            event
            for event in self.events[mark:]
            if (not name or event.get("Event") == name) and all(event.get(key) == value for key, value in match.items())
        ]

    def wait(self, name: str, *, since: int = 0, seconds: float = 8, **match: str) -> Event:
        """The first event of that name after `since`; a UserEvent is named by its own name."""

        def seen() -> Event | None:
            found = self.since(since, name, **match) or self.since(since, "UserEvent", UserEvent=name, **match)
            return found[0] if found else None

        return self.wait_for(seen, seconds, f"{name} {match}")

    def wait_for(self, seen: Callable[[], Any], seconds: float, what: str) -> Any:
        end = time.monotonic() + seconds
        with self.changed:
            while (result := seen()) is None:
                left = end - time.monotonic()
                if left <= 0:
                    last = [event.get("UserEvent") or event.get("Event") for event in self.events[-40:]]
                    raise TimeoutError(f"{what}: not within {seconds} s; last events {last}")
                self.changed.wait(left)
            return result

    def _read(self) -> None:
        taken = 0
        while True:
            try:
                piece = self._socket.recv(65536)
            except OSError:
                return
            if not piece:
                return
            with self.changed:
                self.raw += piece
                if taken == 0:
                    line_end = self.raw.find(b"\r\n")
                    if line_end < 0:
                        continue
                    taken = line_end + 2  # the banner
                while (end := self.raw.find(b"\r\n\r\n", taken)) >= 0:
                    self._note(self.raw[taken:end].decode())
                    taken = end + 4
                self.changed.notify_all()

    def _note(self, text: str) -> None:
        event: Event = {}
        for line in text.split("\r\n"):
            key, _, value = line.partition(":")
            event[key] = f"{event[key]}\n{value.strip()}" if key in event else value.strip()
        if "Response" in event and "Event" not in event:  # OriginateResponse has both
            self._answers[event.get("ActionID", "")] = event
        else:
            self.events.append(event)


def save_tape(ami: Ami, path: Path, *, since_byte: int) -> None:
    """Write what came after `since_byte` as it came, byte for byte."""
    path.write_bytes(ami.raw[since_byte:])
