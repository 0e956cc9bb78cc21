"""A crew on shift, for `bin/bench chaos --load`: prints {extension: session key}. Colleagues only have telephones."""

import json
import os
import sys
from collections.abc import Sequence


def main(on_shift: list[str], colleagues: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps(crew(on_shift, colleagues)))


def crew(on_shift: Sequence[str], colleagues: Sequence[str] = ()) -> dict[str, str]:
    """Extension → session key. Inside Django only."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from dispatch.staff.models import Person, Role
    from dispatch.staff.services import shifts
    from telephony.models import Extension

    keys = {}
    for number in (*on_shift, *colleagues):
        Extension.objects.create(number=number, interface=f"PJSIP/{number}")
    for number in on_shift:
        person = Person.objects.create(
            username=f"d{number}", last_name=f"Dispatcher {number}", first_name="", roles=[Role.DISPATCHER]
        )
        shifts.start_shift(person=person, extension=number, actor=person)
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        keys[number] = str(session.session_key)
    return keys


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2].split(","))
