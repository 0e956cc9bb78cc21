"""The office that the telephony tests play in: its people, its clients and drivers, and the calls that come."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from dispatch.staff.models import Person, Role, Shift
from orders.flow import State
from orders.models import Client, ClientPhone, Driver, DriverPhone, Order
from telephony.models import Call, Extension, Leg, Recording
from telephony.selectors import lines

ANNA = "+79161234567"
MOBILE = "+79031112233"
STRANGER = "+79269998877"


def person(name: str, *roles: Role, extension: str = "", language: str = "en") -> Person:
    """`name` is "Vera Ivanova"; with an extension, on an open shift there."""
    first, last = name.split(" ")
    made = Person.objects.create(
        username=first.lower(), first_name=first, last_name=last, roles=list(roles), language=language
    )
    if extension:
        Extension.objects.get_or_create(number=extension, defaults={"interface": f"PJSIP/{extension}"})
        Shift.objects.create(person=made, extension=extension, started_at=timezone.now())
    return made


def vera(extension: str = "101") -> Person:
    return person("Vera Ivanova", Role.DISPATCHER, extension=extension)


def boris(extension: str = "102") -> Person:
    return person("Boris Petrov", Role.DISPATCHER, extension=extension)


def sofia(extension: str = "") -> Person:
    return person("Sofia Orlova", Role.SUPERVISOR, extension=extension)


def marina() -> Person:
    return person("Marina Kotova", Role.MANAGER)


def client(name: str = "Anna Sidorova", *numbers: str, mark: str = "", reason: str = "") -> Client:
    made = Client.objects.create(name=name, mark=mark, mark_reason=reason)
    for number in numbers or (ANNA,):
        ClientPhone.objects.create(client=made, e164=number, raw=number)
    return made


def driver(call_sign: str = "17", *numbers: str) -> Driver:
    made = Driver.objects.create(call_sign=call_sign, first_name="Ivan", last_name="Sokolov", on_shift=True)
    for number in numbers or (MOBILE,):
        DriverPhone.objects.create(driver=made, e164=number, raw=number)
    return made


def order(of: Client | None = None, *, by: Driver | None = None, state: State | None = None, **fields: Any) -> Order:
    fields = {"pickup": "Tverskaya 1", "phone": ANNA if of else "", **fields}
    return Order.objects.create(
        client=of,
        driver=by,
        state=state or (State.ASSIGNED if by else State.SEARCHING),
        state_since=timezone.now(),
        **fields,
    )


def call(number: str = STRANGER, **fields: Any) -> Call:
    """A call that comes in over the city line and rings on two desks, unless `fields` say otherwise."""
    count = Call.objects.count()
    fields = {
        "key": f"key-{count}",
        "direction": Call.Direction.IN,
        "state": Call.State.RINGING,
        "caller_raw": number.removeprefix("+"),
        "caller_e164": number if number.startswith("+") else "",
        "dialled": "74951234567",
        "queue": "dispatch",
        "ringing": ["101", "102"],
        "recognised": "new",
        "started_at": timezone.now() - timedelta(seconds=60 - count % 60),
        **fields,
    }
    fields.setdefault("fleet_id", lines.fleet_called(fields["dialled"]))
    return Call.objects.create(**fields)


def answered(by: Person, extension: str = "101", **fields: Any) -> Call:
    """A call that `by` answered after ten seconds and that ended after a minute more."""
    start = fields.pop("started_at", None) or timezone.now() - timedelta(minutes=5)
    made = call(
        **{
            "state": Call.State.ENDED,
            "result": Call.Result.ANSWERED,
            "ringing": [],
            "started_at": start,
            "answered_at": start + timedelta(seconds=10),
            "ended_at": start + timedelta(seconds=70),
            "answered_by": by,
            "answered_extension": extension,
            "ended_by": "caller",
            **fields,
        }
    )
    leg(made, extension, person=by, outcome="answered", answered_at=made.answered_at, ended_at=made.ended_at)
    return made


def missed(number: str = STRANGER, **fields: Any) -> Call:
    start = fields.pop("started_at", None) or timezone.now() - timedelta(minutes=5)
    return call(
        number,
        **{
            "state": Call.State.ENDED,
            "result": Call.Result.ABANDONED,
            "ringing": [],
            "started_at": start,
            "ended_at": start + timedelta(seconds=25),
            "ended_by": "caller",
            **fields,
        },
    )


def leg(of: Call, party: str, **fields: Any) -> Leg:
    count = of.legs.count()
    fields = {"role": "called", "started_at": of.started_at, "channel": f"PJSIP/{party}-{count}", **fields}
    return Leg.objects.create(call=of, uniqueid=f"{of.key}.{count}", party=party, **fields)


def recording(of: Call, file: str = "one.wav", **fields: Any) -> Recording:
    return Recording.objects.create(call=of, file=file, **{"started_at": of.answered_at or of.started_at, **fields})
