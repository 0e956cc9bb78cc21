"""`manage.py import_places FILE`: streets, houses and places out of an OpenStreetMap extract or a table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from places import readers, wording
from places.services import importing
from places.services.importing import Tally

SHOWN = 20


class Command(BaseCommand):
    help = "Take streets, houses and places from FILE (.osm.pbf, .osm, .csv) into the directory; again: corrects them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--town", default="", help="the office's own town, which addresses need not name")
        parser.add_argument("--preview", action="store_true", help="say what would be done, and change nothing")

    def handle(self, *args: Any, file: Path, town: str, preview: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"{file} is no file.")
        records = readers.read(file, town=town)
        if preview:
            tally = importing.preview(records, self.progress)
        else:
            tally = importing.take(records, actor=None, source=file.name, progress=self.progress)
        for fault in tally.faults[:SHOWN]:
            self.stderr.write(wording.fault(fault))
        if tally.faulty > SHOWN:
            self.stderr.write(f"… and {tally.faulty - SHOWN} more")
        for word, counts in (("new", tally.added), ("changed", tally.changed), ("as before", tally.same)):
            said = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
            self.stdout.write(f"{word}: {said or 'none'}")
        self.stdout.write(f"not taken: {tally.faulty}")
        if not tally.taken:
            raise CommandError("There was nothing to take in that file.")

    def progress(self, tally: Tally) -> None:
        self.stdout.write(f"{tally.taken} read", ending="\r")
