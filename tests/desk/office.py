"""The office of the desk's tests: calls that ring, without a PBX: the rows and the push are the product's own."""

import itertools
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import Person, Shift
from telephony.models import Call, Lease

_keys = itertools.count(1)


def on_shift(person: Person, extension: str) -> Person:
    Shift.objects.create(person=person, extension=extension, started_at=timezone.now())
    return person


def telephones_work() -> None:
    """A link that renews its lease and hears its PBX; in the future, so that nobody has to renew it."""
    later = timezone.now() + timedelta(hours=1)
    Lease.objects.update_or_create(
        id=1, defaults={"epoch": 1, "renewed_at": later, "pbx": Lease.Pbx.UP, "pbx_seen_at": later}
    )


def telephones_fall_silent() -> None:
    Lease.objects.update(renewed_at=timezone.now() - timedelta(seconds=10))


@transaction.atomic
def ring(number: str, *, at: list[str] | None = None, seconds: float = 0, **fields: object) -> Call:
    """Somebody calls and waits since so many seconds; `at`: the extensions that ring."""
    call = Call.objects.create(
        key=f"test-{next(_keys)}",
        direction="in",
        state="ringing",
        caller_raw=number,
        caller_e164=number,
        dialled="+74951234567",
        queue="dispatch",
        ringing=at or [],
        started_at=timezone.now() - timedelta(seconds=seconds),
        **({"recognised": "new"} | fields),
    )
    _tell(call)
    return call


@transaction.atomic
def answered(call: Call, by: Person, extension: str) -> None:
    call.state, call.ringing, call.talking_to = "talking", [], [extension]
    call.answered_by, call.answered_extension, call.answered_at = by, extension, timezone.now()
    call.save()
    _tell(call)
    publish.changed(private(by.pk), "talk", call.pk)


@transaction.atomic
def hung_up(call: Call) -> None:
    call.state, call.talking_to, call.ringing, call.ended_at = "ended", [], [], timezone.now()
    call.save()
    _tell(call)
    if call.answered_by_id:
        publish.changed(private(call.answered_by_id), "talk", call.pk)


def _tell(call: Call) -> None:
    publish.changed("calls", "call", call.pk)
