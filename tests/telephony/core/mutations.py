"""Messages of the tapes as a PBX might never send them: lines lost, doubled, exchanged, cut, filled with nonsense."""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from telephony.ami.wire import END

TAPES = Path(__file__).resolve().parents[2] / "tapes"
BORN = re.compile(rb"\b1[5-9]\d{8}(?=\.\d)")  # the second in a Uniqueid
NONSENSE = (
    b"", b"0", b"-1", b"9" * 40, b"1e999", b"nan", b"\x00\x07", "Ł𐍈ש".encode() * 300, b"\xff\xfe\xff", b"<unknown>",
    b"PJSIP/101-00000001", b"Local/101@desk-idle-00000001;2", b"1795000000.1", b"desk-queue", b"s", b"A: B: C",
)  # fmt: skip
LONGEST_SCENE = 40


def stream(seed: int, count: int) -> Iterator[bytes]:
    """`count` messages, END between them; scenes of the tapes, cut out anywhere, each with channels of its own."""
    chance = random.Random(seed)
    tapes = [tape.read_bytes().split(END) for tape in sorted(TAPES.glob("*.ami"))]
    names = sorted({raw.partition(b"\r\n")[0] for tape in tapes for raw in tape if raw.startswith(b"Event: ")})
    made = 0
    for scene in iter(lambda: _scene(chance, tapes), None):
        born = b"%010d" % (1_600_000_000 + made)
        for raw in scene:
            raw = BORN.sub(born, raw)
            yield (mutated(chance, raw, names) if chance.random() < 0.4 else raw) + END
            made += 1
            if made == count:
                return


def mutated(chance: random.Random, raw: bytes, names: Sequence[bytes]) -> bytes:
    lines = raw.split(b"\r\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    key, _, value = lines[at].partition(b": ")
    match chance.randrange(10):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at] = key + b": " + lines[other].partition(b": ")[2]
        case 3 | 4:
            lines[at] = key + b": " + chance.choice(NONSENSE)
        case 5:
            lines[0] = chance.choice(names)
        case 6:
            lines[at] = key
        case 7:
            return raw[: chance.randrange(len(raw) + 1)]
        case 8:
            cut = chance.randrange(len(raw) + 1)
            return raw[:cut] + chance.randbytes(chance.randrange(1, 30)) + raw[cut:]
        case 9:
            return raw + END + raw if chance.random() < 0.5 else b""
    return b"\r\n".join(lines)


def _scene(chance: random.Random, tapes: Sequence[list[bytes]]) -> list[bytes]:
    tape = chance.choice(tapes)
    begin = chance.randrange(len(tape))
    return tape[begin : begin + chance.randrange(1, LONGEST_SCENE)]
