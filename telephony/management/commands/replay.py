"""`manage.py replay FILE...`: what the call machine makes of recorded AMI sessions; no database, no PBX."""

import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from telephony.ami.translate import translate
from telephony.ami.wire import Wire
from telephony.core.board import Board
from telephony.core.call import Call
from telephony.core.facts import CallChanged, CallJoined

CHUNK = 65536


class Command(BaseCommand):
    help = "Print one JSON object per call of the given AMI recordings, in order of start."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--internal",
            default=r"^\d{2,4}$",
            metavar="REGEX",
            help="tells numbers of staff from outside numbers (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            re.compile(options["internal"])
        except re.error as error:
            raise CommandError(f"--internal is no regular expression: {error}") from error
        if isinstance(self.stdout._out, type(sys.stdout)) and hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        missing = False
        for path in options["files"]:
            try:
                calls = replay(chunks(path), options["internal"])
            except OSError as error:
                missing = True
                self.stderr.write(f"{path}: {error.strerror or error}")
                continue
            for call in calls:
                self.stdout.write(json.dumps(described(path.name, call), ensure_ascii=False))
        if missing:
            raise CommandError("Not every file could be read.")


def chunks(path: Path) -> Iterator[bytes]:
    """A recording in pieces, as a socket would give them; packed ones (.gz) too."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data


def replay(pieces: Iterable[bytes], internal: str) -> list[Call]:
    """The calls of one recording, each as it was last known, in order of start."""
    board, wire = Board(internal), Wire()
    calls: dict[str, Call] = {}
    for piece in pieces:
        for message in wire.feed(piece):
            report = translate(message)
            for fact in board.apply(report) if report else ():
                if isinstance(fact, CallChanged):
                    calls[fact.key] = fact.call
                elif isinstance(fact, CallJoined):
                    calls.pop(fact.key, None)
    if all(call.started_at is not None for call in calls.values()):
        return sorted(calls.values(), key=lambda call: call.started_at or 0.0)
    return list(calls.values())


def described(tape: str, call: Call) -> dict[str, Any]:
    return {
        "tape": tape,
        "caller": call.caller or None,
        "dialled": call.dialled or None,
        "queue": call.queue or None,
        "direction": call.direction,
        "answered_by": list(call.answered_by),
        "transfers": [
            {
                "kind": transfer.kind,
                "by": transfer.by or None,
                "to": list(transfer.to),
                "completed": transfer.completed,
                "why": transfer.why or None,
            }
            for transfer in call.transfers
        ],
        "ended_by": call.ended_by or None,
        "abandoned": call.abandoned,
        "started_at": moment(call.started_at),
        "answered_at": moment(call.answered_at),
        "ended_at": moment(call.ended_at),
    }


def moment(at: float | None) -> str | None:
    """ISO, in UTC."""
    try:
        return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return None
