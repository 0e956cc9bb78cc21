"""Are all translations complete and current? `python -m tests.house.translations` (needs Debian's gettext).

Extracts the messages anew with Django's makemessages into a scratch copy and compares.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("ru", "ar", "he", "pl")
IGNORED = (".venv", "node_modules", "var", "staticfiles", "tests", "docs", ".git")


def main() -> int:
    if not shutil.which("xgettext"):
        print("translations were not checked: xgettext is missing (Debian: apt install gettext)")  # noqa: T201
        return 1
    faults = [fault for language in LANGUAGES for fault in faults_of(language, extracted(language))]
    print("\n".join(faults[:60]))  # noqa: T201
    return 1 if faults else 0


def extracted(language: str) -> Catalog:
    """The messages that the sources hold now, for one language."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "src"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*IGNORED), symlinks=True)
        command = [sys.executable, "manage.py", "makemessages", "-l", language, "--no-location", "-v", "0"]
        subprocess.run(command, cwd=copy, check=True, capture_output=True)  # noqa: S603
        with (copy / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
            return read_po(file)


def faults_of(language: str, current: Catalog) -> list[str]:
    faults = []
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return [f"{language}: {path.relative_to(ROOT)} is missing"]
    with path.open("rb") as file:
        committed = read_po(file)
    for message in current:
        if not message.id:
            continue
        shown = message.id if isinstance(message.id, str) else message.id[0]
        known = committed.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        if known is None:
            faults.append(f"{language}: not in the catalogue: {shown!r}")
            continue
        strings = known.string if isinstance(known.string, tuple | list) else [known.string]
        if known.fuzzy or not all(strings):
            faults.append(f"{language}: not translated: {shown!r}")
        elif list(known.check()):
            faults.append(f"{language}: wrong placeholders: {shown!r}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
