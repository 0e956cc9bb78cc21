"""Telephone numbers as people, PBXs and carriers write them. No Django, nothing here raises."""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

SHORTEST = 6  # digits; below are extensions, service and emergency numbers
LONGEST = 18  # digits, with an international prefix
LONGEST_NATIONAL = 11  # digits; as many or more may be an international number whose plus was lost
_SEPARATORS = re.compile(r"[\s().\-‐-―−/_⁠­‎‏‪-‮⁦-⁩]")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_SCHEME = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)


def e164(raw: str | None, *, region: str, city_code: str = "") -> str:
    """`raw` as E.164 ("+79123456789"), or "" for a hidden number, an extension or nonsense.

    `region` (ISO, "RU") says how national numbers are read, `city_code` how short city numbers are.
    """
    dialled = _dialled(raw or "")
    digits = dialled.removeprefix("+")
    if not digits.isdigit() or not SHORTEST <= len(digits) <= LONGEST or len(set(digits)) == 1:
        return ""
    parsed = [p for reading in _readings(dialled, city_code) if (p := _parsed(reading, region))]
    likely = (p for p in parsed if phonenumbers.is_valid_number(p))  # a number in use before a merely possible one
    number = next(likely, None) or next(iter(parsed), None)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else ""


def national(number: str, region: str) -> str:
    """An E.164 number as people of `region` write it; a foreign one internationally; anything else unchanged."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def writings(number: str, *, region: str, city_code: str = "") -> frozenset[str]:
    """The digits in which a carrier may send this E.164 number: international, with the national prefix, without it,
    and within the city."""
    digits = number.removeprefix("+")
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return frozenset({digits})
    if phonenumbers.country_code_for_region(region) != parsed.country_code:
        return frozenset({digits, f"00{digits}"})
    bare = phonenumbers.national_significant_number(parsed)
    prefixed = re.sub(r"\D", "", phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    within = {bare.removeprefix(city_code)} if city_code and bare.startswith(city_code) else set()
    return frozenset({digits, prefixed, bare, *within})


def masked(number: str) -> str:
    """Enough of a number to tell two apart on one screen, not enough to call it: "+7••••••••89"."""
    hidden = len(number) - 4
    return f"{number[:2]}{'•' * hidden}{number[-2:]}" if hidden > 0 else "•" * len(number)


def masked_within(text: str, region: str) -> str:
    """The text with each telephone number in it masked, in whatever writing it stands there."""
    for found in reversed(list(phonenumbers.PhoneNumberMatcher(text, region, max_tries=10_000))):
        number = phonenumbers.format_number(found.number, PhoneNumberFormat.E164)
        text = text[: found.start] + masked(number) + text[found.end :]
    return text


def _dialled(raw: str) -> str:
    """What is left of `"Anna" <sip:+7 (912) 345@host;tag=1>` when only what one would dial is kept."""
    inner = _IN_BRACKETS.search(raw)
    text = (inner.group(1) if inner else raw).strip().strip("\"'").strip()
    text = _SCHEME.sub("", text)
    text = re.split(r"[@;,]", text, maxsplit=1)[0].replace("%2B", "+").strip().strip("\"'")
    text = _SEPARATORS.sub("", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else {"＋": "+"}.get(c, c) for c in text)


def _readings(dialled: str, city_code: str) -> tuple[str, ...]:
    """The ways to read the digits: national, with the international prefix, of this city, with the plus lost."""
    if dialled.startswith("+"):
        return (dialled,)
    abroad = (f"+{dialled[2:]}",) if dialled.startswith("00") else ()
    city = (f"{city_code}{dialled}",) if city_code else ()
    bare = (f"+{dialled}",) if len(dialled) >= LONGEST_NATIONAL else ()
    return (dialled, *abroad, *city, *bare)


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    fits = phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE
    return parsed if fits else None
