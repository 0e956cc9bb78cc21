"""A real TURN server (coturn), by which the sound of a browser goes that has no other way to the PBX."""

import secrets
import subprocess
from pathlib import Path
from types import TracebackType

from dispatch.embedded import process
from tests.rig import chroot

READY_SECONDS = 10
RELAYS = 15  # ports for sound


class Turn:
    """As docs/operating.md says, on loopback at `port`, and above it for the sound.

    `peer`: the address of the PBX; `secret`: what it shares with the desk.
    """

    def __init__(self, log: Path, port: int, *, peer: str = "127.0.0.1") -> None:
        self.url = f"turn:127.0.0.1:{port}"
        self.secret = secrets.token_urlsafe(18)
        self._log, self._port, self._peer = log, port, peer
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Turn":
        command: list[str | Path] = [
            "chroot", chroot.ROOT, "/usr/bin/turnserver", "-n", "--verbose", "--log-file=stdout", "--no-tls",
            "--listening-ip=127.0.0.1", f"--listening-port={self._port}", "--relay-ip=127.0.0.1",
            f"--min-port={self._port + 1}", f"--max-port={self._port + RELAYS}", "--allow-loopback-peers",
            "--denied-peer-ip=0.0.0.0-255.255.255.255", f"--allowed-peer-ip={self._peer}", "--realm=taxi",
            "--use-auth-secret", f"--static-auth-secret={self.secret}", "--pidfile=",
            f"--userdb=/tmp/turn-{self._port}",
        ]  # fmt: skip
        with self._log.open("wb") as log:
            self._process = process.start(command, stdout=log)
        process.wait_until(
            lambda: "UDP listener opened on" in self.said, process=self._process, seconds=READY_SECONDS, what="coturn"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            process.stop(self._process)

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")
