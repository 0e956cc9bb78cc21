"""Whom a call is passed to, or who is asked: an extension, a driver, an outside number, or the queue."""

import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dispatch.staff.models import Person, Shift
from dispatch.staff.refusal import Refused
from orders import numbers
from orders.flow import OPEN_STATES
from orders.models import Client, Driver, Order
from telephony.core.call import QUEUE
from telephony.models import Call, Extension
from telephony.recognition import is_short
from telephony.selectors import outside
from telephony.sentences import sentence
from telephony.services import dial_plan

DRIVER = re.compile(r"driver-([0-9]{1,18})")
PERSON = re.compile(r"person-([0-9]{1,18})")
CLIENT = re.compile(r"client-([0-9]{1,18})")


@dataclass(frozen=True)
class Target:
    """`number`: what the dialplan dials; `name`: as the person knows it; `e164`: as it is stored, "" for an extension
    or a short number. Whose it is, and which order it is about, where that was chosen."""

    number: str
    name: str
    e164: str = ""
    client_id: int | None = None
    driver_id: int | None = None
    order: Order | None = None


def to_pass_to(text: str, *, own: str) -> Target:
    """Who gets a call that is passed on, as chosen or typed: also the queue. Raises Refused with the sentence."""
    return Target(QUEUE, _("the queue")) if text.strip() == QUEUE else to_call(text, own=own)


def to_call(text: str, *, own: str) -> Target:
    """Who was chosen or typed: "102", "client-7", "driver-5", "person-3" (on mobile), a number of the street.
    `own`: the extension of who asks.

    Raises Refused with the sentence.
    """
    text = text.strip()[:40]
    driver = DRIVER.fullmatch(text)
    if driver:
        return of_driver(int(driver[1]))
    if client := CLIENT.fullmatch(text):
        return of_client(int(client[1]))
    if person := PERSON.fullmatch(text):
        return of_person(int(person[1]))
    if text == own:
        raise Refused(_("That is your own telephone."))
    if not text:
        raise Refused(_("Say who it is for."))
    if is_short(text) and text not in dial_plan.current().untouched:
        return _colleague(text)
    return _number(text)


def client_of(order: Order) -> Target:
    """At the number that the order was given with. Raises Refused."""
    if not order.phone:
        return replace(of_client(order.client_id or 0), order=order)
    name = (order.client.name if order.client else "") or _("Client of order %(order)s") % {"order": order.pk}
    return replace(_number(order.phone), name=name, client_id=order.client_id, order=order)


def driver_of(order: Order) -> Target:
    """Raises Refused."""
    if order.driver_id is None:
        raise Refused(_("This order has no driver now."))
    return replace(of_driver(order.driver_id), order=order)


def other_side_of(call: Call) -> Target:
    """Who called us, or whom we called, at that number; about the order of that call while it is open.

    Raises Refused.
    """
    number = outside.number_of(call)
    if not number:
        raise Refused(_("This call has no number to call back."))
    order = call.order if call.order is not None and call.order.state in OPEN_STATES else None
    target = replace(_number(number), client_id=call.client_id, driver_id=call.driver_id, order=order)
    return replace(target, name=call.client.name) if call.client is not None and call.client.name else target


def _number(text: str) -> Target:
    made = dial_plan.dialled(text)
    return Target(made.number, numbers.national(made.e164) if made.e164 else made.number, made.e164)


def _colleague(extension: str) -> Target:
    shift = Shift.objects.filter(extension=extension, ended_at=None).select_related("person").first()
    known = Extension.objects.filter(number=extension).only("is_active", "refuses").first()
    if shift is None and (known is None or not known.is_active):
        raise Refused(_("There is no extension %(extension)s.") % {"extension": extension})
    if known is not None and known.refuses:
        raise Refused(sentence("target_dnd", {}))
    return Target(extension, shift.person.full_name if shift else extension)


def of_driver(driver_id: int) -> Target:
    """At his main number. Raises Refused."""
    driver = Driver.objects.filter(pk=driver_id).prefetch_related("phones").first()
    phones = sorted(driver.phones.all(), key=lambda phone: not phone.is_main) if driver else []
    if driver is None or not phones:
        raise Refused(_("This driver has no telephone number."))
    name = _("Driver %(sign)s") % {"sign": driver.call_sign}
    return replace(_number(phones[0].e164), name=name, driver_id=driver.pk)


def of_person(person_id: int) -> Target:
    """A colleague on his mobile telephone. Raises Refused."""
    person = Person.objects.filter(pk=person_id, is_active=True).exclude(mobile="").first()
    if person is None:
        raise Refused(_("No mobile telephone of this colleague is known."))
    return replace(_number(person.mobile), name=_("%(name)s, mobile") % {"name": person.full_name})


def of_client(client_id: int) -> Target:
    """At his main number. Raises Refused."""
    client = Client.objects.filter(pk=client_id).prefetch_related("phones").first()
    phones = sorted(client.phones.all(), key=lambda phone: not phone.is_main) if client else []
    if client is None or not phones:
        raise Refused(_("This client has no telephone number."))
    return replace(_number(phones[0].e164), name=client.name or _("Client without a name"), client_id=client.pk)
