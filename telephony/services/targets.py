"""Whom a call is passed to, or who is asked: an extension, a driver, an outside number, or the queue."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dispatch.staff.models import Shift
from dispatch.staff.refusal import Refused
from orders import numbers
from orders.models import Driver
from telephony.core.call import QUEUE
from telephony.models import Extension
from telephony.recognition import is_short
from telephony.services import dial_plan

DRIVER = re.compile(r"driver-([0-9]{1,18})")


@dataclass(frozen=True)
class Target:
    """`number`: what the dialplan dials; `name`: as the person knows it."""

    number: str
    name: str


def resolve(text: str, *, own: str) -> Target:
    """What was chosen or typed. `own`: the extension that passes the call on. Raises Refused with the sentence."""
    text = text.strip()[:40]
    if text == QUEUE:
        return Target(QUEUE, _("the queue"))
    driver = DRIVER.fullmatch(text)
    if driver:
        return _driver(int(driver[1]))
    if text == own:
        raise Refused(_("That is your own telephone."))
    if not text:
        raise Refused(_("Say who it is for."))
    if is_short(text) and text not in dial_plan.current().untouched:
        return _colleague(text)
    made = dial_plan.dialled(text)
    return Target(made.number, numbers.national(made.e164) if made.e164 else made.number)


def _colleague(extension: str) -> Target:
    shift = Shift.objects.filter(extension=extension, ended_at=None).select_related("person").first()
    if shift is None and not Extension.objects.filter(number=extension, is_active=True).exists():
        raise Refused(_("There is no extension %(extension)s.") % {"extension": extension})
    return Target(extension, shift.person.full_name if shift else extension)


def _driver(driver_id: int) -> Target:
    driver = Driver.objects.filter(pk=driver_id).prefetch_related("phones").first()
    phones = sorted(driver.phones.all(), key=lambda phone: not phone.is_main) if driver else []
    if driver is None or not phones:
        raise Refused(_("This driver has no telephone number."))
    name = _("Driver %(sign)s") % {"sign": driver.call_sign}
    return Target(dial_plan.dialled(phones[0].e164).number, name)
