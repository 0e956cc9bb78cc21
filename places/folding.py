"""How different writings of one name come together: without marks, in Latin letters, and from the wrong keyboard.

`key` is ASCII on purpose: trigrams of PostgreSQL see no other letters where the database has a C locale, as the
embedded one has.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

OTHER_LETTERS = str.maketrans(
    {
        "ё": "е", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i",
        "і": "и", "ї": "и", "ґ": "г", "є": "е", "ў": "у",
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": "",
        "ک": "ك", "ی": "ي", "گ": "ك", "پ": "ب", "چ": "ج",
    }
)  # fmt: skip
APOSTROPHES = re.compile(r"['’ʼ`׳״ʹ\"«»„“”]")  # within a word they part nothing: д'Артаньян, רח', L’viv
MARKED_AS_LETTER = frozenset("й")  # a letter of its own, although Unicode takes it for и with a mark

TO_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k",
        "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
        "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
        "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "v", "ז": "z", "ח": "h", "ט": "t", "י": "i", "כ": "k",
        "ל": "l", "מ": "m", "נ": "n", "ס": "s", "ע": "a", "פ": "p", "צ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
        "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "h", "د": "d", "ذ": "z", "ر": "r", "ز": "z",
        "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "g", "ف": "f", "ق": "k", "ك": "k",
        "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "v", "ي": "i", "ء": "",
    }
)  # fmt: skip
# Several ways of writing one sound in Latin letters (passports, signs, habits) become one; the order matters.
SAME_SOUND = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("shch|sch|sz", "sh"), ("tch|cz", "ch"), ("kh", "h"), ("x", "ks"), ("w", "v"), ("[yj]", "i"), ("ck", "k"),
        ("^ie", "e"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip

KEYBOARDS = {  # the same keys, from the upper left to the lower right
    "en": tuple("`qwertyuiop[]asdfghjkl;'zxcvbnm,."),
    "ru": tuple("ёйцукенгшщзхъфывапролджэячсмитьбю"),
    "he": tuple(";/'קראטוןםפ][שדגכעיחלךף,זסבהנמצתץ"),
    "ar": (*"ذضصثقفغعهخحجدشسيبلاتنمكطئءؤر", "لا", *"ىةوز"),  # its B writes two letters at once
}
SCRIPTS = (("ru", "CYRILLIC"), ("he", "HEBREW"), ("ar", "ARABIC"), ("en", "LATIN"))
OTHER_KEYBOARDS = {"en": ("ru", "he", "ar"), "ru": ("en",), "he": ("en", "ru"), "ar": ("en", "ru")}
A_REAL_COMMA = re.compile(r"[.,](?=[\s\d]|$)")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Small letters of the same script without marks: "Żółta" is "zolta", "Ёлочка" is "елочка"."""
    small = APOSTROPHES.sub("", unicodedata.normalize("NFC", text).casefold().replace("№", " "))
    return "".join(_unmarked(small)).translate(OTHER_LETTERS)


def _unmarked(text: str) -> Iterator[str]:
    for letter in text:
        if letter in MARKED_AS_LETTER:
            yield letter
        else:
            yield from (
                part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.category(part).startswith("M")
            )


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """What all writings of a name have in common: small ASCII letters and digits, words parted by one blank."""
    latin = fold(text).translate(TO_LATIN)
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in latin).split()
    return " ".join(filter(None, map(_sound, words)))


def _sound(word: str) -> str:
    if not word.isalpha():
        return word
    for pattern, sound in SAME_SOUND:
        word = pattern.sub(sound, word)
    return word


def retyped(text: str) -> list[str]:
    """What the same keys write on the other keyboards: "ktybyf" is "ленина". Empty for mixed scripts and for digits."""
    keyboard = _keyboard(text)
    if not keyboard:
        return []
    return [_typed_on(text.casefold(), keyboard, other) for other in OTHER_KEYBOARDS[keyboard]]


def _keyboard(text: str) -> str:
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()}
    return next((name for name, script in SCRIPTS if scripts == {script}), "")


def _typed_on(text: str, keyboard: str, other: str) -> str:
    kept = {found.start() for found in A_REAL_COMMA.finditer(text)}
    keys = dict(zip(KEYBOARDS[keyboard], KEYBOARDS[other], strict=True))
    return "".join(letter if place in kept else keys.get(letter, letter) for place, letter in enumerate(text))


def keys(text: str) -> list[str]:
    """The keys under which what was typed may be meant: as it stands, then as the other keyboards write it."""
    return unique(key(reading) for reading in (text, *retyped(text)))


def unique(items: Iterable[str]) -> list[str]:
    """Those that are not empty, each once."""
    return [item for item in dict.fromkeys(items) if item]
