"""A real Asterisk for the journeys, with people's telephones around it."""

import os
from collections.abc import Iterator

import pytest

from tests.rig import chroot
from tests.rig.asterisk import Pbx
from tests.rig.office import Office

# limits of the dialplan in seconds, shorter than the product's
QUICK = {"DESK_RING": "4", "DESK_BACK": "4", "DESK_HOLD_MAX": "20"}


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Pbx]:
    if not chroot.is_installed():
        pytest.skip("needs the real Asterisk: bin/rig install (root, Debian)")
    pbx = Pbx(f"test-{os.getpid()}", QUICK)
    yield pbx
    pbx.stop()


@pytest.fixture
def office(asterisk: Pbx) -> Iterator[Office]:
    made = Office(pbx=asterisk, ami=asterisk.ami(), outside=asterisk.lab(), desks=asterisk.lab())
    yield made
    for entry in made.ami.listed("QueueStatus", Queue="dispatch"):
        if entry["Event"] == "QueueMember":
            made.leave(entry["Location"].removeprefix("PJSIP/"))
    asterisk.send_home()
    asterisk.await_quiet()
