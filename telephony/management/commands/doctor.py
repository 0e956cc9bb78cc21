"""`manage.py doctor`: is the PBX as the desk needs it? By real actions on it, none of which touches a client."""

import asyncio
import sys
from argparse import ArgumentParser
from contextlib import aclosing
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from telephony.ami.guard import Address
from telephony.doctor import findings as f
from telephony.doctor import words
from telephony.doctor.examination import Case, examine_all
from telephony.services import examinations

SIGNS = {f.OK: "ok   ", f.WARN: "warn ", f.FAIL: "FAIL ", f.NOT: "  -  "}


class Command(BaseCommand):
    help = "Examine the PBX by real actions, and say how to mend what fails. Ends with 1 when something does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ami", metavar="URL", default=settings.AMI_URL, help="ami://user:secret@host:port")
        parser.add_argument("--ring", nargs=2, metavar="EXTENSION", default=(), help="ring these two, and connect them")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = Address.parse(options["ami"]) if options["ami"] else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        case = examinations.case(address, options["ring"])
        known = dict(case.telephones)
        if any(number not in known for number in case.ring):
            raise CommandError(f"no such extension: {', '.join(number for number in case.ring if number not in known)}")
        with translation.override(options["language"]):
            if asyncio.run(self._examine(case)):
                sys.exit(1)

    async def _examine(self, case: Case) -> bool:
        """Whether anything has to be mended."""
        failed = False
        async with aclosing(examine_all(case)) as rounds:
            async for check, findings in rounds:
                for finding in findings:
                    failed |= finding.state == f.FAIL
                    said = words.sentence(finding.said, finding.args)
                    self.stdout.write(f"{SIGNS[finding.state]} {words.name(check)}: {said}")
                    for line in words.mend(finding.said, finding.args).splitlines():
                        self.stdout.write(f"          {line}".rstrip())
        return failed
