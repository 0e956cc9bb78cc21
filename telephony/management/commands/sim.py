"""`manage.py sim`: a thin door to the pretend PBX, which itself knows nothing of Django."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from telephony.sim import __main__ as sim


class Command(BaseCommand):
    help = "Run the pretend PBX: AMI on loopback, a town that calls, and a page that steers it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        sim.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        status = sim.run(argparse.Namespace(**options))
        if status:
            sys.exit(status)
