"""`manage.py tape` keeps what the PBX said, byte for byte."""

import asyncio
import os
import signal
import sys

import pytest

from tests.telephony.link.conftest import ROOT
from tests.telephony.link.rogue import GREETING, message, silent, until


async def record(rogue, file, *more: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        ROOT / "manage.py",
        "tape",
        str(file),
        "--ami",
        rogue.url,
        *more,
        env={**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},  # it needs none
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_everything_is_kept_until_ctrl_c(rogue, tmp_path):
    file = tmp_path / "one.ami"
    rogue.answers["Ping"] = silent  # an answer between two pieces would be kept between them
    process = await record(rogue, file)
    await until(lambda: rogue.logins, seconds=20)
    said = message(Event="VarSet", Value="Иван") + b"\r\n" + message(Event="Newchannel", CallerIDName="שלום")
    for start in range(0, len(said), 7):
        rogue.send(said[start : start + 7])
        await asyncio.sleep(0.002)
    await until(lambda: said in file.read_bytes())
    process.send_signal(signal.SIGINT)
    out, _ = await process.communicate()
    assert process.returncode == 0
    assert f"{file.stat().st_size} bytes in" in out.decode()
    assert file.read_bytes().startswith(GREETING)


async def test_it_ends_by_itself_after_so_many_seconds(rogue, tmp_path):
    process = await record(rogue, tmp_path / "two.ami", "--seconds", "0.5")
    await process.communicate()
    assert process.returncode == 0


@pytest.mark.parametrize(("url", "said"), [("", "AMI_URL"), ("ami://dispatch:wrong@127.0.0.1:{port}", "does not let")])
async def test_what_is_wrong_is_said_in_a_sentence(rogue, tmp_path, url, said):
    process = await record(rogue, tmp_path / "three.ami", "--ami", url.format(port=rogue.port))
    _, err = await process.communicate()
    assert (process.returncode, said in err.decode(), "Traceback" in err.decode()) == (1, True, False)
