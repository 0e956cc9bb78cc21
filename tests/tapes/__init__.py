"""Byte-exact AMI sessions of real Asterisks, and what really happened in each."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from telephony.ami.translate import translate
from telephony.ami.wire import Wire
from telephony.core import pbx

FOLDER = Path(__file__).parent
TRUTHS = ("truth.json", "truth_desk.json")  # of other dialplans; of our own


@cache
def truth() -> dict[str, dict[str, Any]]:
    """By the name of the tape: `expected`, the calls in order of start (`unordered`: in any), and `doc`."""
    tapes: dict[str, dict[str, Any]] = {}
    for name in TRUTHS:
        tapes.update(json.loads((FOLDER / name).read_text(encoding="utf-8")))
    return tapes


def path(name: str) -> Path:
    plain = FOLDER / f"{name}.ami"
    return plain if plain.exists() else FOLDER / f"{name}.ami.gz"


def data(name: str) -> bytes:
    file = path(name)
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


@cache
def reports(name: str) -> tuple[pbx.Report, ...]:
    return tuple(report for message in Wire().feed(data(name)) if (report := translate(message)))
