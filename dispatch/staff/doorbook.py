"""Who came, who left, and who failed at the door, written into the journal."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from dispatch.audit import journal
from dispatch.staff.access import address_of
from dispatch.staff.models import Person

LONGEST_NAME = 150


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Person, **_: Any) -> None:
    journal.record(user, "door.signed_in", user, address=address_of(request))


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Person | None, **_: Any) -> None:
    if user is not None:
        journal.record(user, "door.signed_out", user, address=address_of(request))


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if request is None or getattr(request, "axes_locked_out", False):
        return
    name = str(credentials.get("username", ""))[:LONGEST_NAME]
    journal.record(None, "door.failed", address=address_of(request), username=name)


@receiver(user_locked_out)
def locked(request: HttpRequest, username: str, **_: Any) -> None:
    if request.axes_failures_since_start is None:  # type: ignore[attr-defined]
        return  # a further try at the locked door: the lock is one line of the journal, however often one knocks
    journal.record(None, "door.locked", address=address_of(request), username=str(username)[:LONGEST_NAME])
