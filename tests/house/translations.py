"""Are all translations complete and current? `python -m tests.house.translations` (needs Debian's gettext).

Extracts the messages anew with Django's makemessages into a scratch copy and compares. Says nothing when all is well.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("ru", "ar", "he", "pl")
IGNORED = (".venv", "node_modules", "var", "staticfiles", "tests", "docs", ".git")
BRACED = re.compile(r"\{\w+\}")  # {age}: filled in by the page, so gettext does not know of it


def main() -> int:
    if not shutil.which("xgettext"):
        print("translations were not checked: xgettext is missing (Debian: apt install gettext)")  # noqa: T201
        return 1
    current = extracted()
    faults = [fault for language in LANGUAGES for fault in faults_of(language, current)]
    for fault in faults[:60]:
        print(fault)  # noqa: T201
    return 1 if faults else 0


def extracted() -> Catalog:
    """The messages that the sources hold now."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "src"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*IGNORED, "*.po"), symlinks=True)
        command = [sys.executable, "manage.py", "makemessages", "-l", LANGUAGES[0], "--no-location", "-v", "0"]
        subprocess.run(command, cwd=copy, check=True, capture_output=True)  # noqa: S603
        with (copy / "locale" / LANGUAGES[0] / "LC_MESSAGES" / "django.po").open("rb") as file:
            return read_po(file)


def faults_of(language: str, current: Catalog) -> Iterator[str]:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        yield f"{language}: {path.relative_to(ROOT)} is missing"
        return
    with path.open("rb") as file:
        committed = read_po(file)
    for message in current:
        if not message.id:
            continue
        asked = many(message.id)[0]
        known = committed.get(asked, message.context)
        if known is None:
            yield f"{language}: not in the catalogue: {asked!r}"
        elif known.fuzzy or not all(many(known.string)):
            yield f"{language}: not translated: {asked!r}"
        elif known.pluralizable != message.pluralizable or list(known.check(committed)) or differ(known):
            yield f"{language}: wrong placeholders or plural forms: {asked!r}"


def differ(message: Message) -> bool:
    wanted = {hole for text in many(message.id) for hole in BRACED.findall(text)}
    return any(set(BRACED.findall(text)) != wanted for text in many(message.string))


def many(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


if __name__ == "__main__":
    sys.exit(main())
