"""Asterisk 22, with a proxy and a TURN server beside it, out of Debian's packages in a folder of its own.

Standard library only: runs before bin/setup. apt works out what they need against an empty package status, downloads,
and the packages are unpacked; no script of theirs runs, no daemon is started, the machine itself stays as it was.
Debian stable has no Asterisk.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(os.environ.get("RIG_ROOT", "/var/lib/asterisk-rig"))
CACHE = Path(os.environ.get("RIG_CACHE", "/var/cache/asterisk-rig"))
SUITE = os.environ.get("RIG_SUITE", "sid")
READY = ".asterisk-rig-ok"
# without sounds some actions answer Success and then do nothing, since they cannot play their prompt
PACKAGES = ["asterisk", "asterisk-core-sounds-en-gsm", "caddy", "coturn"]
# the browser, whole and without windows, with letters for every language of the desk; msgfmt; a load generator
BESIDE = {"chromium": "chromium", "chromium-headless-shell": "chromium-headless-shell", "msgfmt": "gettext",
          "openssl": "openssl", "sipp": "sip-tester"}  # fmt: skip
FONTS = {"fonts-noto-core": Path("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf")}


class Refused(Exception):
    """A sentence for whoever runs bin/rig."""


def is_installed() -> bool:
    return (ROOT / READY).exists() and (ROOT / READY).read_text().split() == PACKAGES


def install() -> None:
    """Asterisk below ROOT, Chromium and the rest on the machine; seconds when all is there."""
    if os.geteuid() != 0:
        raise Refused("installing needs root: sudo bin/rig install")
    if shutil.which("apt-get") is None:
        raise Refused("this installs Debian packages with apt-get, which is not here")
    with _alone():
        if is_installed() and _version():
            say(f"already there: {_version()}")
        else:
            _install_asterisk()
        missing = [package for program, package in BESIDE.items() if shutil.which(program) is None]
        missing += [package for package, file in FONTS.items() if not file.exists()]
        if missing:
            say("installing " + ", ".join(missing))
            quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
            _run(["apt-get", "-qq", "update"], env=quiet)
            _run(
                ["apt-get", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", "install", *missing],
                env=quiet,
            )
    say("ready")


def say(text: str) -> None:
    sys.stderr.write(f"rig  {text}\n")


@contextmanager
def _alone() -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version() -> str:
    asked = subprocess.run(["chroot", ROOT, "/usr/sbin/asterisk", "-V"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _install_asterisk() -> None:
    started = time.monotonic()
    say(f"fetching Asterisk from Debian {SUITE}")
    packages = _downloaded()
    say(f"unpacking {len(packages)} packages into {ROOT}")
    new = ROOT.with_name(ROOT.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    _make_folders(new)
    for package in packages:
        _unpack(package, new)
    _make_system(new)
    _run(["ldconfig", "-r", new])
    shutil.rmtree(ROOT, ignore_errors=True)
    new.rename(ROOT)
    if not _version():
        raise Refused(f"the Asterisk in {ROOT} does not run on this machine")
    (ROOT / READY).write_text(" ".join(PACKAGES))
    say(f"{_version()}, {time.monotonic() - started:.0f} s")


def _downloaded() -> list[Path]:
    """The packages of Asterisk and of all that it needs, as if this machine had none of them."""
    apt = CACHE / f"apt-{SUITE}"
    for folder in ("lists/partial", "archives/partial", "etc"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "status").write_text("")
    mirror, key = _mirror()
    (apt / "sources.list").write_text(f"deb {key}{mirror} {SUITE} main\n")
    settings = {
        "Dir::State": apt,
        "Dir::State::status": apt / "status",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt,
        "Dir::Cache::archives": apt / "archives",
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Check-Valid-Until": "false",  # mirrors that are refreshed seldom
        "Dpkg::Use-Pty": "0",
    }
    command = ["apt-get", "-qq", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}"))]
    _run([*command, "update"])
    for old in (apt / "archives").glob("*.deb"):  # an older version beside a newer one would be unpacked too
        old.unlink()
    _run([*command, "-y", "--download-only", "install", *PACKAGES])
    return sorted((apt / "archives").glob("*.deb"))


def _mirror() -> tuple[str, str]:
    """Where this machine's apt gets Debian from, and the option that names the key."""
    key = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    option = f"[signed-by={key}] " if key.exists() else ""
    if "MIRROR" in os.environ:
        return os.environ["MIRROR"], option
    asked = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
    for address in asked.splitlines():
        if address.rstrip("/").endswith("/debian"):
            return address, option
    raise Refused("apt on this machine names no Debian mirror; name one: MIRROR=<address> bin/rig install")


def _make_folders(new: Path) -> None:
    for name in ("bin", "sbin", "lib", "lib64"):  # the packages rely on this, but only a script of one would make it
        (new / "usr" / name).mkdir(parents=True)
        (new / name).symlink_to(f"usr/{name}")


def _unpack(package: Path, new: Path) -> None:
    archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
    without = [f"--exclude=./usr/share/{part}/*" for part in ("doc", "man", "locale", "info")]
    _run(["tar", "-C", new, "-xf", "-", "--keep-directory-symlink", *without], stdin=archive.stdout)
    if archive.wait() != 0:
        raise Refused(f"{package.name} cannot be unpacked")


def _make_system(new: Path) -> None:
    for folder in ("dev", "proc", "tmp", "srv", "run", "etc", "var/lib/asterisk", "var/log/asterisk"):
        (new / folder).mkdir(parents=True, exist_ok=True)
    (new / "tmp").chmod(0o1777)
    for name, minor in (("null", 3), ("zero", 5), ("random", 8), ("urandom", 9)):
        if not (new / "dev" / name).exists():
            _run(["mknod", "-m", "666", new / "dev" / name, "c", "1", str(minor)])
    etc = new / "etc"
    (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\nasterisk:x:998:998::/var/lib/asterisk:/bin/sh\n")
    (etc / "group").write_text("root:x:0:\nasterisk:x:998:\n")
    (etc / "hosts").write_text(f"127.0.0.1 localhost {os.uname().nodename}\n")  # or every call asks for it
    (etc / "nsswitch.conf").write_text("hosts: files dns\npasswd: files\ngroup: files\n")
    (etc / "resolv.conf").write_text("")
    sounds = new / "usr/share/asterisk/sounds"
    for language in ("en", "en_US"):
        if not (sounds / language).exists():
            (sounds / language).unlink(missing_ok=True)
            (sounds / language).symlink_to("en_US_f_Allison")


def _run(command: list, **options: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise Refused(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout
