"""A real Caddy with deploy/Caddyfile before the web and the PBX, with a certificate that nobody vouches for."""

import os
import subprocess
from pathlib import Path

from dispatch.embedded import process
from tests.rig import chroot
from tests.rig.server import Server

CADDYFILE = Path(__file__).resolve().parents[2] / "deploy" / "Caddyfile"
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


class Proxy(Server):
    """`web`, `pbx`: host and port to which it passes on; `folder`: what it keeps."""

    def __init__(self, folder: Path, port: int, *, web: str, pbx: str) -> None:
        self.url = f"https://localhost:{port}"
        self._folder = folder
        self._env = {"SITE": self.url, "WEB": web, "PBX_HTTP": pbx, "HOME": str(folder), "PATH": os.environ["PATH"]}
        self._log = folder / "caddy.log"

    def _start(self) -> subprocess.Popen[bytes]:
        config = self._folder / "Caddyfile"
        config.write_text(HEAD.format(folder=self._folder / "kept", site=CADDYFILE))
        command = [chroot.ROOT / "usr/bin/caddy", "run", "--config", config, "--adapter", "caddyfile"]
        with self._log.open("wb") as log:
            return process.start(command, env=self._env, stdout=log)

    def _is_ready(self) -> bool:
        said = self._log.read_text()
        return "serving initial configuration" in said and "certificate obtained" in said
