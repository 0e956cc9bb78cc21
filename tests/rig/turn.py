"""A real TURN server (coturn), by which the sound of a browser goes that has no other way to the PBX."""

import secrets
import subprocess
from pathlib import Path

from dispatch.embedded import process
from tests.rig import chroot
from tests.rig.server import Server

RELAYS = 15  # ports for sound


class Turn(Server):
    """As docs/operating.md says, on loopback at `port`, and above it for the sound.

    `peer`: the address of the PBX; `secret`: what it shares with the desk.
    """

    def __init__(self, log: Path, port: int, *, peer: str = "127.0.0.1") -> None:
        self.url = f"turn:127.0.0.1:{port}"
        self.secret = secrets.token_urlsafe(18)
        self._log, self._port, self._peer = log, port, peer

    def _start(self) -> subprocess.Popen[bytes]:
        command: list[str | Path] = [
            "chroot", chroot.ROOT, "/usr/bin/turnserver", "-n", "--verbose", "--log-file=stdout", "--no-tls",
            "--listening-ip=127.0.0.1", f"--listening-port={self._port}", "--relay-ip=127.0.0.1",
            f"--min-port={self._port + 1}", f"--max-port={self._port + RELAYS}", "--allow-loopback-peers",
            "--denied-peer-ip=0.0.0.0-255.255.255.255", f"--allowed-peer-ip={self._peer}", "--realm=taxi",
            "--use-auth-secret", f"--static-auth-secret={self.secret}", "--pidfile=",
            f"--userdb=/tmp/turn-{self._port}",
        ]  # fmt: skip
        with self._log.open("wb") as log:
            return process.start(command, stdout=log)

    def _is_ready(self) -> bool:
        return "UDP listener opened on" in self.said

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")
