"""The line of a person's telephone in the browser: one tab has it, for as long as it renews it (decision 0018)."""

import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.audit import journal
from dispatch.live import publish
from dispatch.live.numbers import private
from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from telephony import bell
from telephony.models import BrowserLine
from telephony.sentences import sentence

FAMILY = "desk-line/auth"  # of AstDB, where the PBX looks for what a browser registers with (sorcery.conf)
TAB = re.compile(r"[0-9a-f]{32}")


class Taken(Exception):
    """Another tab has the line."""

    def __init__(self, device: str, since: datetime) -> None:
        super().__init__(device)
        self.device, self.since = device, since


def give(
    *, person: Person, tab: str, session_key: str, device: str, take: bool = False, address: str | None = None
) -> BrowserLine:
    """The line for that tab, with a new HA1; the one before is void at once. `take`: also when another tab has it.

    Raises Refused, or Taken.
    """
    with transaction.atomic():
        # of two tabs that ask at once, the second waits here
        shift = Shift.objects.select_for_update(no_key=True).filter(person=person, ended_at=None).first()
        if shift is None:
            raise Refused(sentence("no_shift", {}))
        now = timezone.now()
        line = BrowserLine.objects.filter(person=person).first()
        is_another = line is not None and line.holder != tab and is_valid(line)
        if line is not None and is_another and not take:
            raise Taken(line.device, line.since)
        if line is None:
            line = BrowserLine(person=person)
        if line.holder != tab or line.extension != shift.extension:
            line.since = now
        line.extension, line.holder, line.session_key, line.device = shift.extension, tab, session_key, device
        line.ha1 = secrets.token_hex(16)  # what a password would be hashed to; there is none
        line.valid_until = now + timedelta(seconds=settings.PHONE_LINE_SECONDS)
        line.save()
        if is_another:
            journal.record(person, "browser_line.taken_over", line, address=address, device=device)
            publish.changed(private(person.pk), "line", tab)
        bell.ring()
    return line


def give_back(*, person: Person, tab: str) -> None:
    """That tab does not need it any more. Nothing, when another one has it."""
    with transaction.atomic():
        BrowserLine.objects.filter(person=person, holder=tab).delete()
        bell.ring()


def all_valid() -> dict[str, str]:
    """Login → HA1, of all that the PBX shall take now. One query."""
    with connection.cursor() as cursor:
        cursor.execute("select id, md5_cred from telephony_line_auth")
        return dict(cursor.fetchall())


def is_valid(line: BrowserLine) -> bool:
    """Whether it is among those."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from telephony_line_auth where id = %s and md5_cred = %s", [line.login, line.ha1])
        return cursor.fetchone() is not None


def moved_to(device: str) -> str:
    """For the tab that has lost it."""
    return _("Your telephone is now in another tab: %(device)s.") % {"device": device}
