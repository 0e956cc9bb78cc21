"""A PostgreSQL whose tables are made and whose people work there, once for what the code says now; every engine of the
tests begins as a copy of its files. Knows nothing of Django: the tests' engines start before it.

    postgres    the journeys' database: migrated, with tests.journeys.people
    MIGRATED    migrated and empty, the template of pytest-django's databases
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from dispatch.embedded import process, servers

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "tests"
MIGRATED = "migrated"
FIRST_PORT = 24000 + os.getpid() % 900
OLD_SECONDS = 3600  # what other code said; a run that began before may still copy it
SAID = ("dispatch", "orders", "places", "telephony", "tests/journeys/people.py", "requirements/dev.txt")


def lay_out(folder: Path) -> str:
    """Prepare the files with which `servers.postgres(folder)` starts; the passwords of its people, as JSON."""
    data = servers.data_folder(folder)
    with _kept() as made:
        if not (data / "PG_VERSION").exists():
            data.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", f"{servers.data_folder(made)}/.", data], check=True)
        return (made / "passwords.json").read_text()


@contextmanager
def _kept() -> Iterator[Path]:
    KEPT.mkdir(parents=True, exist_ok=True)
    made = KEPT / _key()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "passwords.json").exists():
            _forget_old()
            _make(made)
        os.utime(made)
    yield made


def _key() -> str:
    read = hashlib.sha256(sys.version.encode())
    for name in SAID:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            read.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return read.hexdigest()[:16]


def _forget_old() -> None:
    for other in KEPT.iterdir():
        if other.is_dir() and other.stat().st_mtime < time.time() - OLD_SECONDS:
            shutil.rmtree(servers.data_folder(other), ignore_errors=True)
            shutil.rmtree(other)


def _make(made: Path) -> None:
    for half in (servers.data_folder(made), made):
        shutil.rmtree(half, ignore_errors=True)
    made.mkdir()
    made.chmod(0o755)
    engine = servers.postgres(made, port=process.free_port(FIRST_PORT), durable=False)
    env = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"} | {
        "DATABASE_URL": engine.url,
        "REDIS_URL": servers.valkey_url(1),  # nobody is told
        "SECRET_KEY": "tests-only-not-a-secret-" + "x" * 40,
        "HTTPS": "false",
        "PYTHONPATH": str(ROOT),
    }
    try:
        _run(env, str(ROOT / "manage.py"), "migrate", "-v", "0")
        with psycopg.connect(engine.url, dbname="template1", autocommit=True) as connection:
            connection.execute(f"create database {MIGRATED} template postgres")
        passwords = _run(env, "-m", "tests.journeys.people")
    finally:
        engine.stop()
    file = made / "passwords.json"
    file.touch(mode=0o600)
    file.write_text(passwords)


def _run(env: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-2000:]}")
    return done.stdout
