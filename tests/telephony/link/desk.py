"""The office that the stories of the link on the real PBX share, and how they wait for what the link writes."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from telephony.models import Call, Intent, Lease
from telephony.services import intents
from tests.rig.asterisk import Pbx
from tests.telephony import office

KONSTANTIN, LARISA = "79161234567", "79031112233"


class Desk:
    def __init__(self, pbx: Pbx, start_link: Callable[[str], Any], *, answers: str = "asked") -> None:
        self.pbx = pbx
        self.vera, self.boris = office.vera(), office.boris()
        self.start_link = lambda: start_link(pbx.card["ami"])
        self.desks, self.outside = pbx.lab(), pbx.lab()
        self.phones = {number: pbx.desk_phone(number, self.desks, answers=answers) for number in ("101", "102")}
        self.link = self.start_link()
        self.await_link()
        awaited(self.nothing_is_left_over)

    def await_link(self, seconds: float = 20) -> None:
        awaited(lambda: Lease.objects.filter(pbx=Lease.Pbx.UP).exists(), seconds)
        awaited(self.both_ring_for_the_queue, 5)

    def both_ring_for_the_queue(self) -> bool:
        shown = self.pbx.console("queue show dispatch")
        return "Ivanova Vera" in shown and "Petrov Boris" in shown

    def nothing_is_left_over(self) -> bool:
        """No break of the story before, and the PBX knows by now that their telephones are there."""
        shown = self.pbx.console("queue show dispatch").casefold()
        return not any(word in shown for word in ("paused", "unavailable", "invalid"))

    def calls_in(self, number: str, line: str = "client"):
        call = self.pbx.trunk(self.outside, line).dial(self.pbx.card["city_number"], caller=number)
        call.wait_up()
        return call, row(caller_raw=number, state="ringing", queue="dispatch")


def awaited(look: Callable[[], Any], seconds: float = 5) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return found


def row(seconds: float = 5, **wanted) -> Call:
    return awaited(lambda: Call.objects.filter(**wanted).order_by("-id").first(), seconds)


def pick(call: Call, who, extension: str) -> Intent:
    return intents.ask(verb="pick", call=call, actor=who, extension=extension, intent_id=uuid.uuid4())
