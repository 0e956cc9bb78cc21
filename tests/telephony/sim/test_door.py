"""The simulator as a process: its ready line, its ports, its end; and that it needs no Django to start."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODULE = [sys.executable, "-m", "telephony.sim"]
COMMAND = [sys.executable, "manage.py", "sim"]


def start(command, *arguments):
    return subprocess.Popen(
        [*command, "--port", "0", "--page-port", "0", "--secret", "s", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ports(process):
    line = process.stdout.readline()
    match = re.fullmatch(r"sim ready ami=(\d+) page=(\d+)\n", line)
    assert match, line + process.stderr.read()
    return int(match[1]), int(match[2])


@pytest.mark.parametrize("command", [MODULE, COMMAND], ids=["module", "manage.py"])
def test_it_says_when_it_listens_and_stops_when_told(command):
    with start(command, "--no-timetable", "--pace", "2") as process:
        ami, page = ports(process)
        with socket.create_connection(("127.0.0.1", ami), timeout=5) as connection:
            assert connection.recv(64).startswith(b"Asterisk Call Manager")
        with urllib.request.urlopen(f"http://127.0.0.1:{page}/state.json", timeout=5) as answer:
            state = json.load(answer)
        assert (state["running"], state["pace"]) == (False, 2.0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert process.stderr.read() == ""


def test_a_taken_port_is_said_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*MODULE, "--port", port, "--page-port", "0", "--secret", "s"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=10,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("sim: cannot listen: ")
    assert "Traceback" not in done.stderr


def test_it_does_not_start_with_a_secret_that_everybody_knows():
    environment = {name: value for name, value in os.environ.items() if name != "SIM_SECRET"}
    done = subprocess.run(MODULE, cwd=ROOT, capture_output=True, text=True, timeout=10, env=environment)
    assert done.returncode == 2
    assert "name a secret" in done.stderr


def test_it_knows_nothing_of_django():
    code = (
        "import sys, telephony.sim.__main__; print([m for m in sys.modules if m.split('.')[0] in ('django', 'orders')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
