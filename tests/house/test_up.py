"""`bin/up` and `bin/setup` as a newcomer meets them: a fresh copy in an empty folder."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.alone, pytest.mark.feature("X8")]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a clone would have it, uncommitted work included."""
    target = tmp_path_factory.mktemp("newcomer") / "desk"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def plain_environment(**more: str) -> dict[str, str]:
    """This machine's environment without the engines and secrets of the running tests."""
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "VAR_DIR", "HTTPS", "AMI_URL", "RECORDINGS_DIR", "VIRTUAL_ENV"}
    return {key: value for key, value in os.environ.items() if key not in ours} | more


class Running:
    """`bin/up` in a copy of the project, with what it has said so far."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.began = time.monotonic()
        self.output = (folder / "up-output.txt").open("w+b")
        self.process = subprocess.Popen(
            ["bin/up", *options], cwd=folder, env=plain_environment(), stdout=self.output, stderr=subprocess.STDOUT
        )
        self.folder = folder

    @property
    def said(self) -> str:
        return Path(self.output.name).read_text(errors="replace")

    def ready(self, seconds: float) -> float:
        """Wait for the welcome; returns how long it took since the start."""
        while "The desk is ready" not in self.said:
            assert self.process.poll() is None, f"bin/up ended:\n{self.said}"
            assert time.monotonic() - self.began < seconds, f"not ready within {seconds} s:\n{self.said}"
            time.sleep(0.1)
        return time.monotonic() - self.began

    @property
    def run(self) -> dict:
        return json.loads((self.folder / "var" / "run.json").read_text())

    def stop(self, how: signal.Signals) -> list[int]:
        """Send the signal and wait; returns the parts that are still alive five seconds later."""
        parts = list(self.run["parts"].values())
        self.process.send_signal(how)
        self.process.wait(20)
        end = time.monotonic() + 5
        while (left := [pid for pid in parts if alive(pid)]) and time.monotonic() < end:
            time.sleep(0.1)
        return left


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def up(copy: Path) -> Iterator:
    started: list[Running] = []

    def start(*options: str) -> Running:
        started.append(Running(copy, *options))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(20)
        running.output.close()


def test_a_newcomer_is_ready_in_about_a_minute_and_the_second_time_at_once(up, copy):
    """The packages come over the network, and a shared machine is half as fast on some days (68 s)."""
    first = up("--port", "28800")
    assert first.ready(150) <= 100
    sign_ins = json.loads((copy / "var" / "sign-in.json").read_text())
    assert stat.S_IMODE((copy / "var" / "sign-in.json").stat().st_mode) == 0o600
    assert sorted(one["role"] for one in sign_ins) == [
        "administrator", "dispatcher", "dispatcher", "driver", "manager", "supervisor",
    ]  # fmt: skip
    assert len({one["password"] for one in sign_ins}) == 6
    addresses = [word for word in first.said.split() if word.startswith("http://")]
    assert addresses[0] == first.run["url"]
    with urllib.request.urlopen(first.run["url"] + "readyz", timeout=5) as answer:
        assert json.load(answer)["status"] == "ok"
    assert first.stop(signal.SIGINT) == []

    second = up("--port", "28800")
    assert second.ready(60) <= 25
    assert json.loads((copy / "var" / "sign-in.json").read_text()) == sign_ins

    left = second.stop(signal.SIGKILL)
    assert left == [], "kill -9 of bin/up must leave nobody behind"


def test_a_taken_port_is_answered_with_the_next_free_one_said_aloud(up):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 28850))
        squatter.listen()
        running = up("--port", "28850")
        running.ready(60)
        assert running.run["url"] == "http://127.0.0.1:28851/"
        assert "port 28850 is taken: the desk is on port 28851" in running.said
        running.stop(signal.SIGTERM)


def bare(folder: Path, name: str) -> Path:
    """The scripts alone in an empty folder, as on a machine where nothing was set up."""
    target = folder / name
    for part in ("bin", "requirements"):
        shutil.copytree(ROOT / part, target / part)
    return target


def path_without_uv(folder: Path, python: str) -> str:
    """A PATH with the usual tools, this `python3`, and no uv."""
    tools = folder / "tools"
    tools.mkdir()
    for tool in ("bash", "env", "dirname", "cat", "sha256sum", "cut", "grep", "tail", "rm", "ls", "sed"):
        (tools / tool).symlink_to(shutil.which(tool))
    (tools / "python3").write_text(python)
    (tools / "python3").chmod(0o755)
    return str(tools)


def test_a_python_without_venv_gets_a_sentence_that_helps(tmp_path):
    folder = bare(tmp_path, "desk")
    no_venv = (
        f'#!/bin/sh\ncase "$*" in *venv*) echo "No module named venv" >&2; exit 1;; esac\nexec {sys.executable} "$@"\n'
    )
    path = path_without_uv(tmp_path, no_venv)
    ran = subprocess.run(["bin/setup"], cwd=folder, env={"PATH": path}, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "apt install python3-venv" in ran.stderr


def test_an_old_python_gets_a_sentence_that_helps(tmp_path):
    folder = bare(tmp_path, "desk")
    old = '#!/bin/sh\ncase "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac\n'
    path = path_without_uv(tmp_path, old)
    ran = subprocess.run(["bin/setup"], cwd=folder, env={"PATH": path}, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "Python 3.11 or newer is needed; this is Python 3.9.2" in ran.stderr


def test_no_network_gets_a_sentence_that_helps(tmp_path):
    folder = bare(tmp_path, "desk")
    nowhere = "http://127.0.0.1:9/simple"
    environment = plain_environment(
        UV_DEFAULT_INDEX=nowhere, PIP_INDEX_URL=nowhere, UV_CACHE_DIR=str(tmp_path / "cache"), UV_HTTP_RETRIES="0"
    )
    ran = subprocess.run(["bin/setup"], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 1
    assert "could not be fetched" in ran.stderr
