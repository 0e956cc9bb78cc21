"""An Asterisk of the rig for one test run, with its phones."""

import os
import signal
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.rig import instance, site
from tests.rig.ami import Ami
from tests.rig.network import BadNetwork
from tests.rig.phones import Lab, Phone

TONES = {"client": 500, "second client": 600, "third client": 650, "101": 700, "102": 800, "103": 900, "104": 1000,
         "mobile": 1100, "music": 2300}  # fmt: skip


class Pbx:
    """`settings`: globals of the dialplan that differ from the product's, such as DESK_BACK."""

    def __init__(
        self, name: str, settings: Mapping[str, str] | None = None, extensions: Iterable[str] = site.EXTENSIONS
    ) -> None:
        self.name = name
        self.card: dict[str, Any] = instance.start(name, keeper=os.getpid(), settings=settings, extensions=extensions)
        self._sound = self.card["base"] + site.PORTS // 2
        self._labs: list[Lab] = []
        self._amis: list[Ami] = []

    @property
    def recordings(self) -> Path:
        return Path(self.card["recordings"])

    def ami(self, kind: str = "ami") -> Ami:
        """`kind`: ami, as the link has it, or ami_tape, which sees all events and may do nothing."""
        self._amis.append(Ami(self.card[kind]))
        return self._amis[-1]

    def console(self, command: str) -> str:
        return instance.console(self.name, command)

    def far_away(self) -> BadNetwork:
        """A network between its sound and the browsers that take `network.FAR`, which can be made bad."""
        base = self.card["base"]
        return BadNetwork(range(base + 100, base + site.PORTS // 2))

    def lab(self) -> Lab:
        """A process of phones with ports of its own for their sound."""
        self._labs.append(Lab(rtp=self._sound + 100 * len(self._labs)))
        return self._labs[-1]

    def desk_phone(self, number: str, lab: Lab, *, answers: str = "asked") -> Phone:
        password = self.card["extensions"][number]["password"]
        tone = TONES[number]
        phone = lab.phone(number, server=self.card["sip"], password=password, tone=tone, answers=answers)
        return phone.registered()

    def trunk(
        self, lab: Lab, name: str = "client", *, listens: bool = False, tones: Mapping[str, int] | None = None
    ) -> Phone:
        """A telephone outside. `listens`: the one that our calls to the outside reach, alone in its lab; `tones`: of
        those who are called there, by their numbers."""
        host, port = self.card["trunk_listens"].split(":")
        tone = TONES[name]
        return lab.phone(
            name.replace(" ", "-"),
            server=self.card["sip"],
            tone=tone,
            bind=host,
            port=int(port) if listens else 0,
            tones=tones,
        )

    def kill(self) -> None:
        os.kill(self.card["pid"], signal.SIGKILL)
        instance.await_end(self.name)

    def shut_down(self) -> None:
        """As for an update of the machine: what AstDB was told in the last second is kept, too."""
        self.console("core stop now")
        instance.await_end(self.name)

    def restart(self) -> None:
        """The same PBX, with the same ports and secrets; its calls, queue members and registrations are gone."""
        self.card = instance.restart(self.name)

    def await_quiet(self, seconds: float = 10) -> None:
        """Until no channel is left, but for the empty shells that Asterisk forgets (telephony/ami/snapshot.py)."""
        end = time.monotonic() + seconds
        while left := self._channels():
            if time.monotonic() > end:
                raise TimeoutError("\n".join(left))
            time.sleep(0.1)

    def _channels(self) -> list[str]:
        lines = self.console("core show channels concise").splitlines()
        return [line for line in lines if "!" in line and not line.startswith("Surrogate/")]

    def send_home(self) -> None:
        """End the phones and connections of a test; the PBX goes on."""
        while self._labs:
            self._labs.pop().close()
        while self._amis:
            self._amis.pop().close()

    def stop(self) -> None:
        self.send_home()
        instance.remove(self.name)
