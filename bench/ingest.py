"""`bin/bench ingest [TAPE]`: what an event costs from the bytes on the wire to the state of the calls.

The same bytes, with VarSet made up to half of them (as on a busy PBX), go through our wire, translation and board, and
through panoramisk's bare parser with a handler that does nothing, by turns in one run. Processor time, not wall time.
"""

import argparse
import gc
import gzip
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from panoramisk.ami_protocol import AMIProtocol

from bench._figures import Figure, finish
from telephony.ami.translate import translate
from telephony.ami.wire import END, Wire
from telephony.core.board import Board

TAPE = Path(__file__).resolve().parent.parent / "tests" / "tapes" / "many.ami.gz"
PIECE = 16_384  # bytes per read of a socket
GOAL = 0.6
VARSET = b"Event: VarSet\r\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench ingest")
    parser.add_argument("tape", nargs="?", type=Path, default=TAPE, metavar="TAPE", help="an AMI recording")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a few seconds in all")
    chosen = parser.parse_args()
    try:
        with gzip.open(chosen.tape) if chosen.tape.suffix == ".gz" else chosen.tape.open("rb") as file:
            events = mixed(messages(file.read()))
    except OSError as error:
        sys.exit(f"{chosen.tape}: {error.strerror or error}")
    if not events:
        sys.exit(f"{chosen.tape}: no events in it")
    data = END.join(events) + END
    pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
    repeats = max(1, 8_000 // len(events))
    rounds = 25 if chosen.quick else 100
    sys.stdout.write(
        f"{chosen.tape.name}: {len(events)} events, {len(data) / len(events):.0f} bytes each, "
        f"{share(events):.0%} VarSet; {rounds} rounds of {repeats * len(events)} events\n"
    )
    gc.collect()
    gc.freeze()  # what was imported is not looked through again
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(cost(parse_and_track, pieces, repeats) / (repeats * len(events)))
        theirs.append(cost(bare_panoramisk, pieces, repeats) / (repeats * len(events)))
    mine, other = min(ours), min(theirs)  # the rounds that the machine disturbed least
    finish(
        [
            Figure("parse + track", mine * 1e6, "µs per event"),
            Figure("panoramisk, parse only", other * 1e6, "µs per event"),
            Figure("ingest ratio", mine / other, "", GOAL),
        ]
    )


def messages(data: bytes) -> list[bytes]:
    return [raw for each in data.split(END) if (raw := each.strip(b"\r\n")).startswith(b"Event: ")]


def mixed(events: Sequence[bytes]) -> list[bytes]:
    """The events in order, with their VarSet thinned or repeated so that they are half of all."""
    varset = [event for event in events if event.startswith(VARSET)]
    rest = len(events) - len(varset)
    if not varset or not rest:
        return list(events)
    mix: list[bytes] = []
    owed = 0.0
    for event in events:
        if not event.startswith(VARSET):
            mix.append(event)
            continue
        owed += rest / len(varset)
        while owed >= 1:
            mix.append(event)
            owed -= 1
    return mix


def share(events: Sequence[bytes]) -> float:
    return sum(event.startswith(VARSET) for event in events) / len(events)


def cost(work: Callable[[Sequence[bytes]], None], pieces: Sequence[bytes], repeats: int) -> float:
    """Processor seconds."""
    start = time.process_time()
    for _ in range(repeats):
        work(pieces)
    return time.process_time() - start


def parse_and_track(pieces: Sequence[bytes]) -> None:
    wire, board = Wire(), Board()
    for piece in pieces:
        for message in wire.feed(piece):
            report = translate(message)
            if report is not None:
                board.apply(report)


class Deaf:
    """What panoramisk's protocol hands its events to."""

    save_stream = None

    def dispatch(self, event: object) -> None:
        pass


def bare_panoramisk(pieces: Sequence[bytes]) -> None:
    protocol = AMIProtocol()
    protocol.encoding = "utf8"
    protocol.connection_made(None)
    protocol.factory = Deaf()
    for piece in pieces:
        protocol.data_received(piece)


if __name__ == "__main__":
    main()
