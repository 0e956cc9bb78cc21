"""Keeps the processes of `bin/up` running: log prefix, restart with back-off, an orderly stop, no orphans."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dispatch.embedded import process

BACKOFF = (0.3, 1, 2, 4, 8, 15)  # seconds before the first, second … restart in a row
SETTLED = 30  # seconds after which a restarted part counts as healthy again


@dataclass
class Part:
    """One child: how to start it, and how it has fared."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop_signal: signal.Signals = signal.SIGTERM
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    failures: int = 0
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Starts parts from the main thread only: the kernel ties a child's life to the thread that made it."""

    logs: Path
    parts: list[Part] = field(default_factory=list)
    stopping: bool = False

    def command(
        self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path
    ) -> subprocess.Popen[bytes]:
        """Start `command` with its output prefixed on the terminal and kept in a log file."""
        started = process.start(command, env=env, cwd=cwd, stdout=subprocess.PIPE)
        threading.Thread(target=self._relay_output, args=(name, started), daemon=True).start()
        return started

    def add(self, part: Part) -> None:
        part.running = part.start()
        part.started_at = time.monotonic()
        self.parts.append(part)

    def look_after(self) -> None:
        """One round: notice who died, start again who is due. Called about ten times a second."""
        now = time.monotonic()
        for part in self.parts:
            if part.restart_at is not None:
                if now >= part.restart_at:
                    self._restart(part)
            elif part.running is not None and part.running.poll() is not None:
                if now - part.started_at > SETTLED:
                    part.failures = 0
                wait = BACKOFF[min(part.failures, len(BACKOFF) - 1)]
                part.failures += 1
                part.restart_at = now + wait
                say(f"{part.name} ended (code {part.running.returncode}); starting it again in {wait} s")

    def stop(self) -> None:
        """End all parts, the last started first; nobody is left behind."""
        self.stopping = True
        for part in reversed(self.parts):
            if part.running is not None:
                process.stop(part.running, how=part.stop_signal)

    def _restart(self, part: Part) -> None:
        part.restart_at = None
        part.started_at = time.monotonic()
        try:
            part.running = part.start()
        except (OSError, RuntimeError, TimeoutError) as trouble:
            wait = BACKOFF[min(part.failures, len(BACKOFF) - 1)]
            part.failures += 1
            part.restart_at = time.monotonic() + wait
            say(f"{part.name} did not start: {trouble}; again in {wait} s")
        else:
            say(f"{part.name} is running again")

    def _relay_output(self, name: str, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        with (self.logs / f"{name}.log").open("ab") as log:
            for line in child.stdout:
                log.write(line)
                log.flush()
                if not self.stopping:
                    sys.stderr.write(f"\033[2m{name:>8}\033[0m │ {line.decode(errors='replace')}")


def say(sentence: str) -> None:
    """A line of the supervisor's own, on the terminal."""
    sys.stderr.write(f"\033[1m      up\033[0m │ {sentence}\n")
    sys.stderr.flush()
