"""`bin/up`: the whole office on one machine, with nothing but Python.

PostgreSQL and Valkey come from wheels, the PBX is the simulator, unless the environment (DATABASE_URL, REDIS_URL) or an
option names others. Everything it makes lies below var/.
"""

import argparse
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from dispatch.embedded import process, servers
from dispatch.embedded.supervisor import Part, Supervisor, say

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 60


def main() -> int:
    wanted = _arguments()
    began = time.monotonic()
    var = Path(os.environ.get("VAR_DIR", ROOT / "var"))
    var.mkdir(parents=True, exist_ok=True)
    (var / "log").mkdir(exist_ok=True)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a background job of a shell is born with SIGINT ignored
        signal.signal(getattr(signal, name), _interrupt)
    office = Supervisor(logs=var / "log")
    with _only_one(var):
        try:
            return _run(office, wanted, var, began)
        except KeyboardInterrupt:
            say("stopping")
            return 0
        except (OSError, RuntimeError, TimeoutError, subprocess.CalledProcessError) as trouble:
            say(str(trouble))
            say(f"the logs are in {var / 'log'}")
            return 1
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave somebody behind
            office.stop()
            (var / "run.json").unlink(missing_ok=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/up", description="Run the taxi-dispatch desk on this machine.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="of the web (8000)")
    pbx = parser.add_mutually_exclusive_group()
    pbx.add_argument("--ami", metavar="URL", help="a PBX of yours: ami://user:secret@host:5038")
    pbx.add_argument("--rig", action="store_true", help="a real Asterisk of our own (see bin/rig)")
    parser.add_argument("--pace", type=float, default=1.0, help="of the simulator's callers (2: twice as many)")
    parser.add_argument("--verbose", action="store_true", help="show everything that the parts log")
    return parser.parse_args()


def _run(office: Supervisor, wanted: argparse.Namespace, var: Path, began: float) -> int:
    env = _environment(wanted, var)
    python = Path(sys.executable)
    port = process.free_port(wanted.port)
    if port != wanted.port:
        say(f"port {wanted.port} is taken: the desk is on port {port}")

    simulator = _attach_pbx(office, wanted, var, env)
    _start_engines(office, var, env)
    say("database and broker are ready; preparing the tables and the town")
    prepare = office.command("prepare", [python, ROOT / "manage.py", "prepare"], env=env, cwd=ROOT)
    while prepare.poll() is None:
        time.sleep(0.05)
    if prepare.returncode:
        raise RuntimeError("the database could not be prepared; the lines above say why")

    say("starting web, link and worker")
    commands: dict[str, list[str | Path]] = {
        "web": [python, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port), "dispatch.asgi:application"],
        "link": [python, ROOT / "manage.py", "link"],
        "worker": [python, "-m", "celery", "-A", "dispatch.celery", "--quiet", "worker", "--beat", "--pool=threads",
                   "--concurrency=2", "--loglevel", env["LOG_LEVEL"], "--without-gossip", "--without-mingle",
                   "--without-heartbeat", "--schedule", var / "beat"],
    }  # fmt: skip
    for name, command in commands.items():
        office.add(Part(name, start=partial(office.command, name, command, env=env, cwd=ROOT)))

    address = f"http://127.0.0.1:{port}/"
    readiness = Readiness(address)
    while not readiness.done.is_set():
        if time.monotonic() - began > READY_SECONDS + 60:
            raise TimeoutError(f"not ready in time: {readiness.last}")
        office.look_after()
        time.sleep(0.1)
    run = {"url": address, "simulator": simulator, "pid": os.getpid(), "database": env["DATABASE_URL"],
           "redis": env["REDIS_URL"], "ami": env["AMI_URL"],
           "parts": {part.name: part.running.pid for part in office.parts if part.running}}  # fmt: skip
    (var / "run.json").write_text(json.dumps(run, indent=1))
    (var / "run.json").chmod(0o600)
    _welcome(address, simulator, var, time.monotonic() - began)
    while True:
        office.look_after()
        time.sleep(0.1)


