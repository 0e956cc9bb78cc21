"""Who works and who calls in the journeys. Run as a script, it writes them into the database of DATABASE_URL.

python -m tests.journeys.people      prints {username: password}
"""

import json
import os
import secrets
import sys

VERA, BORIS, SERGEY, MARINA, ANTON, DRIVER_17 = "vera", "boris", "sergey", "marina", "anton", "driver17"
STRANGER, LARISA, KONSTANTIN = "79161234567", "79031112233", "79165550101"
MOBILE_OF_17, MOBILE_OF_18 = "79850000017", "79850000018"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
    import django

    django.setup()
    from dispatch.staff.models import Person, Role
    from orders.models import Client, ClientPhone, Driver, DriverPhone, Vehicle
    from telephony.models import Extension

    passwords = {}
    for username, surname, name, role, extension in (
        (VERA, "Sidorova", "Vera", Role.DISPATCHER, "101"),
        (BORIS, "Petrov", "Boris", Role.DISPATCHER, "102"),
        (SERGEY, "Volkov", "Sergey", Role.SUPERVISOR, "103"),
        (MARINA, "Orlova", "Marina", Role.MANAGER, ""),
        (ANTON, "Lebedev", "Anton", Role.ADMINISTRATOR, ""),
        (DRIVER_17, "Gromov", "Pavel", Role.DRIVER, ""),
    ):
        passwords[username] = secrets.token_urlsafe(12)
        person = Person(username=username, last_name=surname, first_name=name, roles=[role], own_extension=extension)
        person.set_password(passwords[username])
        person.save()
    for number in ("101", "102", "103"):
        owner = Person.objects.filter(own_extension=number).first()
        Extension.objects.create(number=number, interface=f"PJSIP/{number}", label=f"place {number}", owner=owner)
    for call_sign, surname, mobile in (("17", "Gromov", MOBILE_OF_17), ("18", "Zaitsev", MOBILE_OF_18)):
        car = Vehicle.objects.create(plate=f"A0{call_sign}", description="white Kia")
        driver = Driver.objects.create(
            call_sign=call_sign, first_name="Pavel", last_name=surname, vehicle=car, on_shift=True
        )
        DriverPhone.objects.create(driver=driver, e164=f"+{mobile}", raw=mobile, is_main=True)
    known = Client.objects.create(name="Konstantin Belov")
    ClientPhone.objects.create(client=known, e164=f"+{KONSTANTIN}", raw=KONSTANTIN, is_main=True)
    sys.stdout.write(json.dumps(passwords))


def take_order(number: str, pickup: str) -> int:
    """Boris takes an order; its number. Inside Django only (`manage.py shell`)."""
    from dispatch.staff.models import Person
    from orders import actors
    from orders.services import intake

    booking = intake.Booking(phone=f"+{number}", phone_raw=number, pickup=pickup)
    actor = actors.staff(Person.objects.get(username=BORIS))
    return intake.place(booking=booking, actor=actor).pk


def speak(language: str) -> None:
    """Anton reads his pages in that language. Inside Django only."""
    from dispatch.staff.models import Person

    Person.objects.filter(username=ANTON).update(language=language)


def find_faults(language: str) -> None:
    """The latest examination of the PBX was of an ill one, and Anton reads that language. Inside Django only."""
    from django.utils import timezone

    from dispatch.staff.models import Person
    from telephony.doctor.findings import fail, ok, warn
    from telephony.models import Examination

    found = {
        "clock": [fail("clock_differs", seconds="90.0")],
        "may": [fail("may_not", user="dispatch", classes="agent")],
        "dialplan": [fail("contexts_differ", contexts="desk-hold, desk-park", files="hold.conf, park.conf")],
        "music": [ok("music", name="default", classes=["default", "jazz"]), warn("classes_empty", names="empty")],
        "recording": [fail("not_seen", folder="/var/spool/asterisk/monitor", ours="/recordings")],
    }
    now = timezone.now()
    Examination.objects.create(
        asked_by=Person.objects.get(username=ANTON),
        asked_at=now,
        begun_at=now,
        finished_at=now,
        found=[{"check": check, "findings": [vars(each) for each in some]} for check, some in found.items()],
    )
    speak(language)


if __name__ == "__main__":
    main()
