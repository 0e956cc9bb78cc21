"""The engines of the tests are the real ones: PostgreSQL and Valkey, started here unless the environment names them.

A plugin (`-p tests.engines` in pyproject.toml), since Django's settings are read before any conftest.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

_servers: list = []
_folders: list[Path] = []


def _start_engines() -> None:
    os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret-" + "x" * 40)
    os.environ.setdefault("HTTPS", "false")
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return
    if "-n" in sys.argv:
        return  # each worker of xdist has engines of its own: a channel layer knows no test databases
    from dispatch.embedded import process, servers
    from tests import prepared

    folder = Path(tempfile.mkdtemp(prefix="taxi-tests-"))
    folder.chmod(0o755)
    _folders.append(folder)
    start = 20000 + os.getpid() % 2000  # below those that the kernel gives away
    if "DATABASE_URL" not in os.environ:
        prepared.lay_out(folder)
        os.environ["TESTS_TEMPLATE"] = prepared.MIGRATED
        _servers.append(servers.postgres(folder, port=process.free_port(start), durable=False))
        os.environ["DATABASE_URL"] = _servers[-1].url
    if "REDIS_URL" not in os.environ:
        _servers.append(servers.valkey(folder / "valkey", port=process.free_port(start + 3000)))
        os.environ["REDIS_URL"] = _servers[-1].url
    os.environ.setdefault("VAR_DIR", str(folder / "var"))


_start_engines()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    while _servers:
        _servers.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop())
