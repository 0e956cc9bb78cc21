#!/usr/bin/env python3
"""Django's own door to every command of the house."""

import os
import secrets
import sys

OFFLINE = ("replay", "tape")  # commands that sign and store nothing run without any settings of an installation


def main() -> None:
    if sys.argv[1:2] and sys.argv[1] in OFFLINE:
        os.environ["SECRET_KEY"] = os.environ.get("SECRET_KEY") or secrets.token_urlsafe(50)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