class Readiness(threading.Thread):
    """Asks /readyz until the web answers and every part behind it does."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address, self.last, self.done = address, "the web does not answer", threading.Event()
        self.start()

    def run(self) -> None:
        while not self.done.is_set():
            time.sleep(0.15)
            try:
                with urllib.request.urlopen(self.address + "readyz", timeout=3) as answer:  # noqa: S310
                    state = json.load(answer)
            except (OSError, ValueError) as trouble:
                self.last = str(trouble)
                continue
            self.last = json.dumps(state)
            if state.get("status") == "ok":
                self.done.set()


def _environment(wanted: argparse.Namespace, var: Path) -> dict[str, str]:
    env = dict(os.environ)
    key = var / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50))
    env.setdefault("SECRET_KEY", key.read_text().strip())
    env.setdefault("HTTPS", "false")  # http on loopback; in production a proxy gives https
    env.setdefault("LOG_LEVEL", "INFO" if wanted.verbose else "WARNING")
    env.setdefault("VAR_DIR", str(var))
    env.setdefault("RECORDINGS_DIR", str(var / "recordings"))
    env["PYTHONUNBUFFERED"] = "1"
    env.setdefault("PYTHONWARNINGS", "ignore::UserWarning")  # for developers: the tests turn warnings into errors
    env["PYTHONPATH"] = str(ROOT)
    if wanted.ami:
        env["AMI_URL"] = wanted.ami
    return env


def _attach_pbx(office: Supervisor, wanted: argparse.Namespace, var: Path, env: dict[str, str]) -> str:
    """Name the PBX in `env`; start the simulator where none is named. Returns the simulator's page, or ""."""
    if wanted.rig:
        say("starting a real Asterisk (bin/rig)")
        started = subprocess.run(  # noqa: S603
            [ROOT / "bin" / "rig", "start", "--name", "up", "--with", str(os.getpid())],
            stdout=subprocess.PIPE, check=False, cwd=ROOT,
        )  # fmt: skip
        if started.returncode:
            raise RuntimeError("the real Asterisk did not start; `bin/rig install` installs it (root, Debian)")
        rig = json.loads(started.stdout)
        env["AMI_URL"], env["RECORDINGS_DIR"] = rig["ami"], rig["recordings"]
        env.setdefault("PHONE_URL", rig["websocket"])
        say(f"SIP phones register at {rig['sip']}: " + ", ".join(sorted(rig["extensions"])) + " (bin/rig status)")
        return ""
    if env.get("AMI_URL"):
        return ""
    user, secret = "desk", secrets.token_urlsafe(12)
    ami, page = process.free_port(15038), process.free_port(8090)
    env["AMI_URL"] = f"ami://{user}:{secret}@127.0.0.1:{ami}"
    env.setdefault("PLAY_DRIVERS", "true")  # whoever calls is pretended, and so are the drivers
    command = [sys.executable, "-m", "telephony.sim", "--port", str(ami), "--page-port", str(page), "--user", user,
               "--recordings", env["RECORDINGS_DIR"], "--pace", str(wanted.pace)]  # fmt: skip
    its = env | {"SIM_SECRET": secret}  # no argument: one that begins with "-" would be another option
    office.add(Part("pbx", start=lambda: office.command("pbx", command, env=its, cwd=ROOT)))
    return f"http://127.0.0.1:{page}/"


def _start_engines(office: Supervisor, var: Path, env: dict[str, str]) -> None:
    if "DATABASE_URL" not in os.environ:
        port = process.free_port(15432)
        say("starting PostgreSQL" + ("" if (var / "postgres").exists() else " (the first time: making its files)"))
        office.add(Part("postgres", start=lambda: servers.postgres(var, port=port).process, stop_signal=signal.SIGINT))
        env["DATABASE_URL"] = servers.postgres_url(port)
    if "REDIS_URL" not in os.environ:
        port_of_valkey = process.free_port(16379)
        office.add(Part("valkey", start=lambda: servers.valkey(var / "valkey", port=port_of_valkey).process))
        env["REDIS_URL"] = servers.valkey_url(port_of_valkey)


def _welcome(address: str, simulator: str, var: Path, seconds: float) -> None:
    lines = [f"The desk is ready after {seconds:.0f} s:   {address}", ""]
    with (var / "sign-in.json").open() as file:
        for one in json.load(file):
            lines.append(f"  {one['role']:<14} {one['username']:<10} {one['password']:<18} {one['name']}")
    lines += ["", f"  (also in {var / 'sign-in.json'})"]
    if simulator:
        lines.append(f"  The simulated town (slow it, speed it, make somebody ring): {simulator}")
    lines.append("  Ctrl-C stops everything.")
    sys.stdout.write("\n" + "\n".join(lines) + "\n\n")
    sys.stdout.flush()


@contextmanager
def _only_one(var: Path) -> Iterator[None]:
    with (var / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            where = ""
            if (var / "run.json").exists():
                where = f" at {json.loads((var / 'run.json').read_text())['url']}"
            say(f"it is already running{where}; stop that one first (Ctrl-C there)")
            sys.exit(1)
        yield


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
