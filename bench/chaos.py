"""`bin/bench chaos`: a real Asterisk with scripted telephones, and the truth of the telephones against what we wrote.

    --only link|web|ami    in the middle of random calls and clicks that part is killed (the AMI: cut), --rounds times
    --clicks 100           from a click's request to the action on the PBX's socket, beside a bare view
    --load 30              so many queue calls at once, each passed on with a consultation
    --recordings 50        who is heard in the recordings after every operation, every second one a blind transfer

Random, and the same for the same --seed. Whatever was wrong is said in words with what makes that round again.
"""

import argparse
import sys

from bench._chaos_round import Round
from bench._figures import Figure, finish, share

PARTS = ("link", "web", "ami")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench chaos")
    parser.add_argument("--rounds", type=int, default=100, help="of each part (100)")
    parser.add_argument("--from", dest="first", type=int, default=0, help="number of the first round (0)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--recordings", type=int, default=0, help="so many runs, and no kills")
    parser.add_argument("--clicks", type=int, default=0, help="so many clicks are timed, and no kills")
    parser.add_argument("--load", type=int, default=0, help="so many calls at once, and no kills")
    parser.add_argument("--quick", action="store_true", help="two rounds of each part")
    asked = parser.parse_args()
    if asked.recordings:
        from bench import _recordings

        figures = _told("recordings", list(_recordings.rounds(asked.recordings, asked.seed)))
    elif asked.clicks:
        from bench import _chaos, _clicks

        with _chaos.house() as office:
            figures = _clicks.measure(office, asked.clicks)
    elif asked.load:
        from bench import _load

        figures = _load.measure(asked.load, asked.seed)
    else:
        from bench import _chaos

        wanted = (asked.only,) if asked.only else PARTS
        count = 2 if asked.quick else asked.rounds
        found: dict[str, list[Round]] = {part: [] for part in wanted}
        with _chaos.house() as office:
            for number in range(asked.first, asked.first + count):
                for part in wanted:
                    found[part].append(_chaos.play(office, part, seed=asked.seed, number=number))
        figures = [figure for part, rounds in found.items() for figure in _told(f"{part} killed", rounds)]
    finish(figures)


def _told(what: str, rounds: list[Round]) -> list[Figure]:
    wrong = [each for each in rounds if each.wrong]
    if wrong:
        sys.stdout.write(f"the first wrong one: {wrong[0].name}\n  " + "\n  ".join(wrong[0].wrong) + "\n")
    figures = [Figure(f"{what}: rounds", len(rounds), ""), Figure(f"{what}: rounds that were wrong", len(wrong), "", 0)]
    if any(each.calls for each in rounds):
        for name in ("calls", "conversations", "clicks", "refused"):
            figures.append(Figure(f"{what}: {name}", sum(getattr(each, name) for each in rounds), ""))
    after = [each.right_after for each in rounds if each.right_after is not None]
    if after:
        figures.append(Figure(f"{what}: screens right again after the part is ready, median", share(after, 0.5), "s"))
        figures.append(Figure(f"{what}: the slowest", max(after), "s", 5.0))
    return figures


if __name__ == "__main__":
    main()
