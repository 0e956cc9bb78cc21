"""What a PBX sends, mutated 50 000 times: nothing is raised, nothing grows without bound. MUTATED=1000000 for more."""

import gc
import os
import random
from collections import deque

from telephony.ami.translate import translate
from telephony.ami.wire import Wire
from telephony.core import pbx
from telephony.core.board import Board
from telephony.core.register import REMEMBERED
from tests.telephony.core.mutations import stream

COUNT = int(os.environ.get("MUTATED", "50000"))
ROUND = 10_000  # messages between two looks
KEPT = REMEMBERED + 500  # things that a board without calls may keep
HOLDERS = (dict, list, set, tuple, deque, frozenset)


def size(board: Board) -> int:
    """How many things it keeps."""
    seen, waiting, kept = {id(board)}, [board], 0
    while waiting:
        for one in gc.get_referents(waiting.pop()):
            ours = type(one).__module__.startswith("telephony.core") and not isinstance(one, type)
            if id(one) not in seen and (ours or isinstance(one, HOLDERS)):
                seen.add(id(one))
                waiting.append(one)
                kept += len(one) if isinstance(one, HOLDERS) else 1
    return kept


def test_nothing_is_raised_and_nothing_is_kept_for_ever():
    wire, board, chance = Wire(), Board(), random.Random(7)
    sizes, rest = [], b""
    for number, message in enumerate(stream(7, COUNT), start=1):
        rest += message
        if chance.random() < 0.7:
            cut = chance.randrange(len(rest) + 1)
            for parsed in wire.feed(rest[:cut]):
                report = translate(parsed)
                if report is not None:
                    board.apply(report)
            rest = rest[cut:]
        if number % ROUND == 0:
            assert board.calls, "none of it was understood"
            board.resync(pbx.Snapshot(), 1.8e9)  # the line broke, and the PBX has no channel now
            assert not board.calls
            sizes.append(size(board))
    assert max(sizes) < KEPT, sizes
