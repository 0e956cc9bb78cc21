"""Which way a telephone is made to answer by itself, as its model has shown. Pure."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

PROVEN = 2  # times in a row
MOST = 3  # of a row: what a model has done for years is unlearned in as many calls
VERSION = re.compile(r"[\s/_-]*(?:\bUA\b)?[\s/_-]+v?\d+(?:\.\d+)+.*$|\s*\(.*$", re.IGNORECASE | re.ASCII)
LONGEST = 60


class Way(StrEnum):
    HEADER = "header"  # Call-Info, Alert-Info or Answer-Mode of the call itself
    TALK = "talk"  # a NOTIFY "talk" while it rings
    BROWSER = "browser"  # the page does it, since the desk has asked for this call
    HAND = "hand"  # none: somebody has to lift the handset


@dataclass(frozen=True)
class Record:
    """What is known of a model. `streak`: how often in a row. `is_fixed`: the administrator said it."""

    way: Way | None = None
    streak: int = 0
    is_fixed: bool = False

    @property
    def sure(self) -> Way | None:
        """The way that needs no trial any more."""
        return self.way if self.is_fixed or self.streak >= PROVEN else None

    def after(self, shown: Way) -> "Record":
        """Once it has answered, or rung on, in that way."""
        if self.is_fixed:
            return self
        if shown == self.way:
            return replace(self, streak=min(self.streak + 1, MOST))
        return replace(self, streak=self.streak - 1) if self.streak > 1 else Record(shown, 1)


def model_of(user_agent: str) -> str:
    """Maker and model without the version of the software: "Yealink SIP-T46U 108.86.0.20" is a "Yealink SIP-T46U"."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in user_agent).split())
    return (VERSION.sub("", plain).strip() or plain)[:LONGEST]
