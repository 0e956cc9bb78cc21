"""Real web processes for the tests, and desks that listen to them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from websockets.sync.client import ClientConnection, connect

from dispatch.embedded import process
from dispatch.staff.models import Person

ROOT = Path(__file__).resolve().parents[2]
FIRST_PORT = 31200 + os.getpid() % 400  # below those that the kernel gives away


class Web:
    """One daphne on a port of its own, against the database and the Redis of the tests (or what `engines` names)."""

    def __init__(self, log: Path, app: str = "tests.live.app:application", **engines: str) -> None:
        self.port = process.free_port(FIRST_PORT)
        self.log = log
        self._command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), app]
        self._environment = os.environ | {"DATABASE_URL": database_url(), "LOG_LEVEL": "INFO"} | engines
        self.start_again()

    def start_again(self) -> None:
        """On the same port; returns when it answers."""
        with self.log.open("ab") as sink:
            self.process = process.start(self._command, env=self._environment, cwd=ROOT, stdout=sink)
        try:
            process.wait_until(self._answers, process=self.process, seconds=40, what=f"daphne on {self.port}")
        except Exception as error:
            self.stop()
            raise AssertionError(self.log.read_text()) from error

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
            return True
        return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def revive(self) -> None:
        if self.process.poll() is None:
            self.thaw()
        else:
            self.start_again()

    def stop(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.thaw()
            process.stop(self.process, seconds=5)

    def rest(self, seconds: float = 5) -> None:
        """Stands still, outside of every transaction, until it is revived: what a page asked for while it was being
        closed does not stand in the way of emptying the tables."""
        end = time.monotonic() + seconds
        while True:
            self.freeze()
            if not others_are_busy() or time.monotonic() > end:
                return
            self.thaw()
            time.sleep(0.02)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def others_are_busy() -> bool:
    """Whether anybody else is in a transaction on the database of the tests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_stat_activity where datname = current_database()"
            " and state <> 'idle' and pid <> pg_backend_pid())"
        )
        return bool(cursor.fetchone()[0])


class Listener:
    """A desk without a screen: keeps every frame it got."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[dict] = []

    def until(self, fits: Callable[[dict], bool], seconds: float = 6) -> dict:
        """The next frame that fits; what comes before it is kept in `frames`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                frame = json.loads(self.socket.recv(timeout=left))
            except TimeoutError:
                break
            self.frames.append(frame)
            if fits(frame):
                return frame
        raise AssertionError(f"no such frame in {seconds} s; last: {self.frames[-3:]}")

    def batch(self, topic: str = "calls", seconds: float = 6) -> dict:
        return self.until(lambda frame: frame["type"] == "batch" and frame["topic"] == topic, seconds)

    def beat(self, seconds: float = 6) -> dict:
        return self.until(lambda frame: frame["type"] == "beat", seconds)

    def listen(self, seconds: float) -> list[dict]:
        """All frames of so many seconds."""
        end = time.monotonic() + seconds
        got = []
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                got.append(json.loads(self.socket.recv(timeout=left)))
        self.frames += got
        return got


@contextlib.contextmanager
def desk(
    web: Web, person: Person | None, *, language: str = "en", cookie: str | None = None, tab: str = ""
) -> Iterator[Listener]:
    cookie = cookie or (session_of(person) if person else "")
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Origin": f"http://127.0.0.1:{web.port}"}
    url = f"ws://127.0.0.1:{web.port}/ws/?language={language}&tab={tab}"
    with connect(url, additional_headers=headers, max_size=2**24, max_queue=None, compression=None) as socket:
        yield Listener(socket)


@contextlib.contextmanager
def greeted(web: Web, person: Person, **options: str) -> Iterator[Listener]:
    """A desk that has been greeted: from here on it gets every batch."""
    with desk(web, person, **options) as listener:
        listener.until(lambda frame: frame["type"] == "hello")
        yield listener


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def database_url(port: int | None = None) -> str:
    parts = connection.settings_dict
    return f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{port or parts['PORT']}/{parts['NAME']}"
