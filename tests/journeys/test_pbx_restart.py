"""The rig itself: an Asterisk that is killed leaves nothing behind and comes back as the same PBX."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.rig import chroot, instance
from tests.rig.asterisk import Pbx
from tests.rig.office import Office

pytestmark = pytest.mark.rig

RIG = Path(__file__).resolve().parents[2] / "bin" / "rig"


def is_alive(pid: int) -> bool:
    """A process that has ended but that nobody has collected has no command line any more."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


def rig(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(RIG), *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_killed_in_the_middle_of_a_talk_it_comes_back_with_nothing_of_it(office: Office, asterisk: Pbx) -> None:
    vera = office.on_shift("101")
    office.rings(office.caller(), "79161234567")
    vera.incoming().answer()
    before = asterisk.card

    asterisk.kill()
    asterisk.restart()
    office.ami = asterisk.ami()

    assert {**before, "pid": 0} == {**asterisk.card, "pid": 0}, "the same ports and secrets"
    assert "0 active channels" in asterisk.console("core show channels count")
    assert office.ami.listed("QueueStatus", Queue="dispatch")[1:] == [], "no members, no callers"
    again = asterisk.desk_phone("102", office.desks)
    office.join("102")
    office.rings(office.caller("second client"), "79031112233")
    again.incoming().answer()


def test_two_instances_stand_side_by_side_each_with_secrets_of_its_own(asterisk: Pbx) -> None:
    name = f"{asterisk.name}-second"
    started = rig("start", "--name", name)
    assert started.returncode == 0, started.stderr
    try:
        card = json.loads(started.stdout)
        assert card["ami"].split("@")[1] != asterisk.card["ami"].split("@")[1]
        for number, phone in card["extensions"].items():
            assert phone["password"] != asterisk.card["extensions"][number]["password"]
        assert json.loads(rig("status", "--name", name).stdout) == card
        assert "already running" in rig("start", "--name", name).stderr
    finally:
        assert rig("stop", "--name", name).returncode == 0
    assert rig("status", "--name", name).returncode == 1
    assert not is_alive(card["pid"])
    assert not list((chroot.ROOT / "srv" / name).glob("etc/**/*.conf")), "no secret stays behind"
    assert asterisk.console("core show uptime"), "the other one goes on"
    instance.remove(name)


def test_it_ends_with_the_process_it_was_started_for(asterisk: Pbx) -> None:
    name = f"{asterisk.name}-kept"
    keeper = subprocess.Popen(["sleep", "600"])
    started = rig("start", "--name", name, "--with", str(keeper.pid))
    assert started.returncode == 0, started.stderr

    keeper.kill()
    keeper.wait()

    instance.await_end(name)
    assert not is_alive(json.loads(started.stdout)["pid"])
    instance.remove(name)
