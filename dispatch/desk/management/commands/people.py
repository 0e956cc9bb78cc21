import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from dispatch.desk import demo, town
from dispatch.staff.models import Person
from dispatch.staff.services.people import set_password

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike
GROUPS = 3


class Command(BaseCommand):
    help = "Give the people of the demo town their passwords, made for this installation, and write them into a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-in", required=True, metavar="FILE", help="JSON for its owner only (0600)")

    def handle(self, *args: Any, **options: Any) -> None:
        """A password that the file knows stays; an account that it does not know gets a new one, even when it had
        one: its password is lost with the file."""
        file = Path(options["sign_in"])
        known = _passwords_in(file)
        with transaction.atomic():
            people = {colleague: demo.person(colleague) for colleague in town.COLLEAGUES}
            for person in people.values():
                if person.username in known and person.has_usable_password():
                    continue
                password = known.setdefault(person.username, _new_password())
                set_password(person=person, password=password, actor=None)
            _write(file, [_line(colleague, person, known) for colleague, person in people.items()])
        if options["verbosity"]:
            self.stdout.write(f"{len(people)} people sign in with the passwords in {file}")


def _passwords_in(file: Path) -> dict[str, str]:
    try:
        return {line["username"]: line["password"] for line in json.loads(file.read_text())}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _line(colleague: town.Colleague, person: Person, known: dict[str, str]) -> dict[str, str]:
    return {
        "role": colleague.role.value,
        "username": person.username,
        "password": known[person.username],
        "name": person.full_name,
    }


def _new_password() -> str:
    """About 59 bits, in groups that one can read aloud."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(GROUPS))


def _write(file: Path, lines: list[dict[str, str]]) -> None:
    """Whole or not at all, and never for a moment readable by others."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(lines, out, ensure_ascii=False, indent=1)
        out.write("\n")
    new.replace(file)
