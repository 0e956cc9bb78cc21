"""How an address is said: the words that only name a kind of street, and where the number of the house stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from places import folding

# kind of street: how it is written. Dropped for matching; who types one prefers streets of that kind.
KINDS = {
    "street": "улица ул street str st ulica ul רחוב רח شارع ش вулиця вул",
    "avenue": "проспект просп пр пркт просек avenue ave aleja al aleje שדרות שד جادة",
    "lane": "переулок пер lane ln zaułek סמטה סמטת زقاق провулок",
    "road": "шоссе ш road rd szosa droga דרך طريق шосе",
    "square": "площадь пл square sq plac pl rynek כיכר ככר ميدان ساحة площа",
    "boulevard": "бульвар бул бр boulevard blvd bulwar bulw",
    "embankment": "набережная наб embankment emb nabrzeże bulwary טיילת كورنيش",
    "drive": "проезд прд drive dr przejazd",
    "deadend": "тупик туп close court",
    "alley": "аллея ал alley",
    "highway": "тракт трасса магистраль highway hwy autostrada כביש",
    "estate": "микрорайон мкр мкрн квартал поселок пос osiedle os שכונת שכונה حي",
}
WORDS_OF = {kind: tuple(folding.key(word) for word in words.split()) for kind, words in KINDS.items()}
KIND_OF = {word: kind for kind, words in WORDS_OF.items() for word in words}
HYPHENATED = (
    ("пр-кт", "проспект"),
    ("пр-т", "проспект"),
    ("пр-д", "проезд"),
    ("б-р", "бульвар"),
    ("наб-я", "набережная"),
)
HOUSE_WORDS = r"(?:дом|д|house|no|nr|№|\#|בית|بيت|منزل|дім|буд)"
PARTS = (  # written out or short, all become one letter
    (r"корпус|корп|кор|к|korpus|korp|k", "k"),
    (r"строение|стр|с|stroenie|str|s", "s"),
    (r"литера|литер|лит", ""),
    (r"владение|влад|вл", "v"),
)
PART = "|".join(f"(?:{words})" for words, _ in PARTS)
HOUSE = rf"""
    (?:{HOUSE_WORDS}\.?\s*)?
    \d{{1,5}}
    (?:\s?[^\W\d_](?![^\W\d_]))?                            # 5а, 5 а
    (?:\s*[/\\-]\s*\d{{1,4}}(?:[^\W\d_](?![^\W\d_]))?)?     # 5/2, 5-7
    (?:\s*(?:{PART})\.?\s*\d{{1,3}}(?:[^\W\d_](?![^\W\d_]))?)*     # 5 корп. 2 стр. 1
"""
LAST = re.compile(rf"(?:^|[\s,.]|(?<=[^\W\d_]))(?P<house>{HOUSE})\s*$", re.VERBOSE | re.IGNORECASE)
FIRST = re.compile(rf"^\s*(?P<house>{HOUSE})(?=[\s,.]|(?<=\d)(?=[^\W\d_])|$)", re.VERBOSE | re.IGNORECASE)
ORDINAL = re.compile(r"\b(\d+)\s*-?\s*(?:я|й|е|ая|ой|ый|ое|го|st|nd|rd|th)\b", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")
INSIDE = re.compile(
    r"[\s,]+(?:квартира|кв|подъезд|под|этаж|flat|apt|mieszkanie|m|דירה|شقة)\.?\s*\d+\w?\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand what was typed: words that name something, and a house's number or none."""

    words: tuple[str, ...]  # keys (`folding.key`), kinds of street left out unless there is nothing else
    kinds: frozenset[str]  # of street, as typed
    house: str = ""  # as `house_key` writes it
    typed_house: str = ""


def readings(text: str) -> list[Reading]:
    """All ways to understand the text, the number of a house last, first, or none at all."""
    text = INSIDE.sub("", _with_words(text))
    found = [_reading(text)]
    for pattern in (LAST, FIRST):
        match = pattern.search(text)
        rest = match and f"{text[: match.start('house')]} {text[match.end('house') :]}"
        if match and rest and WORD.search(rest):
            house = match["house"].strip(" ,.")
            found.append(_reading(rest, house_key(house), _shown(house)))
    return list(dict.fromkeys(reading for reading in found if reading.words))


def _reading(text: str, house: str = "", typed: str = "") -> Reading:
    words, kinds = split(text)
    return Reading(words, kinds, house, typed)


