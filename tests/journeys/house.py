"""The product's own processes on free ports, each of which a test may kill, freeze and start again."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from dispatch.embedded import process, servers
from tests import prepared
from tests.journeys import people

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 40
OURS = {"DATABASE_URL", "REDIS_URL", "AMI_URL", "RECORDINGS_DIR", "MUSIC_DIR", "PHONE_URL", "VAR_DIR", "SECRET_KEY",
        "HTTPS", "PHONE_ICE", "PHONE_TURN_SECRET"}  # fmt: skip


class House:
    """`ami`: of the PBX that it is attached to; `recordings`: where that one writes; `phone`: its WebSocket."""

    def __init__(self, folder: Path, *, first_port: int, ami: str, recordings: Path, phone: str = "") -> None:
        folder.chmod(0o755)
        (folder / "music").mkdir(exist_ok=True)
        self.folder = folder
        self.port = process.free_port(first_port)
        self.url = f"http://127.0.0.1:{self.port}"  # where people open it
        self._ports = {name: process.free_port(first_port + 10 * n) for n, name in enumerate(("postgres", "valkey"), 1)}
        self.env = {key: value for key, value in os.environ.items() if key not in OURS} | {
            "DATABASE_URL": servers.postgres_url(self._ports["postgres"]),
            "REDIS_URL": servers.valkey_url(self._ports["valkey"]),
            "AMI_URL": ami,
            "RECORDINGS_DIR": str(recordings),
            "MUSIC_DIR": str(folder / "music"),
            "PHONE_URL": phone,
            "VAR_DIR": str(folder / "var"),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "HTTPS": "false",
            "STATUS_GRACE_SECONDS": "4",
            "LOG_LEVEL": "INFO",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }
        self._parts: dict[str, subprocess.Popen[bytes]] = {}
        self.sessions: dict[str, Any] = {}  # cookies of who has signed in
        self.passwords: dict[str, str] = json.loads(prepared.lay_out(folder))
        for engine in ("postgres", "valkey"):
            self.start(engine)
        for part in ("web", "link", "worker"):
            self.start(part)
        self.await_ready()

    # --- its parts: postgres, valkey, web, link, worker ---------------------------------------------------------

    def start(self, part: str) -> None:
        if part == "postgres":
            running = servers.postgres(self.folder, port=self._ports[part], durable=False).process
        elif part == "valkey":
            running = servers.valkey(self.folder / "valkey", port=self._ports[part]).process
        else:
            with (self.folder / f"{part}.log").open("ab") as log:
                running = process.start(self._command(part), env=self.env, cwd=ROOT, stdout=log, death=signal.SIGKILL)
        self._parts[part] = running

    def kill(self, part: str) -> None:
        """kill -9, and its children with it, as the kernel does when memory runs out."""
        os.killpg(self._parts[part].pid, signal.SIGKILL)
        self._parts.pop(part).wait()

    def freeze(self, part: str) -> None:
        os.killpg(self._parts[part].pid, signal.SIGSTOP)

    @contextmanager
    def opened_at(self, url: str, **env: str) -> Iterator[None]:
        """Behind a proxy, as the web knows from `env`."""
        before = self.url, self.env, self.sessions
        try:
            self.url, self.env, self.sessions = url, self.env | env, {}
            self._start_anew("web")
            yield
        finally:
            self.url, self.env, self.sessions = before
            self._start_anew("web")

    def _start_anew(self, part: str) -> None:
        self.kill(part)
        self.start(part)
        self.await_ready()

    def thaw(self, part: str) -> None:
        os.killpg(self._parts[part].pid, signal.SIGCONT)

    def stop(self) -> None:
        """Those of ours together, then the engines beneath them; what the database kept is forgotten."""
        engines = {"postgres": signal.SIGINT, "valkey": signal.SIGTERM}
        ours = [running for part, running in self._parts.items() if part not in engines and running.poll() is None]
        for running in ours:
            running.terminate()
        for running in ours:
            process.await_end(running)
        for part, how in engines.items():
            if part in self._parts:
                process.stop(self._parts[part], how=how)
        self._parts.clear()
        shutil.rmtree(servers.data_folder(self.folder), ignore_errors=True)

    def log(self, part: str) -> str:
        return (self.folder / f"{part}.log").read_text(errors="replace")

    def _command(self, part: str) -> list[str | Path]:
        python = Path(sys.executable)
        return {
            "web": [python, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(self.port),
                    "dispatch.asgi:application"],
            "link": [python, ROOT / "manage.py", "link"],
            "worker": [python, "-m", "celery", "-A", "dispatch.celery", "--quiet", "worker", "--beat", "--pool=threads",
                       "--concurrency=2", "--loglevel", "INFO", "--without-gossip", "--without-mingle",
                       "--without-heartbeat", "--schedule", self.folder / "beat"],
        }[part]  # fmt: skip

    # --- what it says -------------------------------------------------------------------------------------------

    def await_ready(self, seconds: float = READY_SECONDS) -> None:
        def is_ready() -> bool:
            for part, running in self._parts.items():
                if running.poll() is not None:
                    raise RuntimeError(f"{part} ended with {running.returncode}: {self.log(part)[-2000:]}")
            return self.readiness().get("status") == "ok"

        self.wait(is_ready, seconds, lambda: f"ready: {self.readiness()}")

    def readiness(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=3) as answer:
                return json.load(answer)
        except (OSError, ValueError) as trouble:
            return {"status": str(trouble)}

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What its database says."""
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(sql, values).fetchall()

    def forget_the_day(self) -> None:
        """Shifts, calls and orders of a test; people, drivers and clients stay."""
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            self.wait(
                lambda: not self.rows("select 1 from telephony_call where state <> 'ended'"), 10, "calls have ended"
            )
            connection.execute("update staff_shift set ended_at = now() where ended_at is null")
            self.wait(lambda: _emptied(connection), 10, "no call and no order is left")
            connection.execute("delete from orders_clientphone where e164 <> %s", [f"+{people.KONSTANTIN}"])
            connection.execute("delete from orders_client where id not in (select client_id from orders_clientphone)")

    def wait(self, seen: Callable[[], Any], seconds: float, what: str | Callable[[], str]) -> Any:
        end = time.monotonic() + seconds
        while not (result := seen()):
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds} s: {what() if callable(what) else what}")
            time.sleep(0.05)
        return result

    def manage(self, *arguments: str) -> str:
        return self._run(str(ROOT / "manage.py"), *arguments)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stderr[-2000:]}")
        return done.stdout


def _emptied(connection: psycopg.Connection) -> bool:
    """Web and worker lock the same tables in an order of their own: False when one of them had to go first."""
    try:
        connection.execute("truncate telephony_call, telephony_browserline, orders_order, orders_draft cascade")
    except psycopg.errors.DeadlockDetected:
        return False
    return True
