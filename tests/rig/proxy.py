"""A real Caddy with deploy/Caddyfile before the web and the PBX, with a certificate that nobody vouches for."""

import os
import subprocess
from pathlib import Path
from types import TracebackType

from dispatch.embedded import process
from tests.rig import chroot

CADDYFILE = Path(__file__).resolve().parents[2] / "deploy" / "Caddyfile"
READY_SECONDS = 15
# a port of its own on loopback in place of an office's name: no certificate from outside, no redirect from port 80
HEAD = """{{
	admin off
	auto_https disable_redirects
	default_bind 127.0.0.1
	local_certs
	skip_install_trust
	storage file_system {folder}
}}
import {site}
"""


class Proxy:
    """`web`, `pbx`: host and port to which it passes on; `folder`: what it keeps."""

    def __init__(self, folder: Path, port: int, *, web: str, pbx: str) -> None:
        self.url = f"https://localhost:{port}"
        self._folder = folder
        self._env = {"SITE": self.url, "WEB": web, "PBX_HTTP": pbx, "HOME": str(folder), "PATH": os.environ["PATH"]}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Proxy":
        config, said = self._folder / "Caddyfile", self._folder / "caddy.log"
        config.write_text(HEAD.format(folder=self._folder / "kept", site=CADDYFILE))
        with said.open("wb") as log:
            command = [chroot.ROOT / "usr/bin/caddy", "run", "--config", config, "--adapter", "caddyfile"]
            self._process = process.start(command, env=self._env, stdout=log)
        process.wait_until(
            lambda: "serving initial configuration" in said.read_text() and "certificate obtained" in said.read_text(),
            process=self._process,
            seconds=READY_SECONDS,
            what="Caddy",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            process.stop(self._process)
