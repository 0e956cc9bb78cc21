"""Telephones in the browser of a crew, for `bin/bench storm`: prints what the desk gives each of their tabs."""

import json
import os
import sys


def main(numbers: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
    import django

    django.setup()
    from bench._crew import crew
    from dispatch.staff.models import Person
    from telephony.services import browser_line
    from telephony.views.browser_line import registration

    given = []
    for number, session in crew(numbers).items():
        person = Person.objects.get(username=f"d{number}")
        line = browser_line.give(person=person, tab=f"{int(number):032x}", session_key=session, device="bench")
        given.append(registration(line))
    sys.stdout.write(json.dumps(given))


if __name__ == "__main__":
    main(sys.argv[1].split(","))
