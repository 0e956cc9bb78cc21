"""`manage.py prepare`: tables, the demo town and the sign-ins, in one start of Python. What `bin/up` calls."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the database up to date, lay out the demo town, make the sign-ins of this installation."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("demo", verbosity=0)
        call_command("people", sign_in=str(settings.VAR_DIR / "sign-in.json"), verbosity=0)