@lru_cache(maxsize=32768)
def split(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a name as keys, and the kinds of street among them: ("tverskaia",), {"street"}."""
    every = folding.key(ORDINAL.sub(r"\1", _with_words(text))).split()
    kinds = frozenset(KIND_OF[word] for word in every if word in KIND_OF)
    return tuple(word for word in every if word not in KIND_OF) or tuple(every), kinds


def search_key(text: str) -> str:
    """What of a name is looked for: its words as keys, without the kind of street."""
    return " ".join(split(text)[0])


def house_key(number: str) -> str:
    """All writings of a house's number as one: "5 корп. 2", "5К2" and "д.5к2" are "5k2"."""
    text = re.sub(rf"^\s*{HOUSE_WORDS}\.?\s*(?=\d)", "", number.casefold())
    for words, letter in PARTS:
        text = re.sub(rf"(?<=[\d\s])(?:{words})\.?\s*(?=\d)", letter, text)
    text = re.sub(r"\b(?:литера|литер|лит)\.?\s*", "", text)
    latin = folding.fold(text).translate(folding.TO_LATIN)
    return re.sub(r"[^a-z0-9/-]", "", latin.replace("\\", "/"))


def _shown(house: str) -> str:
    return re.sub(rf"^{HOUSE_WORDS}\.?\s*(?=\d)", "", house, flags=re.IGNORECASE).strip()


def _with_words(text: str) -> str:
    for short, word in HYPHENATED:
        text = re.sub(rf"(?<!\w){short}(?!\w)", word, text, flags=re.IGNORECASE)
    return text


def alike(word: str, other: str) -> float:
    """How well a typed word fits one of a name, 0 to 1: the same, its beginning, or either with slips of the hand."""
    if word == other:
        return 1.0
    if other.startswith(word):
        return 0.9 + 0.05 * len(word) / len(other)
    if not word.isalpha() or len(word) < 3:
        return 0.0
    allowed = 1 if len(word) < 7 else 2
    whole, beginning = slips(word, other, allowed)
    if whole <= allowed:
        return 0.8 - 0.1 * (whole - 1)
    if beginning <= allowed and len(word) >= 4:
        return 0.72 - 0.1 * (beginning - 1)
    return 0.0


def slips(word: str, other: str, allowed: int) -> tuple[int, int]:
    """Slips of the hand (a letter wrong, missing, too many, two swapped) between the word and the other, and between
    the word and the best beginning of the other; what is more than `allowed` is only said to be more."""
    too_many = allowed + 1
    if len(word) > len(other) + allowed or len(set(word).difference(other)) > allowed:
        return too_many, too_many
    before_last: Sequence[int] = ()
    last: Sequence[int] = range(len(other) + 1)
    for row, letter in enumerate(word, 1):
        this = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and word[row - 2] == against:
                cost = min(cost, before_last[column - 2] + 1)
            this.append(cost)
        if min(this) > allowed:
            return too_many, too_many
        before_last, last = last, this
    return last[-1], min(last[max(0, len(word) - allowed) :])


def fits(reading: Reading, words: Sequence[str], kinds: frozenset[str], beside: Sequence[str] = ()) -> float:
    """How well a reading fits a name, from 0 to about 1. `beside`: words that may stand with it, such as the town's."""
    free = list(words)
    points: list[float] = []
    for typed in reading.words:
        best = max(free, key=lambda word: alike(typed, word), default="")
        got = alike(typed, best)
        if got:
            free.remove(best)
        elif any(alike(typed, word) >= 0.9 for word in beside):
            continue
        else:
            got = _on_the_way_to_a_kind(typed, kinds)
        points.append(got)
        if not got and points.count(0.0) * 3 > len(reading.words):
            return 0.0
    if not points or points.count(0.0) * 3 > len(points):
        return 0.0
    score = sum(points) / len(points) - 0.08 * len(free) / len(words)
    if reading.kinds and kinds:
        score += 0.04 if reading.kinds & kinds else -0.04
    return score


def _on_the_way_to_a_kind(typed: str, kinds: frozenset[str]) -> float:
    """Such as "ленинский просп" on the way to "проспект", or a slip of the hand in it."""
    words = [word for kind in kinds for word in WORDS_OF[kind]]
    if any(word.startswith(typed) for word in words):
        return 0.9
    return max((alike(typed, word) for word in words if len(word) > 4), default=0.0) if len(typed) > 4 else 0.0
