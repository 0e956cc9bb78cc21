"""One running Asterisk of the rig, by name. Standard library only: bin/rig runs before bin/setup."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.rig import chroot, site

PRODUCT = Path(__file__).resolve().parents[2] / "deploy" / "asterisk"
FIRST_PORT = 28000
START_SECONDS = 20
STOP_SECONDS = 5


class Refused(Exception):
    """A sentence for whoever runs bin/rig."""


def start(
    name: str,
    *,
    keeper: int | None = None,
    settings: Mapping[str, str] | None = None,
    extensions: Iterable[str] = site.EXTENSIONS,
) -> dict:
    """Start an instance with ports and secrets of its own; its card is what `bin/rig start` prints.

    `keeper`: a process with which it ends. `settings`: globals of the dialplan that differ from the product's.
    """
    if not chroot.is_installed():
        raise Refused("Asterisk is not installed: bin/rig install (root, Debian)")
    if os.geteuid() != 0:
        raise Refused("starting needs root, since Asterisk runs in a chroot: sudo bin/rig start")
    with _alone():
        if _pid(name):
            raise Refused(f"an instance named {name} is already running (bin/rig status --name {name})")
        shutil.rmtree(_home(name), ignore_errors=True)
        phones = site.telephones(extensions)
        made = site.Site(base=_free_base(), settings=dict(settings or {}), phones=phones)
        _lay_out(name, made)
        _launch(name)
    if keeper:
        _watch(name, keeper)
    return _card(name, made)


def restart(name: str) -> dict:
    """Start a known instance again, as the same PBX; ends it first when it runs."""
    saved = _home(name) / "site.json"
    if not saved.exists():
        raise Refused(f"there is no instance named {name}")
    _end(name)
    made = site.Site(**json.loads(saved.read_text()))
    _await_ports(made)
    _launch(name)
    return _card(name, made)


def stop(name: str) -> None:
    """End it and forget its secrets; recordings stay until the next start of that name."""
    _end(name)
    (_home(name) / "site.json").unlink(missing_ok=True)
    shutil.rmtree(_home(name) / "etc", ignore_errors=True)


def remove(name: str) -> None:
    """Stop it, and leave nothing of it: not its recordings, not its logs."""
    stop(name)
    shutil.rmtree(_home(name), ignore_errors=True)


def running() -> dict[str, dict]:
    homes = sorted((chroot.ROOT / "srv").glob("*/site.json"))
    names = [path.parent.name for path in homes if _pid(path.parent.name)]
    return {name: _card(name, site.Site(**json.loads((_home(name) / "site.json").read_text()))) for name in names}


def console(name: str, command: str) -> str:
    """What Asterisk's own console answers to `command`."""
    asked = subprocess.run(
        ["chroot", chroot.ROOT, "/usr/sbin/asterisk", "-C", f"/srv/{name}/etc/asterisk.conf", "-rx", command],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode != 0:
        raise Refused((asked.stderr or asked.stdout).strip() or f"no instance named {name} answers")
    return asked.stdout


def await_end(name: str) -> None:
    while _pid(name):
        time.sleep(0.02)


def _home(name: str) -> Path:
    return chroot.ROOT / "srv" / name


def _card(name: str, made: site.Site) -> dict:
    return {
        "name": name,
        "base": made.base,
        **made.card(),
        "recordings": str(_home(name) / "recordings"),
        "pid": _pid(name),
    }


@contextmanager
def _alone() -> Iterator[None]:
    """Two that start at once must not choose the same ports."""
    with (chroot.ROOT / "srv" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_base() -> int:
    first = int(os.environ.get("RIG_BASE", FIRST_PORT))
    for base in range(first, min(first + 20 * site.PORTS, 65000), site.PORTS):
        made = site.Site(base=base)
        if _ports_are_free(made):
            return base
    raise Refused(f"no free ports from {first}; name others: RIG_BASE=<port>")


def _ports_are_free(made: site.Site) -> bool:
    streams = all(_is_free(socket.SOCK_STREAM, port) for port in (made.ami, made.http, made.https))
    return streams and _is_free(socket.SOCK_DGRAM, made.sip)


def _is_free(kind: socket.SocketKind, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _lay_out(name: str, made: site.Site) -> None:
    home, inside = _home(name), f"/srv/{name}"
    for folder in ("run", "log", "db", "tmp", "keys", "spool/voicemail", "spool/outgoing", "spool/tmp", "recordings"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    shutil.copytree(PRODUCT, home / "etc", ignore=shutil.ignore_patterns("site.example"))
    site.write(made, etc=home / "etc", inside=inside)
    site.write_music(home / "music")
    _sign(home / "keys" / "self-signed.pem")
    modules = next(path for path in (chroot.ROOT / "usr/lib").glob("**/asterisk/modules") if path.is_dir())
    folders = {
        "astcachedir": f"{inside}/tmp",
        "astetcdir": f"{inside}/etc",
        "astmoddir": f"/{modules.relative_to(chroot.ROOT)}",
        "astvarlibdir": "/var/lib/asterisk",
        "astdbdir": f"{inside}/db",
        "astkeydir": inside,
        "astdatadir": "/usr/share/asterisk",
        "astagidir": "/usr/share/asterisk/agi-bin",
        "astspooldir": f"{inside}/spool",
        "astrundir": f"{inside}/run",
        "astlogdir": f"{inside}/log",
        "astsbindir": "/usr/sbin",
    }
    (home / "etc" / "asterisk.conf").write_text(
        "[directories]\n"
        + "".join(f"{key} => {value}\n" for key, value in folders.items())
        + "[options]\nverbose = 3\ndefaultlanguage = en\ndocumentation_language = en_US\n"
        + "hideconnect = yes\nnocolor = yes\n"
    )
    saved = home / "site.json"
    saved.touch(mode=0o600)
    saved.write_text(json.dumps(made.as_dict()))
    (home / "etc" / "site").chmod(0o700)


def _sign(file: Path) -> None:
    """A certificate that nobody vouches for, for wss."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
               "30", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName = IP:127.0.0.1",
               "-keyout", file, "-out", file.with_suffix(".crt")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())


def _await_ports(made: site.Site) -> None:
    """A killed process seems to be gone while its last threads still hold the ports."""
    end = time.monotonic() + STOP_SECONDS
    while not _ports_are_free(made):
        if time.monotonic() > end:
            raise Refused(f"its ports from {made.base} are taken")
        time.sleep(0.05)


def _launch(name: str) -> None:
    home = _home(name)
    (home / "run" / "asterisk.pid").unlink(missing_ok=True)
    with (home / "log" / "start").open("w") as log:
        process = subprocess.Popen(
            ["chroot", chroot.ROOT, "/usr/sbin/asterisk", "-C", f"/srv/{name}/etc/asterisk.conf", "-f"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, umask=0o022,
        )  # fmt: skip
    (home / "run" / "pid").write_text(str(process.pid))
    end = time.monotonic() + START_SECONDS
    while not _is_booted(name):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            process.wait()
            raise Refused("Asterisk did not start:\n" + _last_words(name))
        time.sleep(0.1)
    process.returncode = 0  # it lives on without us: nobody here waits for it


def _last_words(name: str) -> str:
    log = _home(name) / "log" / "messages"
    return "\n".join(log.read_text().splitlines()[-15:]) if log.exists() else ""


def _is_booted(name: str) -> bool:
    try:
        return "fully booted" in console(name, "core waitfullybooted")
    except Refused:
        return False


def _pid(name: str) -> int | None:
    """Of its Asterisk, when that runs; a number that the machine has given to somebody else is not it."""
    try:
        pid = int((_home(name) / "run" / "pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]
    except (OSError, ValueError):
        return None
    return pid if f"/srv/{name}/etc/asterisk.conf" in command and state != "Z" else None


def _end(name: str) -> None:
    pid = _pid(name)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + STOP_SECONDS
    while _pid(name) and time.monotonic() < end:
        time.sleep(0.05)
    if _pid(name):
        os.kill(pid, signal.SIGKILL)
        await_end(name)


def _watch(name: str, keeper: int) -> None:
    """A small process that waits for the end of `keeper`, however it comes, and stops the instance then."""
    code = f"from tests.rig import instance; instance.stop_after({name!r}, {keeper})"
    watcher = subprocess.Popen(
        [sys.executable, "-c", code], cwd=PRODUCT.parents[1], start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    watcher.returncode = 0  # nobody here waits for it


def stop_after(name: str, keeper: int) -> None:
    import select

    try:
        handle = os.pidfd_open(keeper)
    except ProcessLookupError:
        stop(name)
        return
    while not select.select([handle], [], [], 5)[0]:
        if not (_home(name) / "site.json").exists():  # stopped by hand
            return
    stop(name)
