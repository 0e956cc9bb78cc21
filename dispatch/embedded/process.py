"""Starting a child that dies with its parent."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


def start(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: int | None = None,
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command`; the kernel sends it `death` when the calling thread's process is gone, kill -9 included."""
    parent = os.getpid()

    def die_with_parent() -> None:
        if sys.platform != "linux":
            return
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return subprocess.Popen(  # noqa: S603
        [str(part) for part in command],
        env=dict(env) if env is not None else None,
        cwd=cwd,
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C goes to the supervisor, which stops them in order
        preexec_fn=die_with_parent,
    )


def stop(process: subprocess.Popen[bytes], *, how: signal.Signals = signal.SIGTERM, seconds: float = 8) -> None:
    if process.poll() is not None:
        return
    process.send_signal(how)
    await_end(process, seconds)


def await_end(process: subprocess.Popen[bytes], seconds: float = 8) -> None:
    """Of one that was told to end; then it is made to."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def free_port(wanted: int) -> int:
    """`wanted` when it is free on loopback, else the next free one above it."""
    for port in range(wanted, wanted + 400):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} to {wanted + 399}")


def wait_until(ready: Callable[[], bool], *, process: subprocess.Popen[bytes], seconds: float, what: str) -> None:
    """Poll `ready` until it is true; raises with a sentence when the process ends or time runs out."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended at once with code {process.returncode}")
        if time.monotonic() > end:
            raise TimeoutError(f"{what} was not ready within {seconds:.0f} s")
        time.sleep(0.03)
