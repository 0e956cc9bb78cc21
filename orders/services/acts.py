"""What a driver pressed is done once, however often his telephone sends it, and not when it comes far too late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from orders.models import DriverAct


def once(*, key: UUID, person: Person, name: str, pressed_at: datetime, act: Callable[[], object]) -> str:
    """Returns the sentence with which it was refused, now or the first time; empty: it is done."""
    now = timezone.now()
    pressed_at = min(pressed_at, now)
    with transaction.atomic():
        try:
            with transaction.atomic():  # whoever sends the same key meanwhile waits here for our end
                row = DriverAct.objects.create(
                    key=key, person=person, name=name[:80], pressed_at=pressed_at, received_at=now
                )
        except IntegrityError:
            first = DriverAct.objects.filter(key=key, person=person).first()
            return first.sentence if first else _("There is no such action.")  # the key is another person's
        row.sentence = _refusal(pressed_at, now, act)[:300]
        if row.sentence:
            row.save(update_fields=["sentence"])
    return row.sentence


def _refusal(pressed_at: datetime, now: datetime, act: Callable[[], object]) -> str:
    if now - pressed_at > timedelta(minutes=settings.DRIVER_ACT_MINUTES):
        times = {"pressed": f"{timezone.localtime(pressed_at):%H:%M}", "now": f"{timezone.localtime(now):%H:%M}"}
        return _("Pressed at %(pressed)s, arrived at %(now)s: too late, look at the order and press again.") % times
    try:
        with transaction.atomic():
            act()
    except Refused as refusal:
        return refusal.sentence
    return ""
